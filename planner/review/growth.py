"""What of a VPC's blocks no subnet takes, and what still fits into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from planner.design import Design
from planner.security.reach.ranges import Interval, block, joined


def unallocated(design: Design) -> tuple[IPv4Network, ...]:
    """The blocks that no subnet takes, each as large as its alignment lets it be."""
    taken = joined(block(str(subnet.cidr))[1] for subnet in design.subnets)
    found: list[IPv4Network] = []
    for whole in design.vpc.cidrs:
        first, last = block(str(whole))[1]
        for low, high in _between(first, last, taken):
            found += summarize_address_range(IPv4Address(low), IPv4Address(high))
    return tuple(found)


def _between(first: int, last: int, taken: Sequence[Interval]) -> Iterable[Interval]:
    """What sorted intervals leave of first to last."""
    for low, high in taken:
        if high < first or low > last:
            continue
        if low > first:
            yield first, low - 1
        first = high + 1
    if first <= last:
        yield first, last


def misfits(gaps: Iterable[IPv4Network], wanted: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """Which of the wanted blocks (prefix length, what for) find no place: the largest are placed first, each in
    the smallest gap that holds it, which wastes least."""
    left = sorted(gaps, key=lambda one: -one.prefixlen)
    missing: list[tuple[int, str]] = []
    for length, what in sorted(wanted):
        place = next((one for one in left if one.prefixlen <= length), None)
        if place is None:
            missing.append((length, what))
            continue
        left.remove(place)
        chosen = next(iter(place.subnets(new_prefix=length)))
        left = sorted([*left, *place.address_exclude(chosen)], key=lambda one: -one.prefixlen)
    return tuple(missing)
