"""Answers in words: which component stopped a packet, and the smallest change that opens it."""

from __future__ import annotations

from dataclasses import dataclass

from planner.design import AclRule, Direction, NetworkAcl, Route, RouteTarget, SecurityGroupRule
from planner.security.reach.acls import Decided, free_number
from planner.security.reach.groups import Passed
from planner.security.reach.model import Answer, Change, Component, Outside, Party, Place, Question, Status, Step
from planner.security.reach.ranges import EVERY_PORT, ICMP, Interval, block, blocks_text, ports_text, spans

_GATEWAYS = {
    RouteTarget.NAT_GATEWAY: "a NAT gateway",
    RouteTarget.INTERNET_GATEWAY: "an internet gateway",
    RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY: "an egress-only internet gateway",
    RouteTarget.TRANSIT_GATEWAY: "a transit gateway",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a packet goes no further; ``sure`` is False where something is not known."""

    code: str
    step: Step
    reason: str
    change: str = ""
    opening: tuple[Change, ...] = ()
    sure: bool = True
    partial: bool = False
    """Whether some of the packets asked about pass here."""


def answered(steps: tuple[Step, ...], stop: Stop | None, *, partial: bool = False) -> Answer:
    """An answer from the steps taken and the stop, if there is one; ``partial`` if some packets pass."""
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
        partial,
    )


def rule_text(rule: SecurityGroupRule) -> str:
    """A security-group rule for people."""
    return f"{rule.direction} {_traffic(rule)} {'from' if rule.direction is Direction.INGRESS else 'to'} {rule.peer}"


def entry_text(rule: AclRule | None) -> str:
    """An ACL's entry for people."""
    if rule is None:
        return "entry * (everything else is denied)"
    return f"entry {rule.number} ({'allow' if rule.allow else 'deny'} {_traffic(rule)} {rule.cidr})"


def _traffic(rule: SecurityGroupRule | AclRule) -> str:
    if rule.protocol == "-1":
        return "all traffic"
    if rule.protocol in ICMP:
        return f"{rule.protocol} {ports_text(spans(rule.protocol, rule.from_port, rule.to_port), rule.protocol)}"
    return f"{rule.protocol} {rule.ports}"


def _numbers(protocol: str, span: Interval) -> tuple[int | None, int | None]:
    """from_port and to_port of a rule that lets a span pass: of ICMP the type and the code."""
    if protocol not in ICMP:
        return (None, None) if protocol == "-1" else span
    (first, code), (last, final) = divmod(span[0], 256), divmod(span[1], 256)
    if first != last:
        return (-1, -1)
    return (first, code if code == final else -1)


def group_stop(
    place: Place, other: Party, direction: Direction, question: Question, passed: Passed, peer: str = ""
) -> Stop:
    """A side whose security groups do not let everything pass; ``peer`` is what a rule that helps names,
    if that is not the other side's group or block."""
    names = ", ".join(place.groups) or "no group"
    inward = direction is Direction.INGRESS
    way = f"{'from' if inward else 'to'} {other.label}"
    ports = passed.missing_ports or question.ports
    what = (
        question.port_text if ports == question.ports else f"{question.protocol} {ports_text(ports, question.protocol)}"
    )
    peer = peer or _peer(other, question)
    some = passed.rules and passed.missing_addresses
    where = f" for {blocks_text(passed.missing_addresses, question.family)}" if some else ""
    step = Step(Component.SECURITY_GROUP, names, f"no {direction} rule for {what} {way}{where}")
    if passed.unknown:
        return Stop(
            f"SECURITY_GROUP_{direction.upper()}_UNKNOWN",
            step,
            f"whether {names} let {what} {way} pass is not known: {passed.unknown}",
            sure=False,
            partial=passed.partial,
        )
    group = place.groups[0] if place.groups else ""
    first, last = _numbers(question.protocol, ports)
    rule = SecurityGroupRule(direction, question.protocol, first, last, peer)
    return Stop(
        f"SECURITY_GROUP_{direction.upper()}",
        step,
        f"no {direction} rule of {names} lets {what} {way} pass{where}",
        f"add to {group}: {rule_text(rule)}" if group else "give it a security group",
        (Change("add-rule", group, rule=rule),) if group else (),
        partial=passed.partial,
    )


def _peer(other: Party, question: Question) -> str:
    if isinstance(other, Place) and other.groups:
        return other.groups[0]
    if isinstance(other, Outside):
        return other.cidr
    return "0.0.0.0/0" if question.family == 4 else "::/0"


def acl_stop(
    acl: NetworkAcl,
    decided: Decided,
    *,
    egress: bool,
    returning: bool,
    subnet: str,
    protocol: str,
    family: int,
    whole: str = "",
) -> Stop:
    """A crossing that a network ACL denies, wholly or in part; ``whole`` is the block that was asked about
    if the addresses are the part of it that counts (the public ones of 0.0.0.0/0)."""
    ports, addresses = decided.denied or (EVERY_PORT, (0, 0))
    blocks, cidr = _denied_blocks(decided, addresses, family, whole)
    # of all protocols asked at once an entry may deny one
    closed = decided.by.protocol if protocol == "-1" and decided.by is not None else protocol
    traffic = "all traffic" if closed == "-1" else f"{closed} {ports_text(ports, closed)}"
    way, to = ("out of", "to") if egress else ("into", "from")
    what = f"{'replies' if returning else 'packets'} {way} {subnet} ({ports_text(ports, closed)}, {to} {blocks})"
    partial = "; some connections would work and others would not" if decided.allowed_by else ""
    number = free_number(acl, egress=egress, before=decided.by)
    replacing = decided.by is not None and number == decided.by.number  # no lower number is free
    first, last = _numbers(closed, ports)
    entry = AclRule(egress=egress, number=number, allow=True, protocol=closed, from_port=first, to_port=last, cidr=cidr)
    verb, side = "replace in" if replacing else "add to", "outbound" if egress else "inbound"
    return Stop(
        f"{'NACL_RETURN' if returning else 'NACL'}_{'EGRESS' if egress else 'INGRESS'}",
        Step(Component.NETWORK_ACL, acl.name, f"{entry_text(decided.by)} denies {what}"),
        f"network ACL {acl.name} denies {what}: {entry_text(decided.by)}{partial}",
        f"{verb} {acl.name}, {side}: entry {number} allow {traffic} {to} {cidr}",
        (Change("replace-entry" if replacing else "add-entry", acl.name, entry=entry),),
        partial=bool(decided.allowed_by),
    )


def _denied_blocks(decided: Decided, denied: Interval, family: int, whole: str) -> tuple[str, str]:
    """What is denied, for people, and the block of an entry that helps: the largest of it, or what was asked."""
    if whole and (decided.by is None or _holds(decided.by.cidr, whole)):
        return (blocks_text([denied], family) if decided.allowed_by else whole), whole
    texts = blocks_text([denied], family, most=1 << 30).split(", ")
    return blocks_text([denied], family), min(texts, key=lambda text: int(text.partition("/")[2]))


def _holds(outer: str, inner: str) -> bool:
    (version, (first, last)), (other, (low, high)) = block(outer), block(inner)
    return version == other and first <= low and high <= last


def no_route(table: str, part: str, target: RouteTarget, name: str, destination: str, *, back: bool = False) -> Stop:
    """A table without a route to (or, for replies, back to) a destination."""
    what = "replies to" if back else ""
    text = f"{what} {part}".strip()
    return Stop(
        "NO_ROUTE_BACK" if back else "NO_ROUTE",
        Step(Component.ROUTE, table, f"no route for {text}"),
        f"{table} has no route for {text}",
        f"add to {table}: a route for {destination} to {name or _GATEWAYS[target]}",
        (Change("add-route", table, route=Route(destination, target, name)),) if name else (),
    )
