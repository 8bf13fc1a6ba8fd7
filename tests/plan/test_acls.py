"""Network ACLs of a plan: every flow passes them both ways, and without an entry that flows need one does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.design import AclRule, Design, NetworkAcl, known
from planner.plan.model import Plan
from planner.plan.spec_of import spec_of
from planner.security.flows.matrix import Row, ask_all
from planner.security.intents.features import of_spec
from planner.security.intents.flows import intents
from tests.support.plans import codes, decision, embedded, findings_of, plan_of

VARIANTS: dict[str, dict[str, Any]] = {
    "open": {},
    "restricted": {"security": {"egress": "restricted"}, "addons": ["metrics-server", "load-balancer-controller"]},
    "restricted with allowances": {
        "security": {
            "egress": "restricted",
            "allow": [{"cidr": "10.200.0.0/16", "ports": 5432, "reason": "databases"}],
            "webhooks": [{"name": "istio", "port": 443}],
        },
        "endpoint": {"privateCidrs": ["10.201.0.0/16"]},
    },
    "without internet": {"nat": "none"},
    "restricted without internet": {"nat": "none", "security": {"egress": "restricted"}},
    "custom networking": {"cni": {"customNetworking": True}},
    "custom networking with webhooks": {"cni": {"customNetworking": True}, "addons": ["cert-manager"]},
    "shared cluster subnets": {"vpc": {"clusterSubnets": "shared"}},
    "public nodes": {"nodeGroups": [{"name": "web", "instanceTypes": ["m5.large"], "maxSize": 3, "subnets": "public"}]},
    "hybrid nodes": {"hybrid": {"nodeCidrs": ["10.200.0.0/16"], "podCidrs": ["10.201.0.0/16"]}},
    "pods called from outside": {
        "nat": "none",
        "cni": {"securityGroupsForPods": True},
        "security": {"podGroups": [{"name": "pay", "ingress": [{"peer": "10.200.0.0/16", "ports": 443}]}]},
    },
    "public endpoint": {
        "endpoint": {"private": False, "public": True, "publicCidrs": ["0.0.0.0/0"]},
        "security": {"egress": "restricted"},
    },
}


def planned(spec: dict[str, Any]) -> Plan:
    return plan_of(**{**spec, "security": {**spec.get("security", {}), "networkAcls": "tiers"}})


def acls(design: Design) -> tuple[NetworkAcl, ...]:
    assert known(design.network_acls)
    return design.network_acls


def matrix(plan: Plan, design: Design) -> tuple[Row, ...]:
    facts = embedded().facts
    return ask_all(design, intents(of_spec(spec_of(plan).spec, facts), facts))


def blocked(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    return sorted({(row.intent.key, one.answer.code) for row in rows for one in row.blocked})


@pytest.mark.parametrize("spec", VARIANTS.values(), ids=VARIANTS)
def test_N35_every_flow_passes_and_no_rule_finds_anything(spec: dict[str, Any]) -> None:
    plan = planned(spec)
    assert acls(plan.design)
    rows = matrix(plan, plan.design)
    assert blocked(rows) == []
    assert not [one for row in rows for one in row.asked if "NACL" in one.answer.code]
    assert findings_of(plan) == findings_of(plan_of(**spec))
    assert {subnet for acl in acls(plan.design) for subnet in acl.subnets} == {one.name for one in plan.design.subnets}


@pytest.mark.parametrize("spec", VARIANTS.values(), ids=VARIANTS)
def test_N35_without_an_entry_towards_the_control_plane_a_flow_stops(spec: dict[str, Any]) -> None:
    plan = planned(spec)
    for acl in acls(plan.design):
        if not acl.name.endswith("-acl-cluster"):
            continue
        for rule in acl.rules:
            if (rule.egress, rule.from_port, rule.cidr) == (True, 443, "0.0.0.0/0"):
                continue  # EKS's own least, which no flow of an AWS-managed way out needs
            assert blocked(matrix(plan, without(plan.design, acl, rule))), rule


def without(design: Design, acl: NetworkAcl, rule: AclRule) -> Design:
    changed = replace(acl, rules=tuple(one for one in acl.rules if one != rule))
    return replace(design, network_acls=tuple(changed if one is acl else one for one in acls(design)))


@pytest.mark.parametrize("egress", [False, True])
def test_N35_half_of_the_ephemeral_ports_is_not_enough(egress: bool) -> None:
    plan = planned({})
    (acl,) = [one for one in acls(plan.design) if one.name.endswith("-acl-cluster")]
    (rule,) = [one for one in acl.rules if one.egress is egress and one.from_port == 1024]
    short = replace(acl, rules=tuple(replace(one, to_port=40000) if one == rule else one for one in acl.rules))
    design = replace(plan.design, network_acls=tuple(short if one is acl else one for one in acls(plan.design)))
    assert blocked(matrix(plan, design))


def test_the_control_planes_acl_is_what_eks_needs_and_no_more() -> None:
    plan = planned({"vpc": {"cidr": "10.0.0.0/16"}})
    (acl,) = [one for one in acls(plan.design) if one.name == "test-acl-cluster"]
    assert [(one.egress, one.number, one.protocol, one.ports, one.cidr) for one in acl.rules] == [
        (False, 100, "tcp", "443", "10.0.0.0/16"),
        (False, 110, "tcp", "1024-65535", "10.0.0.0/16"),
        (True, 100, "tcp", "443", "0.0.0.0/0"),
        (True, 110, "tcp", "1024-65535", "10.0.0.0/16"),
    ]
    assert decision(plan, "security.network-acls").note == "N35"


def test_shared_subnets_carry_the_entries_of_both_tiers() -> None:
    plan = planned({"vpc": {"clusterSubnets": "shared"}})
    assert {one.name for one in acls(plan.design)} == {"test-acl-cluster-node", "test-acl-public"}


def test_subnets_that_were_there_keep_their_acl_and_ipv6_is_refused() -> None:
    assert plan_of().design.network_acls == ()
    assert "acls-ipv6" in codes(ipFamily="ipv6", security={"networkAcls": "tiers"})


def test_more_entries_than_the_quota_are_refused_until_it_is_raised() -> None:
    many = [{"cidr": f"10.{100 + n}.0.0/16", "name": f"peer{n}"} for n in range(10)]
    spec: dict[str, Any] = {"avoid": many, "security": {"networkAcls": "tiers"}}
    assert "acl-entries" in codes(**spec)
    assert "acl-entries" not in codes(**spec, quotas={"networkAclRules": 40})
