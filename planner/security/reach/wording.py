"""Answers in words: which component stopped a packet, and the smallest change that opens it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.design import AclRule, Direction, NetworkAcl, Route, RouteTarget, SecurityGroupRule
from planner.security.reach.acls import Decided, free_number
from planner.security.reach.groups import Passed
from planner.security.reach.model import Answer, Change, Component, Outside, Party, Place, Question, Status, Step
from planner.security.reach.ranges import Interval, blocks_text, ports_text


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a packet goes no further; ``sure`` is False where something is not known."""

    code: str
    step: Step
    reason: str
    change: str = ""
    opening: tuple[Change, ...] = ()
    sure: bool = True


def answered(steps: tuple[Step, ...], stop: Stop | None) -> Answer:
    """An answer from the steps taken and the stop, if there is one."""
    if stop is None:
        return Answer(Status.REACHABLE, steps, "every component lets it pass")
    status = Status.BLOCKED if stop.sure else Status.UNKNOWN
    return Answer(
        status,
        steps,
        stop.reason,
        stop.code,
        stop.step if stop.sure else None,
        stop.change,
        stop.opening,
    )


def rule_text(rule: SecurityGroupRule) -> str:
    """A security-group rule for people."""
    what = "all traffic" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"
    return f"{rule.direction} {what} {'from' if rule.direction is Direction.INGRESS else 'to'} {rule.peer}"


def entry_text(rule: AclRule | None) -> str:
    """An ACL's entry for people."""
    if rule is None:
        return "entry * (everything else is denied)"
    what = "all traffic" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"
    return f"entry {rule.number} ({'allow' if rule.allow else 'deny'} {what} {rule.cidr})"


def group_stop(place: Place, other: Party, direction: Direction, question: Question, passed: Passed) -> Stop:
    """A side whose security groups do not let everything pass."""
    names = ", ".join(place.groups) or "no group"
    inward = direction is Direction.INGRESS
    way = f"{'from' if inward else 'to'} {other.label}"
    ports = passed.missing_ports or question.ports
    what = question.port_text if ports == question.ports else f"{question.protocol} {ports_text(ports)}"
    peer = _peer(other, question)
    some = passed.rules and passed.missing_addresses
    where = f" for {blocks_text(passed.missing_addresses, question.family)}" if some else ""
    step = Step(Component.SECURITY_GROUP, names, f"no {direction} rule for {what} {way}{where}")
    if passed.unknown:
        return Stop(
            f"SECURITY_GROUP_{direction.upper()}_UNKNOWN",
            step,
            f"whether {names} let {what} {way} pass is not known: {passed.unknown}",
            sure=False,
        )
    group = place.groups[0] if place.groups else ""
    first, last = (None, None) if question.protocol == "-1" else ports
    rule = SecurityGroupRule(direction, question.protocol, first, last, peer)
    return Stop(
        f"SECURITY_GROUP_{direction.upper()}",
        step,
        f"no {direction} rule of {names} lets {what} {way} pass{where}",
        f"add to {group}: {rule_text(rule)}" if group else "give it a security group",
        (Change("add-rule", group, rule=rule),) if group else (),
    )


def _peer(other: Party, question: Question) -> str:
    if isinstance(other, Place) and other.groups:
        return other.groups[0]
    if isinstance(other, Outside):
        return other.cidr
    return "0.0.0.0/0" if question.family == 4 else "::/0"


def acl_stop(
    acl: NetworkAcl, decided: Decided, *, egress: bool, returning: bool, subnet: str, protocol: str, family: int
) -> Stop:
    """A crossing that a network ACL denies, wholly or in part."""
    ports, addresses = decided.denied or ((0, 65535), (0, 0))
    way = "out of" if egress else "into"
    blocks = blocks_text([addresses], family)
    what = f"{'replies' if returning else 'packets'} {way} {subnet} ({ports_text(ports)}, {'to' if egress else 'from'} {blocks})"
    partial = "; some connections would work and others would not" if decided.allowed_by else ""
    number = free_number(acl, egress=egress, before=decided.by)
    replacing = decided.by is not None and number == decided.by.number  # no lower number is free
    entries = tuple(
        AclRule(
            egress=egress,
            number=number + offset,
            allow=True,
            protocol=protocol,
            from_port=None if protocol in ("-1", "icmp", "icmpv6") else ports[0],
            to_port=None if protocol in ("-1", "icmp", "icmpv6") else ports[1],
            cidr=one,
        )
        for offset, one in enumerate(_blocks(addresses, family)[:1])
    )
    kind = "NACL_RETURN" if returning else "NACL"
    return Stop(
        f"{kind}_{'EGRESS' if egress else 'INGRESS'}",
        Step(Component.NETWORK_ACL, acl.name, f"{entry_text(decided.by)} denies {what}"),
        f"network ACL {acl.name} denies {what}: {entry_text(decided.by)}{partial}",
        f"{'replace in' if replacing else 'add to'} {acl.name}, {'outbound' if egress else 'inbound'}: entry {number} allow {protocol} {ports_text(ports)} {'to' if egress else 'from'} {blocks}",
        tuple(Change("replace-entry" if replacing else "add-entry", acl.name, entry=one) for one in entries),
    )


def _blocks(interval: Interval, family: int) -> list[str]:
    """Blocks that hold an interval, the largest first."""
    texts = blocks_text([interval], family, most=1 << 30).split(", ")
    return sorted(texts, key=lambda text: int(text.partition("/")[2]))


def no_route(table: str, part: str, target: RouteTarget, name: str, destination: str, *, back: bool = False) -> Stop:
    """A table without a route to (or, for replies, back to) a destination."""
    what = "replies to" if back else ""
    text = f"{what} {part}".strip()
    route = Route(destination, target, name)
    return Stop(
        "NO_ROUTE_BACK" if back else "NO_ROUTE",
        Step(Component.ROUTE, table, f"no route for {text}"),
        f"{table} has no route for {text}",
        f"add to {table}: a route for {destination} to {'a ' if not name else ''}{name or target.replace('-', ' ')}",
        (Change("add-route", table, route=route),),
    )
