"""Whatever a spec asks for: it is refused, or its plan passes its own flow matrix with no rule too many."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.design import Unknown
from planner.plan.model import Plan
from planner.security.flows.matrix import ask_all
from planner.security.flows.needless import needless_rules
from planner.security.reach.model import Status
from planner.spec.check.pod_groups import WORDS
from tests.security.test_mutations import needed
from tests.support.plans import build_text, load, plan_of, spec_text

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
ADDONS = (
    "aws-efs-csi-driver",
    "cert-manager",
    "cluster-autoscaler",
    "istio",
    "karpenter",
    "load-balancer-controller",
    "metrics-server",
)
PEERS = (*WORDS, "pay", "10.0.4.0/24", "10.200.0.0/16", "8.8.8.0/24")


def calls() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Ways in or out of a pod group."""
    one = st.fixed_dictionaries({"peer": st.sampled_from(PEERS), "ports": st.sampled_from([443, 8080])})
    return st.lists(one, max_size=2)


@st.composite
def security(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a spec that decide which ways are opened."""
    restricted = draw(st.booleans())
    pods = draw(st.booleans())
    asked: dict[str, Any] = {"egress": "restricted" if restricted else "open", "efa": draw(st.booleans())}
    if restricted and draw(st.booleans()):
        asked["betweenNodes"] = [{"ports": "1025-65535"}]
        asked["allow"] = [{"cidr": draw(st.sampled_from(PEERS[-3:])), "ports": 5432, "reason": "data"}]
    if pods:
        asked["podGroups"] = [{"name": "pay", "ingress": draw(calls()), "egress": draw(calls()), "api": True}]
    spec: dict[str, Any] = {
        "zones": 2,
        "vpc": {"cidr": "10.0.0.0/16"},
        "security": asked,
        "cni": {"securityGroupsForPods": pods},
        "nat": draw(st.sampled_from(["none", "single"])),
        "ipFamily": draw(st.sampled_from(["ipv4", "ipv6"])),
        "identity": draw(st.sampled_from(["irsa", "pod-identity"])),
        "addons": draw(st.lists(st.sampled_from(ADDONS), unique=True)),
        "endpoint": draw(
            st.sampled_from(
                [
                    {"privateCidrs": ["10.0.0.0/16", "10.200.0.0/16"]},
                    {"public": True, "publicCidrs": ["203.0.113.0/24"]},
                    {"private": False, "public": True, "publicCidrs": ["203.0.113.0/24"]},
                ]
            )
        ),
        "nodeGroups": [{**GROUP, "subnets": draw(st.sampled_from(["private", "private", "public"]))}],
        "vpcEndpoints": {
            "features": draw(st.lists(st.sampled_from(["logs", "ssm", "kms"]), unique=True)),
            "extra": draw(st.sampled_from([[], ["secretsmanager"], ["sts"]])),
            "s3Gateway": draw(st.booleans()),
        },
    }
    if spec["ipFamily"] == "ipv4" and draw(st.booleans()):
        asked["networkAcls"] = "tiers"
    if draw(st.booleans()):
        spec["hybrid"] = {"nodeCidrs": ["10.202.0.0/16"], "podCidrs": ["10.203.0.0/16"]}
    if draw(st.booleans()):
        spec["fargate"] = [{"name": "jobs", "pods": 4}]
    if draw(st.booleans()):
        spec["loadBalancers"] = {"backends": "restricted", "targetPorts": [8080]}
    if draw(st.booleans()):
        spec["nodePools"] = [{"name": "pool", "instanceTypes": ["m5.large"], "maxNodes": 2}]
    return spec


@given(security())
@settings(max_examples=60, deadline=None)
def test_a_plan_passes_its_own_flow_matrix_whatever_was_asked(spec: dict[str, Any]) -> None:
    text = spec_text(**spec)
    if load(text).document is None:
        return
    plan = build_text(text).plan
    if plan is not None:
        judge(plan)


PUBLIC = {"nodeGroups": [{**GROUP, "subnets": "public"}], "nat": "single"}


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"endpoint": {"privateCidrs": ["10.0.0.0/16"]}}, id="people in the VPC itself"),
        pytest.param(
            {"endpoint": {"privateCidrs": ["10.0.250.0/24", "10.200.0.0/16"]}, "ipFamily": "ipv6"},
            id="people in the VPC of an IPv6 cluster",
        ),
        pytest.param({**PUBLIC, "fargate": [{"name": "jobs", "pods": 4}]}, id="Fargate beside public nodes"),
        pytest.param(
            {
                **PUBLIC,
                "security": {
                    "egress": "restricted",
                    "allow": [{"cidr": "8.8.8.0/24", "ports": 5432, "reason": "data"}],
                },
            },
            id="pods leave as their public node",
        ),
    ],
)
def test_what_stands_where_is_judged_as_it_is(spec: dict[str, Any]) -> None:
    judge(plan_of(zones=2, vpc={"cidr": "10.0.0.0/16"}, **spec))


def judge(plan: Plan) -> None:
    """No flow is blocked, no rule needless, and every endpoint's group is there."""
    wanted, design = needed(plan), plan.design
    assert [row.intent for row in ask_all(design, wanted) if row.status is Status.BLOCKED] == []
    assert needless_rules(design, wanted) == ()
    assert not isinstance(design.security_groups, Unknown)
    assert not isinstance(design.vpc_endpoints, Unknown)
    there = {group.name for group in design.security_groups}
    assert {name for one in design.vpc_endpoints for name in one.security_groups} <= there
