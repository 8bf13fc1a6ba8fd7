"""EKS Auto Mode on the cluster: built-in pools, whose add-ons, whose access entry (notes N11, N31)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.design import AutoMode
from planner.plan.build import build
from planner.plan.file import read_text, write_text
from planner.review.engine import review
from planner.review.rule import ReviewContext
from planner.templates import render
from tests.support.plans import (
    GROUP,
    codes,
    decision,
    diagnostics_of,
    embedded,
    load,
    plan_example,
    plan_of,
    spec_text,
)

SHARED: dict[str, Any] = {"vpc": {"clusterSubnets": "shared"}}
FARGATE = [{"name": "jobs", "pods": 3}]


def pool(name: str, manager: str = "auto-mode") -> dict[str, Any]:
    return {"name": name, "manager": manager, "instanceTypes": ["m7i.large"], "maxNodes": 5}


def addons(**spec: Any) -> list[str]:
    cluster = plan_of(**SHARED, **spec).design.cluster
    assert cluster is not None
    return [one.name for one in cluster.addons]  # type: ignore[union-attr]


def test_built_in_pools_are_turned_on_by_their_names_and_come_with_a_role() -> None:
    plan = plan_of(**SHARED, nodePools=[pool("system"), pool("general-purpose"), pool("mine")])
    assert plan.design.cluster is not None
    assert plan.design.cluster.auto_mode == AutoMode(("general-purpose", "system"), "test-auto-node")
    assert plan.design.cluster.access_entries == ()
    assert "mine" in str(decision(plan, "autoscaling.auto-mode").inputs)
    assert {one.id for one in plan.one_way_doors} >= {"cluster.auto-mode-role"}
    assert read_text(write_text(plan), "plan").design == plan.design


def test_pools_of_your_own_bring_an_access_entry_and_no_role_of_the_cluster() -> None:
    plan = plan_of(nodePools=[pool("mine")])
    assert plan.design.cluster is not None
    assert plan.design.cluster.auto_mode == AutoMode()
    (entry,) = plan.design.cluster.access_entries  # type: ignore[misc]
    assert (entry.name, entry.type, entry.policies[0].name) == ("test-auto-node", "EC2", "AmazonEKSAutoNodePolicy")
    assert "cluster.auto-mode-role" not in {one.id for one in plan.one_way_doors}


def test_without_auto_mode_nothing_of_it_is_planned() -> None:
    for spec in ({}, {"nodePools": [pool("general-purpose", "karpenter")]}):
        plan = plan_of(**spec)
        assert plan.design.cluster is not None
        assert plan.design.cluster.auto_mode is None
        assert "autoscaling.auto-mode" not in {one.id for one in plan.decisions}


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"nodeGroups": []}, []),
        ({"nodeGroups": [], "addons": ["metrics-server"]}, ["metrics-server"]),
        ({"nodeGroups": [], "fargate": FARGATE}, ["coredns"]),
        ({"nodeGroups": [GROUP]}, ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"]),
    ],
    ids=["alone", "with another", "beside Fargate", "beside a node group"],
)
def test_add_ons_are_for_nodes_that_are_not_auto_modes(spec: dict[str, Any], wanted: list[str]) -> None:
    assert addons(**spec, nodePools=[pool("general-purpose")]) == wanted


def test_karpenters_nodes_need_the_add_ons_too() -> None:
    pools = [pool("general-purpose"), pool("mine", "karpenter")]
    assert "vpc-cni" in addons(nodeGroups=[], nodePools=pools)


def test_n31_built_in_pools_do_not_fit_into_dedicated_cluster_subnets() -> None:
    (found,) = [one for one in diagnostics_of(nodePools=[pool("system")]) if one.code == "auto-mode-subnets"]
    assert (found.field, found.note) == ("spec.vpc.clusterSubnets", "N31")
    assert "/28" in found.value
    assert "shared" in found.fix
    assert "auto-mode-subnets" not in codes(**SHARED, nodePools=[pool("system")])
    assert "auto-mode-subnets" not in codes(nodePools=[pool("mine")])


def test_n31_existing_cluster_subnets_must_hold_nodes_too() -> None:
    vpc = {"id": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16", "internetGateway": "igw-0123456789abcdef0"}
    rows = [
        {"id": f"subnet-0000000{number}", "cidr": f"10.0.{number * 16}.0/20", "zone": f"use1-az{number}"}
        for number in (1, 2)
    ]
    spec = {"zones": ["use1-az1", "use1-az2"], "nodePools": [pool("system")]}
    for use, wrong in ((["cluster"], True), (["cluster", "node"], False)):
        found = codes(vpc={**vpc, "subnets": [{**row, "use": use} for row in rows]}, **spec)
        assert ("auto-mode-subnets" in found) is wrong


def test_built_in_pools_have_no_limit_and_the_reader_is_told() -> None:
    assert "auto-mode-unbounded" in codes(**SHARED, nodePools=[pool("system")])
    assert "auto-mode-unbounded" not in codes(nodePools=[pool("mine")])


def test_an_add_on_that_auto_mode_brings_is_told_where_nothing_else_needs_it() -> None:
    spec = {"nodePools": [pool("mine")], "addons": ["aws-ebs-csi-driver"]}
    assert "auto-mode-addon" in codes(nodeGroups=[], **spec)
    assert "auto-mode-addon" not in codes(nodeGroups=[GROUP], **spec)


def test_the_example_has_no_findings_and_no_node_role() -> None:
    plan = plan_example("auto-mode")
    catalog = embedded()
    assert review(plan.design, ReviewContext(catalog.facts, catalog.instance_types)).findings == ()
    assert [one.name for one in plan.design.roles] == ["auto-auto-node", "auto-cluster"]  # type: ignore[union-attr]


def test_leaving_the_pools_out_of_a_later_plan_does_not_turn_it_off() -> None:
    before = plan_of(**SHARED, nodePools=[pool("system")])
    for pools, wrong in (([], True), ([pool("mine")], False)):
        loaded = load(spec_text(**SHARED, nodePools=pools))
        assert loaded.document is not None
        found = [
            one for one in build(loaded.document, embedded(), render, before).diagnostics if one.code == "auto-mode-off"
        ]
        assert bool(found) is wrong
        assert all("system" in one.limit and "update-cluster-config" in one.fix for one in found)
