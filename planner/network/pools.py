"""A pool of addresses that blocks are taken from, with AWS's table of refused neighbours in mind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.network.cidr import FreeSpace, merged_blocks
from planner.spec.check.vpc import networks, restricted

Allowed = Callable[[IPv4Network], bool]
"""Whether blocks of the part of a pool that holds this block may be taken."""


def _any(_block: IPv4Network) -> bool:
    return True


class BlockPool:
    """Free space of some blocks. Taking changes it.

    The blocks are cut at ``edges``, the ranges of AWS's table, so that what may be said of one
    block of a part holds for all of it.
    """

    def __init__(
        self, blocks: Sequence[IPv4Network], taken: Iterable[IPv4Network], edges: Iterable[IPv4Network] = ()
    ) -> None:
        self.blocks = tuple(blocks)
        occupied = tuple(taken)
        parts: dict[tuple[IPv4Network, ...], list[IPv4Network]] = {}
        edges = tuple(edges)
        for block in merged_blocks(blocks):
            for piece in _cut(block, edges):
                parts.setdefault(tuple(edge for edge in edges if piece.subnet_of(edge)), []).append(piece)
        self._parts = [(pieces[0], FreeSpace(pieces, occupied)) for pieces in parts.values()]

    def take(self, length: int, allowed: Allowed = _any) -> IPv4Network | None:
        """Take the smallest free block that holds one of this length, at the lowest address: large
        blocks stay whole. None if there is none."""
        best: tuple[int, int] | None = None
        chosen: FreeSpace | None = None
        for piece, free in self._parts:
            found = free.best(length)
            if found is not None and (best is None or (-found[0], found[1]) < best) and allowed(piece):
                best, chosen = (-found[0], found[1]), free
        return chosen.take(length) if chosen else None

    def room_for(self, length: int, allowed: Allowed = _any) -> int:
        """How many blocks of a length could still be taken."""
        return sum(free.room_for(length) for piece, free in self._parts if allowed(piece))

    @property
    def addresses(self) -> int:
        """All addresses of the pool."""
        return sum(block.num_addresses for block in merged_blocks(self.blocks))

    @property
    def free(self) -> int:
        """Addresses that are free."""
        return sum(free.addresses for _, free in self._parts)

    @property
    def largest(self) -> int | None:
        """Prefix length of the largest free block, or None when nothing is free."""
        lengths = [found for _, free in self._parts if (found := free.largest) is not None]
        return min(lengths, default=None)


def _cut(block: IPv4Network, edges: Sequence[IPv4Network]) -> list[IPv4Network]:
    """The block in pieces none of which an edge cuts through."""
    inside = merged_blocks(edge for edge in edges if edge.subnet_of(block) and edge != block)
    if not inside:
        return [block]
    pieces = list(FreeSpace((block,), inside).blocks())
    for edge in inside:
        pieces += _cut(edge, [other for other in edges if other != edge])
    return sorted(pieces)


def edges_of(facts: Facts) -> tuple[IPv4Network, ...]:
    """The ranges that AWS's table of refused secondary blocks speaks of."""
    texts = {
        text
        for row in facts["vpc.secondary_refusals"].value
        for text in (*row["when"], *row["refused"])
        if text != "public"
    }
    return tuple(sorted({*map(IPv4Network, texts), *networks(facts, "vpc.rfc1918")}))


class Neighbours:
    """Answers of AWS's table, kept: thousands of VPCs ask it for the same few ranges.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[tuple[int, int, int], IPv4Network | None] = {}

    def refused(self, primary: IPv4Network, secondary: IPv4Network) -> IPv4Network | None:
        """The range that AWS refuses beside ``primary`` and that ``secondary`` lies in, or None.

        No range of the table is longer than /16, so that the /16 around a block stands for it.
        """
        key = (int(primary.network_address) >> 16, int(secondary.network_address) >> 16, min(secondary.prefixlen, 16))
        if key not in self._known:
            self._known[key] = restricted(_sixteen(primary), _sixteen(secondary), self._facts)
        return self._known[key]


def _sixteen(block: IPv4Network) -> IPv4Network:
    """The /16 around a smaller block."""
    return block.supernet(new_prefix=16) if block.prefixlen > 16 else block
