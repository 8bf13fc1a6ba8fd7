"""Aligned CIDR blocks: what is free, and taking blocks so that large ones stay whole.

A block of length L begins at a multiple of its size, as VPC subnets must. Free space is kept as
the fewest aligned blocks; a request takes the smallest free block that holds it, at the lowest
address. Requests served from large to small never fail for fragmentation in an empty VPC.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from ipaddress import IPv4Network

from planner.catalog.facts import Facts


def prefix_for(addresses: int, reserved: int = 0) -> int:
    """Longest prefix length whose block holds ``addresses`` plus ``reserved``.

    Raises ValueError for a negative number or more than the whole of IPv4.
    """
    total = addresses + reserved
    if addresses < 0 or total > 1 << 32:
        raise ValueError(f"no IPv4 block holds {addresses} addresses and {reserved} reserved ones")
    return 32 - max(total - 1, 0).bit_length()


def subnet_prefix(addresses: int, facts: Facts) -> int:
    """Prefix length of the smallest subnet with ``addresses`` usable ones (five are reserved).

    Never longer than /28; may be shorter than /16, which no single subnet can be.
    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """
    length = prefix_for(addresses, facts.number("subnet.reserved"))
    return min(length, facts.number("subnet.smallest_prefix_length"))


def usable(cidr: IPv4Network, facts: Facts) -> int:
    """Addresses of a subnet that are not reserved by AWS."""
    return cidr.num_addresses - facts.number("subnet.reserved")


class FreeSpace:
    """Free aligned blocks of some CIDR blocks. Taking changes it; make one for each layout."""

    def __init__(self, blocks: Iterable[IPv4Network], taken: Iterable[IPv4Network] = ()) -> None:
        self._free: dict[int, list[int]] = {}
        occupied = merged(taken)
        for block in merged_blocks(blocks):
            low, high = int(block.network_address), int(block.broadcast_address) + 1
            start = low
            for first, after in _clip(occupied, low, high):
                self._add_range(start, first)
                start = max(start, after)
            self._add_range(start, high)

    def _add_range(self, low: int, high: int) -> None:
        """Split [low, high) into the fewest aligned blocks."""
        while low < high:
            size = low & -low if low else 1 << 32
            while size > high - low:
                size >>= 1
            self._put(low, 32 - size.bit_length() + 1)
            low += size

    def _put(self, start: int, length: int) -> None:
        bisect.insort(self._free.setdefault(length, []), start)

    def take(self, length: int) -> IPv4Network | None:
        """Take a block of this length, or None if no aligned free block is left for it."""
        found = self.best(length)
        if found is None:
            return None
        candidate, start = found
        self._free[candidate].pop(0)
        for shorter in range(candidate + 1, length + 1):
            self._put(start + (1 << (32 - shorter)), shorter)
        return IPv4Network((start, length))

    def best(self, length: int) -> tuple[int, int] | None:
        """Length and address of the free block that ``take`` would break: the smallest that holds
        a block of ``length``, the lowest of these. None if there is none."""
        for candidate in range(length, -1, -1):
            starts = self._free.get(candidate)
            if starts:
                return candidate, starts[0]
        return None

    def room_for(self, length: int) -> int:
        """How many blocks of a length fit into what is free."""
        return sum(len(starts) << (length - found) for found, starts in self._free.items() if found <= length)

    def take_lowest(self, length: int) -> IPv4Network | None:
        """Take the block of this length at the lowest address, however large the free block it
        breaks; None if there is none."""
        starts = [(many[0], candidate) for candidate, many in self._free.items() if many and candidate <= length]
        if not starts:
            return None
        start, candidate = min(starts)
        self._free[candidate].pop(0)
        for shorter in range(candidate + 1, length + 1):
            self._put(start + (1 << (32 - shorter)), shorter)
        return IPv4Network((start, length))

    def give_back(self, block: IPv4Network) -> None:
        """Return a block that was taken; neighbours join again."""
        start, length = int(block.network_address), block.prefixlen
        while length > 0:
            buddy = start ^ (1 << (32 - length))
            starts = self._free.get(length, [])
            position = bisect.bisect_left(starts, buddy)
            if position == len(starts) or starts[position] != buddy:
                break
            starts.pop(position)
            start, length = min(start, buddy), length - 1
        self._put(start, length)

    @property
    def addresses(self) -> int:
        """Free addresses in all."""
        return sum(len(starts) << (32 - length) for length, starts in self._free.items())

    @property
    def largest(self) -> int | None:
        """Prefix length of the largest free block, or None when nothing is free."""
        return min((length for length, starts in self._free.items() if starts), default=None)

    def blocks(self) -> tuple[IPv4Network, ...]:
        """All free blocks by address."""
        return tuple(sorted(IPv4Network((start, length)) for length, starts in self._free.items() for start in starts))


def merged(blocks: Iterable[IPv4Network]) -> list[tuple[int, int]]:
    """Blocks as sorted, disjoint half-open ranges of addresses."""
    ranges: list[tuple[int, int]] = []
    for low, high in sorted((int(one.network_address), int(one.broadcast_address) + 1) for one in blocks):
        if ranges and low <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], high))
        else:
            ranges.append((low, high))
    return ranges


def merged_blocks(blocks: Iterable[IPv4Network]) -> list[IPv4Network]:
    """The blocks without those that lie inside another one, by address."""
    kept: list[IPv4Network] = []
    for block in sorted(blocks, key=lambda one: (int(one.network_address), one.prefixlen)):
        if not kept or not block.subnet_of(kept[-1]):
            kept.append(block)
    return kept


def _clip(ranges: list[tuple[int, int]], low: int, high: int) -> Iterable[tuple[int, int]]:
    position = max(bisect.bisect_right(ranges, (low, 1 << 33)) - 1, 0)
    for first, after in ranges[position:]:
        if first >= high:
            return
        if after > low:
            yield max(first, low), min(after, high)


def overlapping(block: IPv4Network, others: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first of ``others`` that overlaps ``block``, or None."""
    return next((other for other in others if block.overlaps(other)), None)
