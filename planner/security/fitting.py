"""The cheapest ways to make a group's rules fit into its quota (note N34)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise

from planner.design import SecurityGroupRule
from planner.diagnostics import Path

Network = IPv4Network | IPv6Network
_FIELDS: dict[str, Path] = {
    "operator": ("spec", "endpoint", "privateCidrs"),
    "allowed": ("spec", "security", "allow"),
    "webhook": ("spec", "security", "webhooks"),
    "pod-group": ("spec", "security", "podGroups"),
    "node-to-node": ("spec", "security", "betweenNodes"),
    "load-balancer": ("spec", "loadBalancers"),
    "hybrid-api": ("spec", "hybrid"),
    "hybrid-kubelet": ("spec", "hybrid"),
}
_MANY = 200
"""Blocks for which no wider ones are looked for: nobody wants to read them."""


def field_of(rules: Sequence[SecurityGroupRule]) -> Path:
    """The field of the spec that most of these rules come from."""
    features = [rule.feature.partition(",")[0] for rule in rules]
    most = max(sorted(set(features)), key=features.count, default="")
    return _FIELDS.get(most, ("spec",))


def ways_to_fit(rules: Sequence[SecurityGroupRule], spare: int) -> Iterator[str]:
    """What makes these rules of one direction and family fewer by ``spare``, the cheapest first: opening
    nothing more, then opening the fewest further addresses."""
    balancers = [rule for rule in rules if rule.feature == "load-balancer"]
    if len(balancers) - 1 >= spare:
        yield f"set loadBalancers.backends: shared, which makes one rule of {len(balancers)}"
    alike: dict[tuple[str, int | None, int | None], list[Network]] = {}
    for rule in rules:
        if "/" in rule.peer:
            alike.setdefault((rule.protocol, rule.from_port, rule.to_port), []).append(ip_network(rule.peer))
    blocks = max(alike.values(), key=len, default=[])
    if spare < len(blocks) <= _MANY:
        wider, further = fewer_blocks(blocks, len(blocks) - spare)
        new = [str(one) for one in wider if one not in blocks]
        yield f"write {', '.join(new)} for the blocks in {'it' if len(new) == 1 else 'them'}, which opens {further:,} further addresses"
    ports: dict[str, int] = {}
    for rule in rules:
        if rule.from_port is not None:
            ports[rule.peer] = ports.get(rule.peer, 0) + 1
    peer = max(sorted(ports), key=ports.__getitem__, default="")
    if peer and ports[peer] - 1 >= spare and len(balancers) != ports[peer]:
        yield f"make one range of the ports for {peer} ({ports[peer]} rules)"


def fewer_blocks(blocks: Sequence[Network], most: int) -> tuple[tuple[Network, ...], int]:
    """At most ``most`` blocks (1 or more) that hold all of these of one family, and how many addresses they
    hold that the others do not: two neighbours at a time go into the smallest block that holds both."""
    found = sorted(set(blocks), key=lambda one: (int(one.network_address), one.prefixlen))
    before = sum(one.num_addresses for one in found)
    while len(found) > max(most, 1):
        joined = min((_around(*pair) for pair in pairwise(found)), key=lambda one: _cost(one, found))
        inside = [one for one in found if _holds(joined, one)]
        at = found.index(inside[0])
        found[at : at + len(inside)] = [joined]
    return tuple(found), sum(one.num_addresses for one in found) - before


def _around(one: Network, other: Network) -> Network:
    around = one
    while not _holds(around, other):
        around = around.supernet()
    return around


def _cost(around: Network, blocks: Sequence[Network]) -> int:
    return around.num_addresses - sum(one.num_addresses for one in blocks if _holds(around, one))


def _holds(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]
