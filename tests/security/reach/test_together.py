"""Asking alike places together gives the verdicts of asking every pair."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from random import Random

import pytest

from planner.design import (
    AclRule,
    Design,
    Direction,
    NetworkAcl,
    NetworkInterface,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Unknown,
)
from planner.security.flows.matrix import ask_all
from planner.security.intents.features import of_design
from planner.security.intents.flows import intents
from tests.support.plans import embedded, plan_of

PEERS = ("10.0.0.0/8", "10.200.0.0/21", "10.200.4.0/24", "g0", "g1", "g2", "eks-cluster-sg-test")


def world(seed: int) -> Design:
    """A cluster whose nodes stand in eight subnets with random groups, behind random ACLs."""
    random, design = Random(seed), plan_of().design
    ease = random.choice((0.4, 0.9, 1))
    assert not isinstance(design.security_groups, Unknown)

    def rule(direction: Direction) -> SecurityGroupRule:
        if random.random() < ease:
            return SecurityGroupRule(direction, "-1", None, None, random.choice(PEERS[:1] * 6 + PEERS[3:6]))
        wide = random.random() < 0.6
        return SecurityGroupRule(
            direction, "-1" if wide else "tcp", None if wide else 53, None if wide else 10250, random.choice(PEERS)
        )

    groups = tuple(
        SecurityGroup(
            f"g{number}", "", tuple(rule(direction) for direction in Direction for _ in range(random.randint(1, 5)))
        )
        for number in range(4)
    )
    own = tuple(
        replace(one, rules=(*one.rules, SecurityGroupRule(Direction.INGRESS, "-1", None, None, PEERS[0])))
        for one in design.security_groups
    )
    subnets = tuple(
        Subnet(f"s{number}", IPv4Network(f"10.200.{number}.0/24"), f"use1-az{1 + number % 2}") for number in range(8)
    )
    names = [one.name for one in (*groups, *design.security_groups)]
    shared = random.choice([[], ["g0"]])
    seen = tuple(
        NetworkInterface(
            f"eni-{number}",
            subnets[number % 8].name,
            tuple(sorted({*shared, *random.sample(names, random.randint(1, 2))})),
            (f"10.200.{number % 8}.{10 + number}",),
            instance=f"i-{number}",
            tags=(("cluster.k8s.amazonaws.com/name", "test"),),
        )
        for number in range(16)
    )
    entries = [AclRule(egress, 100, allow=True, protocol="-1", from_port=None, to_port=None, cidr="0.0.0.0/0")
               for egress in (False, True)]  # fmt: skip
    denial = AclRule(random.random() < 0.5, 50, allow=False, protocol="tcp", from_port=443, to_port=443,
                     cidr=random.choice(("10.200.3.0/24", "10.0.0.0/16")))  # fmt: skip
    acls: tuple[NetworkAcl, ...] = (
        NetworkAcl("open", tuple(entries), ("s0", "s1", "s2")),
        NetworkAcl("alike", tuple(entries), ("s3", "s4")),
    )
    if random.random() < 0.3:
        acls = (*acls, NetworkAcl("closed", (denial, *entries), ("s5", "s6")))
    return replace(
        design,
        security_groups=(*own, *groups),
        subnets=(*design.subnets, *subnets),
        interfaces=seen,
        planned=False,
        network_acls=acls,
        vpc=replace(design.vpc, secondary_cidrs=(IPv4Network("10.200.0.0/16"),)),
    )


@pytest.mark.parametrize("seed", range(12))
def test_together_and_one_by_one_agree(seed: int) -> None:
    design, facts = world(seed), embedded().facts
    wanted = intents(of_design(design, facts), facts)
    together, single = ask_all(design, wanted, few=0), ask_all(design, wanted, few=1 << 20)
    assert [(row.intent, row.status) for row in together] == [(row.intent, row.status) for row in single]
    for row, other in zip(together, single, strict=True):
        told = {one.answer.code for one in row.blocked}
        assert told <= {one.answer.code for one in other.blocked}
        assert bool(row.blocked) is bool(other.blocked)
