"""Sets of addresses and ports as sorted intervals of whole numbers, and rectangles of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

Interval = tuple[int, int]
"""First and last, inclusive."""
Rectangle = tuple[Interval, Interval]
"""Ports, addresses."""
EVERY_PORT: Interval = (0, 65535)
ICMP = ("icmp", "icmpv6")


@lru_cache(maxsize=65536)
def block(cidr: str) -> tuple[int, Interval]:
    """(IP version, first and last address) of a block. Raises ValueError for what is none."""
    network = ip_network(cidr, strict=False)
    return network.version, (int(network.network_address), int(network.broadcast_address))


@lru_cache(maxsize=65536)
def is_block(text: str) -> bool:
    """Whether a rule's peer is a block (not a group or a prefix list)."""
    try:
        block(text)
    except ValueError:
        return False
    return True


def of_family(cidrs: Iterable[str], family: int) -> tuple[Interval, ...]:
    """The intervals of the blocks of one family, joined and sorted."""
    return joined(found[1] for one in cidrs if (found := block(one))[0] == family)


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted, with overlapping and neighbouring intervals made one."""
    result: list[Interval] = []
    for first, last in sorted(intervals):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return tuple(result)


def spans(protocol: str, first: int | None, last: int | None) -> Interval:
    """The ports of a rule, an entry or a question as one interval. For ICMP ``first`` is the type and
    ``last`` the code, -1 or None for all of them; both together number 256 codes for each type.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IcmpTypeCode.html
    """
    if protocol == "-1" or first is None or first == -1:
        return EVERY_PORT
    if protocol in ICMP:
        return (first * 256, first * 256 + 255) if last is None or last == -1 else (first * 256 + last,) * 2
    return EVERY_PORT if last is None else (first, last)


def overlap(one: Interval, other: Interval) -> Interval | None:
    """What two intervals share."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


def minus(whole: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of some intervals without others."""
    left = joined(whole)
    for first, last in taken:
        left = tuple(
            piece
            for low, high in left
            for piece in ((low, min(high, first - 1)), (max(low, last + 1), high))
            if piece[0] <= piece[1]
        )
    return left


def cut(rectangle: Rectangle, by: Rectangle) -> tuple[Rectangle | None, list[Rectangle]]:
    """What two rectangles share, and the pieces of the first that the second does not have."""
    ports, addresses = overlap(rectangle[0], by[0]), overlap(rectangle[1], by[1])
    if ports is None or addresses is None:
        return None, [rectangle]
    rest = [(piece, rectangle[1]) for piece in minus([rectangle[0]], [ports])]
    rest += [(ports, piece) for piece in minus([rectangle[1]], [addresses])]
    return (ports, addresses), rest


def blocks_text(intervals: Sequence[Interval], family: int, most: int = 3) -> str:
    """Addresses for people, as blocks."""
    kind = IPv4Address if family == 4 else IPv6Address
    names = [str(network) for first, last in intervals for network in summarize_address_range(kind(first), kind(last))]
    more = f" and {len(names) - most} more blocks" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def ports_text(ports: Interval, protocol: str = "tcp") -> str:
    """Ports for people; types and codes of ICMP."""
    if protocol in ICMP:
        return _types_text(ports)
    if ports == EVERY_PORT:
        return "all ports"
    return f"port {ports[0]}" if ports[0] == ports[1] else f"ports {ports[0]}-{ports[1]}"


def _types_text(span: Interval) -> str:
    (first, code), (last, final) = divmod(span[0], 256), divmod(span[1], 256)
    if span == EVERY_PORT:
        return "all types"
    if first != last:
        return f"types {first}-{last}"
    if (code, final) == (0, 255):
        return f"type {first}"
    return f"type {first} code {code}" + (f"-{final}" if final != code else "")
