"""Security groups and network ACLs against a packet-by-packet evaluator in a tiny universe."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.design import AclRule, Design, Direction, NetworkAcl, SecurityGroup, SecurityGroupRule, Subnet, Vpc
from planner.security.reach.engine import Prover
from planner.security.reach.model import Place, Question, Status
from tests.support.openings import opened

A, B = IPv4Network("10.0.0.0/30"), IPv4Network("10.0.0.4/30")
PORTS = range(1, 6)
EPHEMERAL = (6, 8)
BLOCKS = ["10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.0/31", "10.0.0.4/32", "0.0.0.0/0", "10.0.0.2/31"]

ports = st.tuples(st.integers(1, 8), st.integers(1, 8)).map(lambda pair: (min(pair), max(pair)))
rules = st.builds(
    lambda direction, protocol, span, peer: SecurityGroupRule(
        direction, protocol, None if protocol == "-1" else span[0], None if protocol == "-1" else span[1], peer
    ),
    st.sampled_from(list(Direction)),
    st.sampled_from(["tcp", "tcp", "tcp", "udp", "-1"]),
    ports,
    st.sampled_from([*BLOCKS, "one", "two", "three"]),
)
entries = st.builds(
    lambda egress, number, allow, protocol, span, cidr: AclRule(
        egress,
        number,
        allow,
        protocol,
        None if protocol == "-1" else span[0],
        None if protocol == "-1" else span[1],
        cidr,
    ),
    st.booleans(),
    st.integers(1, 40),
    st.booleans(),
    st.sampled_from(["tcp", "tcp", "udp", "-1", "-1"]),
    ports,
    st.sampled_from(BLOCKS),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Design, Question]:
    """Two subnets, three groups, an ACL on either, and a question between them."""
    groups = tuple(
        SecurityGroup(name, "", tuple(draw(st.lists(rules, max_size=5, unique=True))))
        for name in ("one", "three", "two")
    )
    acls = []
    for number, subnet in enumerate(("a", "b")):
        if draw(st.booleans()):
            found = {(one.egress, one.number): one for one in draw(st.lists(entries, max_size=6))}
            acls.append(NetworkAcl(f"acl{number}", tuple(found.values()), (subnet,)))
    design = Design(
        region="us-east-1",
        vpc=Vpc("vpc", IPv4Network("10.0.0.0/28")),
        subnets=(Subnet("a", A, "z1"), Subnet("b", B, "z2")),
        route_tables=(),
        internet_gateways=(),
        egress_only_internet_gateways=(),
        nat_gateways=(),
        vpc_endpoints=(),
        security_groups=groups,
        roles=(),
        cluster=None,
        node_groups=(),
        launch_templates=(),
        network_acls=tuple(acls),
    )
    some = st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=2, unique=True).map(sorted)
    source = Place("source", "a", tuple(draw(some)), ephemeral=EPHEMERAL)
    target = Place("target", draw(st.sampled_from(["b", "b", "a"])), tuple(draw(some)))
    first, last = sorted((draw(st.sampled_from(PORTS)), draw(st.sampled_from(PORTS))))
    return design, Question(source, target, "tcp", first, last)


def packets(design: Design, question: Question) -> bool:
    """Whether every packet of a question, and every reply, passes: one by one."""
    source, target = question.source, question.target
    assert isinstance(source, Place)
    assert isinstance(target, Place)
    blocks = {one.name: one.cidr for one in design.subnets}
    first, last = question.ports
    for here in blocks[source.subnet]:
        for there in blocks[target.subnet]:
            for port in range(first, last + 1):
                if not group_passes(design, source, Direction.EGRESS, str(there), port, target.groups):
                    return False
                if not group_passes(design, target, Direction.INGRESS, str(here), port, source.groups):
                    return False
                if source.subnet == target.subnet:
                    continue
                crossings = [(source.subnet, True, there, port), (target.subnet, False, here, port)]
                crossings += [
                    (subnet, egress, other, back)
                    for back in range(EPHEMERAL[0], EPHEMERAL[1] + 1)
                    for subnet, egress, other in ((target.subnet, True, here), (source.subnet, False, there))
                ]
                if not all(acl_passes(design, *one) for one in crossings):
                    return False
    return True


def group_passes(
    design: Design, place: Place, direction: Direction, other: str, port: int, groups: tuple[str, ...]
) -> bool:
    for name in place.groups:
        group = design.security_group(name)
        assert group is not None
        for rule in group.rules:
            if rule.direction is not direction or rule.protocol not in ("-1", "tcp"):
                continue
            if rule.from_port is not None and not rule.from_port <= port <= (rule.to_port or 0):
                continue
            if rule.peer in groups or ("/" in rule.peer and ip_address(other) in ip_network(rule.peer)):
                return True
    return False


def acl_passes(design: Design, subnet: str, egress: bool, other: Any, port: int) -> bool:
    acl = design.acl_of(subnet)
    if acl is None:
        return True
    assert isinstance(acl, NetworkAcl)
    for rule in sorted((one for one in acl.rules if one.egress is egress), key=lambda one: one.number):
        if rule.protocol not in ("-1", "tcp") or other not in ip_network(rule.cidr):
            continue
        if rule.from_port is None or rule.from_port <= port <= (rule.to_port or 0):
            return rule.allow
    return False


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_the_prover_says_what_every_single_packet_says(world: tuple[Design, Question]) -> None:
    design, question = world
    answer = Prover(design).ask(question)
    assert (answer.status is Status.REACHABLE) is packets(design, question), answer
    if answer.status is not Status.REACHABLE:
        assert answer.blocked_by is not None
        assert answer.change


@settings(max_examples=200, deadline=None)
@given(worlds(), rules, st.sampled_from(["one", "two", "three"]))
def test_a_further_security_group_rule_never_closes_anything(
    world: tuple[Design, Question], rule: SecurityGroupRule, name: str
) -> None:
    design, question = world
    groups = design.security_groups
    more = tuple(
        replace(one, rules=(*one.rules, rule)) if one.name == name else one
        for one in groups  # type: ignore[union-attr]
    )
    if Prover(design).ask(question).status is Status.REACHABLE:
        assert Prover(replace(design, security_groups=more)).ask(question).status is Status.REACHABLE


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_the_changes_that_are_proposed_open_the_way_in_the_end(world: tuple[Design, Question]) -> None:
    design, question = world
    for _ in range(400):
        answer = Prover(design).ask(question)
        if answer.status is Status.REACHABLE:
            return
        assert answer.opening, answer
        for change in answer.opening:
            design = opened(design, change)
    raise AssertionError(answer)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_rules_that_carry_a_question_are_enough_for_it(world: tuple[Design, Question]) -> None:
    """With all other rules gone the groups still let it pass."""
    design, question = world
    prover = Prover(design)
    if prover.ask(question).status is not Status.REACHABLE:
        return
    kept = set(prover.carriers(question))
    groups = tuple(
        replace(one, rules=tuple(rule for rule in one.rules if (one.name, rule) in kept))
        for one in design.security_groups  # type: ignore[union-attr]
    )
    assert Prover(replace(design, security_groups=groups)).ask(question).status is Status.REACHABLE
