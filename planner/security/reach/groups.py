"""Security groups: allow-only, the union of all groups of an interface, the first packet decides.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.design import Design, Direction, PrefixList, SecurityGroup, SecurityGroupRule, Unknown
from planner.security.reach.model import Place, Question
from planner.security.reach.ranges import Interval, block, is_block, joined, minus, overlap, spans
from planner.security.reach.routing import AWS_LISTS

Carrier = tuple[str, SecurityGroupRule]


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side as a rule sees it."""

    groups: frozenset[str] = frozenset()
    """Its groups, if it is in the VPC and not behind a gateway."""
    addresses: tuple[Interval, ...] = ()
    inside: bool = False
    """Whether it is in the VPC."""
    connected: bool = False
    """Whether it is in a network that is connected to the VPC: rules may name groups of a peered VPC."""
    everywhere: bool = False
    """Addresses that are not known: only a rule for all addresses holds them."""
    prefix_lists: frozenset[str] = frozenset()
    """Prefix lists that stand for it."""
    some: bool = False
    """Whether it has some of ``addresses``, and which is not known: a service without a list of its own."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What the groups of one side say: rules that let it pass, or what is missing."""

    rules: tuple[Carrier, ...]
    missing_ports: Interval | None = None
    missing_addresses: tuple[Interval, ...] = ()
    unknown: str = ""
    """What is not known that might let it pass."""

    @property
    def passes(self) -> bool:
        """Whether everything asked for passes."""
        return self.missing_ports is None

    @property
    def partial(self) -> bool:
        """Whether some of what was asked passes."""
        return bool(self.rules)


class Groups:
    """The groups of a design, indexed."""

    def __init__(self, design: Design) -> None:
        groups = design.security_groups
        self.unknown = groups if isinstance(groups, Unknown) else None
        self._groups: dict[str, SecurityGroup] = (
            {} if isinstance(groups, Unknown) else {one.name: one for one in groups}
        )
        self._rules: dict[tuple[str, Direction], tuple[SecurityGroupRule, ...]] = {
            (one.name, direction): tuple(rule for rule in one.rules if rule.direction is direction)
            for one in self._groups.values()
            for direction in Direction
        }
        lists = design.prefix_lists
        self._lists: dict[str, PrefixList] = {}
        if not isinstance(lists, Unknown):
            self._lists = {key: one for one in lists for key in (one.name, one.id) if key}
        self._cache: dict[tuple[object, ...], Passed] = {}

    def ask(self, place: Place, direction: Direction, question: Question, peer: Peer) -> Passed:
        """Whether the groups of a place let everything pass that a question asks for."""
        key = (place.groups, direction, question.protocol, question.ports, question.family, question.efa, peer)
        if key not in self._cache:
            self._cache[key] = self._ask(place.groups, direction, question, peer)
        return self._cache[key]

    def _ask(self, names: tuple[str, ...], direction: Direction, question: Question, peer: Peer) -> Passed:
        if self.unknown is not None:
            return Passed((), question.ports, unknown=str(self.unknown))
        unseen = [name for name in names if name not in self._groups]
        matching = list(self._matching(names, direction, question))
        if question.efa:
            found = tuple(one for one in matching if _own(one[1], names, peer))
            return Passed(found) if found else self._lacking(found, question.ports, (), unseen)
        used: dict[Carrier, None] = {}
        lacking: Passed | None = None
        for ports in _elementary(question.ports, [_ports(rule) for _, rule in matching]):
            here = [one for one in matching if overlap(_ports(one[1]), ports) == ports]
            missing = self._uncovered(here, peer, question.family, used)
            if missing is not None and (lacking is None or lacking.unknown):
                why = self._unsure(here, peer, missing)
                lacking = self._lacking(tuple(used), ports, missing, unseen, why)
        return replace(lacking, rules=tuple(used)) if lacking else Passed(tuple(used))

    def _unsure(self, rules: list[Carrier], peer: Peer, missing: tuple[Interval, ...]) -> str:
        """Why rules for these ports might after all hold what seems to be missing."""
        vague = list(dict.fromkeys(rule.peer for _, rule in rules if self._vague(rule.peer, peer)))
        if vague:
            return f"what {', '.join(vague)} holds is not known"
        if peer.some and missing != joined(peer.addresses):
            return "they let a part of the internet pass, and which addresses it has is not known"
        return ""

    def _lacking(
        self,
        used: tuple[Carrier, ...],
        ports: Interval,
        missing: tuple[Interval, ...],
        unseen: list[str],
        unsure: str = "",
    ) -> Passed:
        unknown = f"the rules of {', '.join(unseen)} are not known" if unseen else unsure
        return Passed(used, ports, missing, unknown)

    def _matching(self, names: tuple[str, ...], direction: Direction, question: Question) -> Iterator[Carrier]:
        for name in names:
            for rule in self._rules.get((name, direction), ()):
                if rule.protocol in ("-1", question.protocol):
                    yield name, rule

    def _uncovered(
        self, rules: list[Carrier], peer: Peer, family: int, used: dict[Carrier, None]
    ) -> tuple[Interval, ...] | None:
        """Addresses of the peer that no rule holds; None when all are held. Marks the rules used."""
        for one in rules:
            if one[1].peer in peer.groups or one[1].peer in peer.prefix_lists or self._named(one[1].peer, peer):
                used[one] = None
                return None
        left = peer.addresses
        for one in sorted(rules, key=_size, reverse=True):
            held = self._intervals(one[1].peer, family)
            if peer.everywhere and any(last - first >= (1 << (32 if family == 4 else 128)) - 1 for first, last in held):
                used[one] = None
                return None
            rest = minus(left, held)
            if rest != left:
                used[one] = None
                left = rest
            if not left and not peer.everywhere:
                return None
        return left

    def _named(self, text: str, peer: Peer) -> bool:
        """Whether a prefix list's name or id stands for the peer."""
        found = self._lists.get(text)
        return found is not None and bool({found.name, found.id} & peer.prefix_lists)

    def _intervals(self, text: str, family: int) -> tuple[Interval, ...]:
        if is_block(text):
            version, interval = block(text)
            return (interval,) if version == family else ()
        found = self._lists.get(text)
        if found is None or isinstance(found.cidrs, Unknown):
            return ()
        return joined(part[1] for one in found.cidrs if (part := block(one))[0] == family)

    def _vague(self, text: str, peer: Peer) -> bool:
        """Whether a rule names a prefix list, or a group of another VPC, that is not known and might hold
        the peer. AWS's own lists hold nothing that is in a VPC.

        Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
        """
        if is_block(text) or text in self._groups:
            return False
        if text.startswith("sg-"):
            return peer.connected
        found = self._lists.get(text)
        if found is not None and not isinstance(found.cidrs, Unknown):
            return False
        of_aws = text.startswith(AWS_LISTS) or (found is not None and found.name.startswith(AWS_LISTS))
        return not (of_aws and peer.inside) and (found is not None or text.startswith(("pl-", *AWS_LISTS)))

    def carriers(self, place: Place, direction: Direction, question: Question, peer: Peer) -> tuple[Carrier, ...]:
        """Rules that by themselves let some of what is asked pass."""
        found: list[Carrier] = []
        for one in self._matching(place.groups, direction, question):
            rule = one[1]
            if overlap(_ports(rule), question.ports) is None:
                continue
            by_group = rule.peer in peer.groups
            if question.efa:
                if _own(rule, place.groups, peer):
                    found.append(one)
                continue
            held = self._intervals(rule.peer, question.family)
            touches = any(overlap(mine, other) for mine in peer.addresses for other in held)
            listed = rule.peer in peer.prefix_lists or self._named(rule.peer, peer)
            if by_group or listed or touches or (peer.everywhere and held):
                found.append(one)
        return tuple(found)


def _own(rule: SecurityGroupRule, groups: tuple[str, ...], peer: Peer) -> bool:
    """Whether a rule lets everything pass between interfaces of a group that both sides carry.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html (the EFA-enabled group)
    """
    return rule.protocol == "-1" and rule.peer in peer.groups and rule.peer in groups


def _ports(rule: SecurityGroupRule) -> Interval:
    return spans(rule.protocol, rule.from_port, rule.to_port)


def _size(one: Carrier) -> int:
    peer = one[1].peer
    if not is_block(peer):
        return 0
    first, last = block(peer)[1]
    return last - first


def _elementary(asked: Interval, ports: list[Interval]) -> Iterator[Interval]:
    """The asked ports, cut where some rule begins or ends: within a piece all rules say the same."""
    cuts = {asked[0], asked[1] + 1}
    for first, last in ports:
        cuts |= {edge for edge in (first, last + 1) if asked[0] < edge <= asked[1]}
    edges = sorted(cuts)
    for first, after in pairwise(edges):
        yield (first, after - 1)
