"""Subnets relative to a cluster's blocks, worked out once and then shifted to each cluster.

``lay_out`` places subnets by what is free, lowest first; in empty aligned blocks that depends on
nothing but the blocks' lengths and their order. A layout for a block of some length is therefore
right, shifted, for every block of that length.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.network.cidr import usable
from planner.plan.fleet.model import FleetSubnet
from planner.plan.fleet.shapes import NAME, Shape


@dataclass(frozen=True, slots=True)
class RelativeSubnet:
    """A subnet in block number ``block`` (0 is the primary one), ``offset`` addresses from its
    beginning. ``suffix`` is its name without the cluster's; an existing subnet keeps its whole
    name in it."""

    suffix: str
    tier: str
    zone: str
    block: int
    offset: int
    length: int
    existing: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """A layout, and how many addresses its subnets can give."""

    subnets: tuple[RelativeSubnet, ...]
    usable: int

    def at(self, name: str, blocks: tuple[IPv4Network, ...]) -> tuple[FleetSubnet, ...]:
        """The subnets of the cluster called ``name`` with these blocks."""
        starts = [int(block.network_address) for block in blocks]
        return tuple(
            FleetSubnet(
                one.suffix if one.existing else f"{name}{one.suffix}",
                one.tier,
                one.zone,
                IPv4Network((starts[one.block] + one.offset, one.length)),
            )
            for one in self.subnets
        )


class Layouts:
    """Layouts by shape, lengths of the blocks, and order of the blocks."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[tuple[int, tuple[int, ...], tuple[int, ...]], Relative | list[Diagnostic]] = {}

    def of(self, shape: Shape, blocks: tuple[IPv4Network, ...]) -> Relative | list[Diagnostic]:
        """The layout in blocks such as these (the primary one first), or why there is none."""
        if shape.spec.vpc.id is not None:  # what is there already stands in these very blocks
            return self._made(shape, blocks)
        order = tuple(sorted(range(len(blocks)), key=lambda number: blocks[number].network_address))
        key = (shape.number, tuple(block.prefixlen for block in blocks), order)
        if key not in self._known:
            self._known[key] = self._made(shape, _stand_ins(key[1], order))
        return self._known[key]

    def _made(self, shape: Shape, blocks: tuple[IPv4Network, ...]) -> Relative | list[Diagnostic]:
        network = shape.at(self._facts, blocks[0], blocks[1:])
        if isinstance(network, list):
            return network
        subnets: list[RelativeSubnet] = []
        room = 0
        for one in network.layout.unique:
            cidr = one.subnet.cidr
            number = next(number for number, block in enumerate(blocks) if cidr.subnet_of(block))
            offset = int(cidr.network_address) - int(blocks[number].network_address)
            name = one.subnet.name
            subnets.append(
                RelativeSubnet(
                    name if one.existing else name.removeprefix(NAME),
                    one.tier.value,
                    one.zone,
                    number,
                    offset,
                    cidr.prefixlen,
                    existing=one.existing is not None,
                )
            )
            room += one.room(self._facts)
        return Relative(tuple(subnets), room)

    def usable(self, length: int) -> int:
        """Usable addresses of a subnet of a length."""
        return usable(IPv4Network((0, length)), self._facts)


def _stand_ins(lengths: tuple[int, ...], order: tuple[int, ...]) -> tuple[IPv4Network, ...]:
    """Blocks of these lengths in this order of addresses, each in a /15 of its own: neighbours
    would join where space is given back."""
    places = {number: place for place, number in enumerate(order)}
    base = int(IPv4Network("10.0.0.0/8").network_address)
    return tuple(IPv4Network((base + (places[number] << 17), length)) for number, length in enumerate(lengths))
