"""What is open to the internet: rules for everyone, and whether packets really get there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.design import Design, Direction, SecurityGroupRule, Unknown
from planner.security.flows.places import INTERNET_BLOCKS, Places
from planner.security.intents.model import Actor, Who
from planner.security.reach.engine import Prover
from planner.security.reach.model import Outside, Place, Question, Status
from planner.security.reach.ranges import block, is_block


@dataclass(frozen=True, slots=True)
class Exposure:
    """Something that a rule opens to wide blocks; ``reachable`` when some packets from there arrive."""

    who: str
    source: str
    ports: str
    rule: str
    """The group that has the rule."""
    reachable: bool
    reason: str = ""


def exposed(design: Design) -> tuple[Exposure, ...]:
    """Every inbound rule for everyone (all addresses of a family), with who carries it."""
    found = [*_places(design), *_endpoint(design)]
    return tuple(dict.fromkeys(sorted(found, key=lambda one: (not one.reachable, one.who, one.ports, one.source))))


def _places(design: Design) -> Iterator[Exposure]:
    prover, carried = Prover(design), set()
    for place in _all(design):
        for name in place.groups:
            group = design.security_group(name)
            for rule in group.rules if group else ():
                if rule.direction is not Direction.INGRESS or not _everyone(rule.peer):
                    continue
                carried.add(name)
                family = block(rule.peer)[0]
                answer = prover.ask(_question(place, rule, family))
                yield Exposure(
                    place.label,
                    INTERNET_BLOCKS[family],
                    _ports(rule),
                    name,
                    answer.status is Status.REACHABLE or answer.partial,
                    answer.reason,
                )
    groups = () if isinstance(design.security_groups, Unknown) else design.security_groups
    for group in groups:
        for rule in group.rules if group.name not in carried else ():
            if rule.direction is Direction.INGRESS and _everyone(rule.peer):
                yield Exposure(f"whoever carries {group.name}", rule.peer, _ports(rule), group.name, reachable=False)


def _all(design: Design) -> tuple[Place, ...]:
    """Everything known that carries groups: the cluster's own, and every interface that was seen."""
    places = Places(design)
    found = [
        one
        for who in (Who.CONTROL_PLANE, Who.NODES, Who.PODS)
        for one in places.of(Actor(who)).parties
        if isinstance(one, Place)
    ]
    seen = design.interfaces
    if seen is not None and not isinstance(seen, Unknown):
        found += [
            Place(one.id, one.subnet, one.security_groups, one.addresses, public=one.public_ip is not None)
            for one in seen
        ]
    return tuple(dict.fromkeys(found))


def _question(place: Place, rule: SecurityGroupRule, family: int) -> Question:
    outside = Outside("internet", INTERNET_BLOCKS[family])
    ports = (None, None) if rule.protocol == "-1" else (rule.from_port, rule.to_port)
    return Question(outside, place, rule.protocol, *ports, family=family)


def _ports(rule: SecurityGroupRule) -> str:
    return "all" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"


def _everyone(peer: str) -> bool:
    if not is_block(peer):
        return False
    version, (first, last) = block(peer)
    return last - first >= (1 << (32 if version == 4 else 128)) - 1


def _endpoint(design: Design) -> Iterator[Exposure]:
    """The public endpoint of the Kubernetes API, which no security group guards."""
    cluster = design.cluster
    if cluster is None or not cluster.endpoint.public:
        return
    for cidr in cluster.endpoint.public_cidrs:
        if _everyone(cidr):
            yield Exposure("Kubernetes API", cidr, "tcp 443", "publicAccessCidrs", reachable=True)
