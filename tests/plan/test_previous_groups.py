"""Planned again: what EKS changes of a node group in place, and what takes a new group (notes N20, N26)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from planner.diagnostics import Diagnostic, Kind
from planner.plan.build import PlanResult, build
from planner.plan.model import Plan
from planner.templates import render
from tests.support.plans import decision, embedded, findings_of, load, plan_of, spec_text

GROUP: dict[str, Any] = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
FIRST: dict[str, Any] = {"zones": ["use1-az1", "use1-az2"], "vpc": {"cidr": "10.0.0.0/16"}}
AMI = {"amiId": "ami-0123456789abcdef0", "maxPods": 20}


def again(first: Plan, group: dict[str, Any], **spec: Any) -> PlanResult:
    loaded = load(spec_text(**{**FIRST, **spec}, nodeGroups=[group]))
    assert loaded.document is not None, loaded.diagnostics
    return build(loaded.document, embedded(), render, first)


def first(**group: Any) -> Plan:
    return plan_of(**FIRST, nodeGroups=[{**GROUP, **group}])


def refused(result: PlanResult) -> list[Diagnostic]:
    return [one for one in result.diagnostics if one.kind is not Kind.NOTICE]


@pytest.mark.parametrize(
    ("before", "after", "field", "both", "note"),
    [
        ({}, AMI, "amiId", ("ami-0123456789abcdef0", "AL2023_x86_64_STANDARD"), "N26"),
        (AMI, {}, "amiId", ("none", "ami-0123456789abcdef0"), "N26"),
        ({}, {"os": "bottlerocket"}, "amiType", ("BOTTLEROCKET_x86_64", "AL2023_x86_64_STANDARD"), "N20"),
        ({}, {"instanceTypes": ["m5.xlarge"]}, "instanceTypes", ("m5.xlarge", "m5.large"), "N20"),
        ({}, {"capacityType": "spot"}, "capacityType", ("SPOT", "ON_DEMAND"), "N20"),
        ({}, {"subnets": "public"}, "subnets", ("test-public-use1-az1", "test-node-use1-az1"), "N20"),
        ({}, {"zones": ["use1-az1"]}, "subnets", ("test-node-use1-az1", "test-node-use1-az2"), "N20"),
        (
            {},
            {"instanceTypes": None, "launchTemplate": {"instanceType": "m5.large"}},
            "instanceTypes",
            ("the launch template names it", "m5.large"),
            "N20",
        ),
    ],
    ids=["AMI id on", "AMI id off", "AMI type", "types", "capacity type", "tier", "zones", "types into the template"],
)
def test_n20_what_takes_a_new_group_is_refused_with_both_values(
    before: dict[str, Any], after: dict[str, Any], field: str, both: tuple[str, str], note: str
) -> None:
    group = {key: value for key, value in {**GROUP, **after}.items() if value is not None}
    (one,) = refused(again(first(**before), group))
    assert one.field == f"spec.nodeGroups[0].{field}"
    assert both[0] in one.value
    assert both[1] in one.limit
    assert one.note == note
    assert "another name" in one.fix
    renamed = again(first(**before), {**group, "name": "fresh"})
    assert renamed.plan is not None, "which is the way to go"


def test_n20_settings_change_in_place_and_no_node_is_replaced() -> None:
    changes = {"labels": {"a": "b"}, "maxSize": 9, "nodeRepair": False, "update": {"maxUnavailable": 2}}
    plan = again(first(), {**GROUP, **changes}).plan
    assert plan is not None
    said = decision(plan, "change.general")
    assert said.value == "in place"
    assert (
        "labels, node repair, sizes, update settings by UpdateNodegroupConfig, no node is replaced" in said.explanation
    )
    assert "UpdateNodegroupVersion" not in said.explanation


def test_n20_a_new_version_of_the_template_replaces_the_nodes() -> None:
    plan = again(first(), {**GROUP, "disk": {"sizeGib": 100}}).plan
    assert plan is not None
    said = decision(plan, "change.general")
    assert "a new version of the launch template by UpdateNodegroupVersion, every node is replaced" in said.explanation


def test_n20_one_ami_of_your_own_for_another_is_a_new_version_of_the_template() -> None:
    plan = again(first(**AMI), {**GROUP, **AMI, "amiId": "ami-0123456789abcdef1"}).plan
    assert plan is not None
    assert "every node is replaced" in decision(plan, "change.general").explanation


def test_nothing_changed_is_no_decision() -> None:
    plan = again(first(), GROUP).plan
    assert plan is not None
    assert not [one for one in plan.decisions if one.id.startswith("change.")]


def test_n20_a_group_made_without_a_launch_template_can_never_get_one() -> None:
    plan = first()
    (group,) = plan.design.node_groups  # type: ignore[misc]
    without = dataclasses.replace(group, launch_template=None)
    old = dataclasses.replace(plan, design=dataclasses.replace(plan.design, node_groups=(without,)))
    (one,) = refused(again(old, GROUP))
    assert one.field == "spec.nodeGroups[0].launchTemplate"
    assert "can never get one" in one.summary


def at(version: str) -> Plan:
    return plan_of(**FIRST, version=version, nodeGroups=[GROUP])


def test_n20_nodes_may_stay_behind_the_control_plane() -> None:
    result = again(at("1.34"), {**GROUP, "version": "1.34"}, version="1.35")
    assert result.plan is not None, refused(result)
    (group,) = result.plan.design.node_groups  # type: ignore[misc]
    assert group.version == "1.34"
    assert "/1.34/" in decision(result.plan, "ami.general").inputs[0].value
    assert findings_of(result.plan) == {"NGP003"}


@pytest.mark.parametrize(
    ("cluster", "asked", "said"),
    [
        ("1.36", "1.32", "Kubernetes 1.33 to 1.36"),
        ("1.34", "1.35", "Kubernetes 1.34 of the cluster"),
        ("1.35", "1.33", "1.34 in the earlier plan"),
    ],
    ids=["too far behind", "ahead", "back"],
)
def test_n20_versions_outside_the_skew_and_backwards_are_refused(cluster: str, asked: str, said: str) -> None:
    (one,) = refused(again(at("1.34"), {**GROUP, "version": asked}, version=cluster))
    assert (one.code, one.field) == ("group-version", "spec.nodeGroups[0].version")
    assert asked in one.value
    assert said in one.limit


def test_n20_an_ami_release_never_goes_back() -> None:
    group = {**GROUP, "releaseVersion": "1.35.2-20260903"}
    earlier = first(releaseVersion="1.35.2-20260903")
    assert not refused(again(earlier, group))
    (one,) = refused(again(earlier, {**group, "releaseVersion": "1.35.2-20260818"}))
    assert one.field == "spec.nodeGroups[0].releaseVersion"
    assert (one.value, one.limit) == ("releaseVersion: 1.35.2-20260818", "1.35.2-20260903 in the earlier plan")


def test_n20_a_zone_that_the_spec_adds_to_a_group_is_refused_and_one_that_it_does_not_name_is_noticed() -> None:
    (one,) = refused(again(first(zones=["use1-az1"]), {**GROUP, "zones": ["use1-az1", "use1-az2"]}))
    assert one.field == "spec.nodeGroups[0].subnets"
    result = again(first(), GROUP, zones=["use1-az1", "use1-az2", "use1-az4"])
    assert result.plan is not None
    (group,) = result.plan.design.node_groups  # type: ignore[misc]
    assert group.subnets == ("test-node-use1-az1", "test-node-use1-az2")
    assert "group-subnets-stay" in {one.code for one in result.diagnostics}


def test_n20_a_new_group_takes_the_clusters_version() -> None:
    (one,) = refused(again(at("1.35"), {**GROUP, "name": "fresh", "version": "1.34"}, version="1.35"))
    assert (one.code, one.limit) == ("group-version", "Kubernetes 1.35 of the cluster")
    assert not refused(again(at("1.35"), {**GROUP, "name": "fresh", "version": "1.35"}, version="1.35"))


def test_n20_a_group_keeps_the_role_that_it_was_made_with() -> None:
    """Windows groups of earlier releases have the role of Linux ones; another role would be another group."""
    windows = {**GROUP, "name": "win", "os": "windows-core-2022"}
    before = plan_of(**FIRST, nodeGroups=[GROUP, windows])
    groups = tuple(dataclasses.replace(one, role="test-node") for one in before.design.node_groups)  # type: ignore[union-attr]
    old = dataclasses.replace(before, design=dataclasses.replace(before.design, node_groups=groups))
    loaded = load(spec_text(**FIRST, nodeGroups=[GROUP, windows]))
    assert loaded.document is not None
    plan = build(loaded.document, embedded(), render, old).plan
    assert plan is not None
    assert {one.role for one in plan.design.node_groups} == {"test-node"}  # type: ignore[union-attr]
