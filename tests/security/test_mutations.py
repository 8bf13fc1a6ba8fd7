"""Planned rule sets are minimal: without any one rule a flow that is needed fails, and none is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.design import Design, SecurityGroupRule, Unknown
from planner.plan.model import Plan
from planner.security.flows.matrix import ask_all
from planner.security.flows.needless import needless_rules
from planner.security.intents.features import of_spec
from planner.security.intents.flows import intents
from planner.security.intents.model import Intent
from planner.security.reach.model import Status
from planner.spec.cluster import ClusterSpec
from tests.support.designs import without_rule
from tests.support.plans import FEASIBLE, embedded, plan_example, plan_of

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
VARIANTS: dict[str, dict[str, Any]] = {
    "restricted": {"security": {"egress": "restricted"}},
    "restricted with webhooks": {
        "security": {"egress": "restricted", "webhooks": [{"name": "istio", "port": 15017}]},
        "addons": ["aws-efs-csi-driver", "cert-manager", "metrics-server", "karpenter", "load-balancer-controller"],
        "endpoint": {"privateCidrs": ["10.200.0.0/16", "10.201.0.0/16"]},
    },
    "restricted with few ports": {
        "security": {"egress": "restricted", "betweenNodes": [{"ports": "1025-65535"}, {"ports": 80}]},
        "addons": ["metrics-server"],
    },
    "restricted without internet": {"security": {"egress": "restricted"}, "nat": "none", "addons": ["karpenter"]},
    "restricted with IPv6": {"security": {"egress": "restricted"}, "ipFamily": "ipv6"},
    "restricted with Fargate": {"security": {"egress": "restricted"}, "fargate": [{"name": "jobs", "pods": 10}]},
    "restricted with EFA": {
        "security": {"egress": "restricted", "efa": True, "betweenNodes": [{"ports": "1025-65535"}]}
    },
    "restricted with hybrid nodes": {
        "security": {"egress": "restricted"},
        "hybrid": {"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.202.0.0/16"]},
    },
    "public endpoint": {
        "security": {"egress": "restricted"},
        "endpoint": {"private": False, "public": True, "publicCidrs": ["0.0.0.0/0"]},
    },
    "pods with groups": {
        "cni": {"securityGroupsForPods": True},
        "security": {
            "podGroups": [
                {"name": "pay", "ingress": [{"peer": "cluster", "ports": 8080}], "probePorts": [8081], "api": True},
                {
                    "name": "db",
                    "ingress": [{"peer": "pay", "ports": 5432}],
                    "egress": [{"peer": "internet", "ports": 443}],
                    "webhookPorts": [9443],
                },
            ]
        },
    },
    "restricted with pods with groups": {
        "cni": {"securityGroupsForPods": True},
        "security": {
            "egress": "restricted",
            "podGroups": [{"name": "pay", "ingress": [{"peer": "cluster", "ports": 8080}], "probePorts": [8081]}],
        },
    },
    "restricted with Fargate, EFS and roles by OIDC": {
        "security": {"egress": "restricted"},
        "fargate": [{"name": "jobs", "pods": 10}],
        "addons": ["aws-efs-csi-driver"],
        "identity": "irsa",
        "nat": "none",
    },
    "endpoints beside NAT gateways": {
        "security": {"egress": "restricted"},
        "vpcEndpoints": {"features": ["logs"], "extra": ["secretsmanager"]},
    },
    "pods with groups that call AWS without internet": {
        "cni": {"securityGroupsForPods": True},
        "nat": "none",
        "security": {"podGroups": [{"name": "pay", "egress": [{"peer": "aws", "ports": 443}], "api": True}]},
    },
    "pods with groups behind load balancers": {
        "cni": {"securityGroupsForPods": True},
        "loadBalancers": {"backends": "shared", "targetPorts": [8080]},
        "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "load-balancers", "ports": 8080}]}]},
    },
    "pods with groups in an IPv6 cluster": {
        "cni": {"securityGroupsForPods": True},
        "ipFamily": "ipv6",
        "security": {
            "egress": "restricted",
            "podGroups": [{"name": "pay", "egress": [{"peer": "internet", "ports": 443}], "api": True}],
        },
    },
    "Karpenter by its pool": {
        "security": {"egress": "restricted"},
        "nodePools": [{"name": "pool", "instanceTypes": ["m5.large"], "maxNodes": 2}],
        "nat": "none",
    },
    "load balancers": {"loadBalancers": {"backends": "restricted", "targetPorts": [8080, 9090]}},
    "load balancers of restricted nodes": {
        "loadBalancers": {"backends": "shared", "targetPorts": [8080, 9090]},
        "security": {"egress": "restricted"},
    },
    "Windows": {"nodeGroups": [GROUP, {**GROUP, "name": "windows", "os": "windows-core-2022"}]},
    "own groups": {"nodeGroups": [{**GROUP, "securityGroups": ["sg-0123456789abcdef0"]}]},
    "custom networking": {"cni": {"customNetworking": True}, "security": {"egress": "restricted"}},
}


def plans() -> list[Any]:
    """The plans of all examples and variants, as parameters."""
    return [pytest.param(("example", name), id=name) for name in FEASIBLE] + [
        pytest.param(("variant", name), id=name) for name in VARIANTS
    ]


def plan_named(which: tuple[str, str]) -> Plan:
    kind, name = which
    return plan_example(name) if kind == "example" else plan_of(**VARIANTS[name])


def needed(plan: Plan) -> tuple[Intent, ...]:
    facts = embedded().facts
    return intents(of_spec(ClusterSpec.model_validate_json(json.dumps(plan.spec["spec"])), facts), facts)


def rules_of(design: Design) -> list[tuple[str, SecurityGroupRule]]:
    groups = design.security_groups
    assert not isinstance(groups, Unknown)
    return [(group.name, rule) for group in groups for rule in group.rules]


def places(plan: Plan) -> bool:
    """Whether nodes stand anywhere: Fargate alone needs no rule for EFA."""
    mode = plan.design.cluster.auto_mode if plan.design.cluster else None
    return bool(plan.design.node_groups or (mode and mode.node_pools))


@pytest.mark.parametrize("which", plans())
def test_every_plan_passes_its_own_flow_matrix(which: tuple[str, str]) -> None:
    plan = plan_named(which)
    rows = ask_all(plan.design, needed(plan))
    assert [row.intent for row in rows if row.status is Status.BLOCKED] == []
    assert sum(len(row.asked) for row in rows) > 20


@pytest.mark.parametrize("which", plans())
def test_N34_N35_without_any_one_rule_a_flow_fails(which: tuple[str, str]) -> None:
    plan = plan_named(which)
    wanted = needed(plan)
    restricted = plan.spec["spec"]["security"]["egress"] == "restricted"
    # rules of groups that are not the plan's are not known, and might do instead
    foreign = any(one["securityGroups"] for one in plan.spec["spec"]["nodeGroups"])
    for group, rule in rules_of(plan.design):
        if rule.made_by_eks and (restricted or not places(plan)):
            continue  # EKS keeps its own rules; nodes do not carry the group, or there are none
        rows = ask_all(without_rule(plan.design, group, rule), wanted)
        fails = {Status.BLOCKED, Status.UNKNOWN} if foreign else {Status.BLOCKED}
        assert any(row.status in fails for row in rows), (group, rule)


@pytest.mark.parametrize("which", plans())
def test_no_rule_is_needless(which: tuple[str, str]) -> None:
    plan = plan_named(which)
    assert needless_rules(plan.design, needed(plan)) == ()


@pytest.mark.parametrize("which", plans())
def test_every_rule_says_why_in_what_aws_takes(which: tuple[str, str]) -> None:
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*")
    for _, rule in rules_of(plan_named(which).design):
        if rule.made_by_eks:
            continue
        assert rule.reason
        assert len(rule.reason) <= 255
        assert set(rule.reason) <= allowed, rule.reason
        assert rule.source.startswith("https://")
        assert rule.feature
