"""What is open to the internet: rules for wide blocks, and whether packets really get there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from planner.design import Design, Direction, PrefixList, SecurityGroupRule, Unknown
from planner.security.flows.places import INTERNET_BLOCKS, Places
from planner.security.intents.model import Actor, Who
from planner.security.reach.engine import Prover
from planner.security.reach.model import Outside, Place, Question, Status
from planner.security.reach.ranges import block, is_block, minus, of_family
from planner.security.reach.routing import NOT_UNICAST, PRIVATE

WIDE = {4: 8, 6: 16}
"""Prefix lengths by family up to which a block is more than any one organisation's."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Something that a rule opens to wide blocks; ``reachable`` when some packets from there arrive."""

    who: str
    source: str
    ports: str
    rule: str
    """The group that has the rule."""
    reachable: bool = False
    reason: str = ""
    known: bool = True
    """Whether it could be judged at all; what could not is never "not reachable"."""
    carried: bool = True
    """Whether anything carries the group."""

    @property
    def verdict(self) -> str:
        """The verdict for people."""
        if not self.known:
            return "not known"
        if not self.carried:
            return "not carried"
        return "open" if self.reachable else "no way in"


def exposed(design: Design) -> tuple[Exposure, ...]:
    """Every inbound rule for wide blocks of the internet (also by prefix lists), with who carries it."""
    found = [*_groups(design), *_endpoint(design)]
    return tuple(
        dict.fromkeys(sorted(found, key=lambda one: (not one.reachable, one.known, one.who, one.ports, one.source)))
    )


def _groups(design: Design) -> Iterator[Exposure]:
    groups = design.security_groups
    if isinstance(groups, Unknown):
        yield Exposure("security groups", "internet", "all", "-", reason=str(groups), known=False)
        return
    prover, carried = Prover(design), set()
    wide = {group.name: tuple(_wide_rules(design, group.rules)) for group in groups}
    for place in _all(design):
        for name in place.groups:
            for rule, source, unknown in wide.get(name, ()):
                carried.add(name)
                if unknown:
                    yield Exposure(place.label, rule.peer, _ports(rule), name, reason=unknown, known=False)
                else:
                    yield _judged(prover, place, name, rule, source)
    seen = design.interfaces
    for name, rules in wide.items():
        for rule, _, _ in rules if name not in carried else ():
            known = not isinstance(seen, Unknown)
            reason = "" if known else f"which interfaces carry {name} is not known: {seen}"
            who = f"whoever carries {name}"
            yield Exposure(who, rule.peer, _ports(rule), name, reason=reason, known=known, carried=False)


def _judged(prover: Prover, place: Place, name: str, rule: SecurityGroupRule, source: str) -> Exposure:
    family = block(source)[0]
    answer = prover.ask(_question(place, rule, source, family))
    reachable = answer.status is Status.REACHABLE or answer.partial
    known = reachable or answer.status is Status.BLOCKED
    return Exposure(place.label, rule.peer, _ports(rule), name, reachable, answer.reason, known=known)


def _wide_rules(design: Design, rules: tuple[SecurityGroupRule, ...]) -> Iterator[tuple[SecurityGroupRule, str, str]]:
    """Inbound rules for wide blocks: (rule, the block, why that is not known)."""
    lists: dict[str, PrefixList] = {}
    if not isinstance(design.prefix_lists, Unknown):
        lists = {key: one for one in design.prefix_lists for key in (one.name, one.id) if key}
    for rule in rules:
        if rule.direction is not Direction.INGRESS:
            continue
        if is_block(rule.peer):
            yield from ((rule, one, "") for one in [rule.peer] if _wide(one))
            continue
        found = lists.get(rule.peer)
        if found is None and not rule.peer.startswith("pl-"):
            continue  # a group, or a list of AWS's own
        if found is None or isinstance(found.cidrs, Unknown):
            if found is None or not found.of_aws:
                yield rule, "", f"the entries of {rule.peer} are not known"
            continue
        yield from ((rule, one, "") for one in found.cidrs if _wide(one))


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


def _question(place: Place, rule: SecurityGroupRule, source: str, family: int) -> Question:
    outside = Outside("internet" if source == INTERNET_BLOCKS[family] else source, source)
    ports = (None, None) if rule.protocol == "-1" else (rule.from_port, rule.to_port)
    return Question(outside, place, rule.protocol, *ports, family=family)


def _ports(rule: SecurityGroupRule) -> str:
    return "all" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"


def _wide(cidr: str) -> bool:
    """Whether a block is wide and holds addresses of the internet."""
    network = ip_network(cidr, strict=False)
    if network.prefixlen > WIDE[network.version]:
        return False
    return network.version == 6 or bool(minus(of_family([cidr], 4), of_family((*PRIVATE, *NOT_UNICAST), 4)))


def _endpoint(design: Design) -> Iterator[Exposure]:
    """The public endpoint of the Kubernetes API, which no security group guards."""
    cluster = design.cluster
    if cluster is None or not cluster.endpoint.public:
        return
    for cidr in cluster.endpoint.public_cidrs:
        if _wide(cidr):
            yield Exposure("Kubernetes API", cidr, "tcp 443", "publicAccessCidrs", reachable=True)
