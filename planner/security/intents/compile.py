"""Intents become the smallest set of security-group rules: what rules that are there already let
pass needs no rule of its own, and no rule stays that others make superfluous."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from planner.catalog.facts import Facts
from planner.design import Direction, SecurityGroupRule
from planner.security.intents.model import IN_CLUSTER, Actor, Intent

Rules = dict[str, tuple[SecurityGroupRule, ...]]


@dataclass(frozen=True, slots=True)
class Members:
    """Which groups an actor's interfaces carry (the first gets the rules that it needs), or from which
    blocks and prefix lists it comes when it has none."""

    groups: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()

    @property
    def peers(self) -> tuple[str, ...]:
        """What a rule of the other side names."""
        return self.groups[:1] or self.blocks


@dataclass(frozen=True, slots=True)
class _Need:
    """One side of an intent: some rule of ``groups`` must let it pass."""

    direction: Direction
    groups: tuple[str, ...]
    peer: str
    aliases: tuple[str, ...]
    """All groups that the peer carries."""
    intent: Intent
    family: int
    """Addresses by which members of groups meet."""

    def met_by(self, rule: SecurityGroupRule) -> bool:
        """Whether this rule alone lets it pass."""
        intent = self.intent
        if rule.direction is not self.direction or rule.protocol not in ("-1", intent.protocol):
            return False
        if intent.key == "efa":
            return rule.protocol == "-1" and rule.peer in self.aliases
        if rule.protocol != "-1" and rule.from_port is not None and rule.to_port is not None:
            if intent.from_port is None or intent.to_port is None:
                return False
            if not rule.from_port <= intent.from_port <= intent.to_port <= rule.to_port:
                return False
        return rule.peer == self.peer or rule.peer in self.aliases or _holds(rule.peer, self.peer, self.family)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """A block, or None for groups and prefix lists."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def _holds(block: str, peer: str, family: int) -> bool:
    """Whether a rule's block holds a peer: another block, or (everything of a family) the members of a group."""
    outer = _network(block)
    if outer is None:
        return False
    inner = _network(peer)
    if inner is None:
        return outer.prefixlen == 0 and outer.version == family
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def compile_rules(
    intents: Iterable[Intent],
    members: Callable[[Actor], Members],
    made: Mapping[str, Sequence[SecurityGroupRule]],
    facts: Facts,
    *,
    ipv6: bool = False,
) -> Rules:
    """The rules of every group, those that are ``made`` already first; with ``ipv6`` nodes, pods and the
    control plane meet by IPv6.

    Broad intents are served before narrow ones, so that a narrow one finds its rule; what has
    become superfluous in the end goes again.
    """
    needs = [
        need for one in sorted(intents, key=lambda one: (-one.breadth, one)) for need in _needs(one, members, ipv6=ipv6)
    ]
    rules: dict[str, list[SecurityGroupRule]] = {name: list(there) for name, there in made.items()}
    for need in needs:
        if not any(need.met_by(rule) for name in need.groups for rule in rules.get(name, ())):
            rules.setdefault(need.groups[0], []).append(_rule(need, facts))
    _drop_superfluous(rules, needs)
    for peer in {rule.peer for many in rules.values() for rule in many} & {
        name for need in needs for name in need.aliases[:1]
    }:
        rules.setdefault(peer, [])  # a group that rules name must be there, be it without rules of its own
    return {name: tuple(sorted(_explained(name, many, needs, facts))) for name, many in rules.items()}


def _needs(intent: Intent, members: Callable[[Actor], Members], *, ipv6: bool) -> Iterable[_Need]:
    source, target = members(intent.source), members(intent.target)
    family = 6 if ipv6 and {intent.source.who, intent.target.who} <= IN_CLUSTER else 4
    if target.groups:
        for peer in source.peers:
            yield _Need(Direction.INGRESS, target.groups, peer, source.groups, intent, family)
    if source.groups:
        for peer in target.peers:
            yield _Need(Direction.EGRESS, source.groups, peer, target.groups, intent, family)


def _rule(need: _Need, facts: Facts) -> SecurityGroupRule:
    intent = need.intent
    return SecurityGroupRule(
        need.direction,
        intent.protocol,
        intent.from_port,
        intent.to_port,
        need.peer,
        feature=intent.key,
        source=intent.source_url(facts),
    )


def _drop_superfluous(rules: dict[str, list[SecurityGroupRule]], needs: Sequence[_Need]) -> None:
    """Remove every rule of ours without which all needs are still met, narrow ones first."""
    for name, many in rules.items():
        mine = [need for need in needs if name in need.groups]
        for rule in sorted(many, key=_width):
            if rule.made_by_eks:
                continue
            served = [need for need in mine if need.met_by(rule)]
            others = [(group, one) for group, there in rules.items() for one in there if (group, one) != (name, rule)]
            if all(any(group in need.groups and need.met_by(one) for group, one in others) for need in served):
                many.remove(rule)


def _width(rule: SecurityGroupRule) -> int:
    return 1 << 20 if rule.from_port is None or rule.to_port is None else rule.to_port - rule.from_port


def _explained(
    name: str, rules: Sequence[SecurityGroupRule], needs: Sequence[_Need], facts: Facts
) -> Iterable[SecurityGroupRule]:
    """The rules, each with the reasons of all intents that it serves."""
    for rule in rules:
        if rule.made_by_eks:
            yield rule
            continue
        served = [need.intent for need in needs if name in need.groups and need.met_by(rule)]
        details: dict[str, dict[str, Intent]] = {}
        for one in served:
            details.setdefault(one.key, {})[one.detail] = one
        keys = list(details)
        why = [next(iter(many.values())).why(facts, ", ".join(many)) for many in details.values()]
        yield SecurityGroupRule(
            rule.direction,
            rule.protocol,
            rule.from_port,
            rule.to_port,
            rule.peer,
            reason=_short(why, facts.number("security_group.description")),
            feature=", ".join(keys),
            source=rule.source,
        )


def _short(reasons: Sequence[str], most: int) -> str:
    """As many reasons as AWS takes in a description, and how many more there are."""
    text = ""
    for number, one in enumerate(reasons):
        longer = f"{text}; {one}" if text else one
        tail = f"; and {len(reasons) - number} more"
        if len(longer) + (len(tail) if number + 1 < len(reasons) else 0) > most:
            return (text or one[: most - len(tail)]) + tail
        text = longer
    return text
