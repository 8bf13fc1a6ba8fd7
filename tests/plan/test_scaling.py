"""Who scales the nodes: advice by rules, what each autoscaler needs, and a spec that agrees (notes N11, N12)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.diagnostics import Kind
from tests.support.plans import GROUP, codes, decision, diagnostics_of, plan_of

POOL = {"name": "pool", "instanceTypes": ["m5.large"], "maxNodes": 3}


def advice(**spec: Any) -> str:
    found = decision(plan_of(**spec), "autoscaling")
    return str(next(one.value for one in found.inputs if one.name == "advice"))


def groups(*types: str, **changes: Any) -> dict[str, Any]:
    return {
        "nodeGroups": [
            {"name": f"g{number}", "instanceTypes": [name], "maxSize": 6, **changes}
            for number, name in enumerate(types)
        ]
    }


@pytest.mark.parametrize(
    ("begins", "spec"),
    [
        ("managed node groups without", {"autoscaling": {"load": "steady"}}),
        ("managed node groups without", groups("m5.large", minSize=6)),
        ("managed node groups with the Cluster", {}),
        ("managed node groups with the Cluster", groups("m5.large", "m5.xlarge", "m5.2xlarge")),
        ("Karpenter", groups("m5.large", "m5.xlarge", "m5.2xlarge", "c5.large")),
        ("Karpenter", {"autoscaling": {"load": "spiky"}}),
        ("Karpenter", {**groups("m5.large", maxSize=451, podsPerNode=4), "vpc": {"pool": "10.0.0.0/8"}}),
        ("EKS Auto Mode", {"autoscaling": {"nodeAccess": False}}),
        ("EKS Auto Mode", {"autoscaling": {"nodeAccess": False, "load": "spiky"}}),
        # settings that only a launch template takes want managed groups, spikes or not
        (
            "managed node groups with the Cluster",
            {
                "autoscaling": {"load": "spiky", "nodeAccess": False},
                **groups("m5.large", userData="#!/bin/bash\ntrue\n"),
            },
        ),
    ],
)
def test_N11_the_first_rule_that_holds_advises(begins: str, spec: dict[str, Any]) -> None:
    assert advice(**spec).startswith(begins)


def test_N11_windows_excludes_auto_mode() -> None:
    windows = {"name": "win", "os": "windows-core-2022", "instanceTypes": ["m5.large"], "maxSize": 3}
    spec = {"autoscaling": {"nodeAccess": False}, "nodeGroups": [GROUP, windows]}
    assert not advice(**spec).startswith("EKS Auto Mode")
    rules = {one.name: one.value for one in decision(plan_of(**spec), "autoscaling").inputs}
    assert rules["who needs no AMI, user data or shell on nodes may leave them to Auto Mode"] == "no: Windows in win"


@pytest.mark.parametrize(
    ("given", "spec", "fits"),
    [
        ("cluster-autoscaler", {}, False),
        ("cluster-autoscaler", {"addons": ["cluster-autoscaler"]}, True),
        ("karpenter", {"addons": ["cluster-autoscaler"]}, False),
        ("karpenter", {"nodePools": [POOL]}, True),
        ("auto-mode", {"nodePools": [POOL]}, False),
        ("auto-mode", {"nodePools": [{**POOL, "manager": "auto-mode"}]}, True),
        ("none", {}, True),
        ("none", {"addons": ["karpenter"]}, False),
    ],
)
def test_the_spec_says_the_same_everywhere(given: str, spec: dict[str, Any], fits: bool) -> None:
    found = [one for one in diagnostics_of(autoscaling={"autoscaler": given}, **spec) if one.code == "autoscaler"]
    assert (not found) is fits
    assert all(one.kind is Kind.INVALID and one.value == given and one.fix for one in found)


def test_N15_what_the_cluster_autoscaler_needs() -> None:
    plan = plan_of(addons=["cluster-autoscaler"], nat="none", vpcEndpoints={})
    told = {one.name: one.value for one in decision(plan, "autoscaling.cluster-autoscaler").inputs}
    roles = {role.name for role in plan.design.roles}  # type: ignore[union-attr]
    assert "test-cluster-autoscaler" in roles
    assert "test-cluster-autoscaler" in told["IAM"]
    discovery = "k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/test"
    assert told["--node-group-auto-discovery"] == f"asg:tag={discovery}"
    assert told["--aws-use-static-instance-list"].startswith("true")
    assert "autoscaling.karpenter" not in {one.id for one in plan.decisions}


@pytest.mark.parametrize("spec", [{"addons": ["karpenter"]}, {"nodePools": [POOL]}])
def test_N12_karpenter_gets_queue_rules_tags_and_roles(spec: dict[str, Any]) -> None:
    design = plan_of(**spec).design
    (queue,) = design.queues  # type: ignore[misc]
    assert (queue.name, queue.retention_seconds, queue.encrypted, queue.https_only) == ("test", 300, True, True)
    rules = {rule.detail_type: rule.source for rule in design.event_rules}  # type: ignore[union-attr]
    assert rules == {
        "AWS Health Event": "aws.health",
        "EC2 Spot Instance Interruption Warning": "aws.ec2",
        "EC2 Instance Rebalance Recommendation": "aws.ec2",
        "EC2 Instance State-change Notification": "aws.ec2",
        "EC2 Capacity Reservation Instance Interruption Warning": "aws.ec2",
    }
    assert {rule.queue for rule in design.event_rules} == {"test"}  # type: ignore[union-attr]
    tagged = {one.name for one in design.subnets if dict(one.tags).get("karpenter.sh/discovery") == "test"}
    nodes = {name for group in design.node_groups for name in group.subnets}  # type: ignore[union-attr]
    assert tagged == nodes != set()
    assert {"test-karpenter", "test-karpenter-node"} <= {role.name for role in design.roles}  # type: ignore[union-attr]


def test_without_karpenter_there_is_no_queue() -> None:
    design = plan_of(addons=["cluster-autoscaler"]).design
    assert (design.queues, design.event_rules) == ((), ())


def test_names_of_rules_keep_to_eventbridge_however_long_the_cluster_is_called() -> None:
    from planner.plan.build import build
    from planner.templates import render
    from tests.support.plans import embedded, load, spec_text

    document = load(spec_text("c" * 100, addons=["karpenter"])).document
    assert document is not None
    plan = build(document, embedded(), render).plan
    assert plan is not None
    names = [rule.name for rule in plan.design.event_rules]  # type: ignore[union-attr]
    assert len(set(names)) == 5
    assert max(map(len, names)) <= 64


def test_N11_karpenters_controller_needs_a_home() -> None:
    assert "karpenter-home" in codes(nodeGroups=[], nodePools=[POOL])
    assert "karpenter-home" not in codes(nodePools=[POOL])
    assert "karpenter-home" not in codes(nodeGroups=[], nodePools=[POOL], fargate=[{"name": "karpenter", "pods": 2}])
    assert "karpenter-home" not in codes(nodeGroups=[], nodePools=[{**POOL, "manager": "auto-mode"}])


def test_n11_who_has_chosen_auto_mode_for_all_nodes_is_not_advised_against_it() -> None:
    pool = {"name": "general-purpose", "manager": "auto-mode", "instanceTypes": ["m5.large"], "maxNodes": 10}
    more = {"nodeGroups": [], "nodePools": [pool], "vpc": {"clusterSubnets": "shared"}}

    def advice(**changes: Any) -> str:
        told = decision(plan_of(**more, **changes), "autoscaling")
        return next(str(one.value) for one in told.inputs if one.name == "advice")

    assert advice().startswith("EKS Auto Mode")
    assert not advice(autoscaling={"nodeAccess": True}).startswith("EKS Auto Mode")
