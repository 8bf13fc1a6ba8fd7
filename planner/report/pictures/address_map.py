"""Which addresses of a VPC are used, planned, reserved, left over in subnets, and free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from planner.design import Subnet
from planner.plan.model import Plan, SubnetCapacity


class Use(StrEnum):
    """What a range of addresses is."""

    USED = "used by others"
    PLANNED = "planned"
    RESERVED = "for prefixes"
    LEFT = "left in subnets"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Piece:
    """Addresses that follow each other and are used alike."""

    first: int
    count: int
    use: Use


@dataclass(frozen=True, slots=True)
class MappedSubnet:
    """A subnet on the map."""

    name: str
    cidr: IPv4Network
    tier: str
    zone: str
    pieces: tuple[Piece, ...]

    def amount(self, use: Use) -> int:
        """Addresses of a kind in it."""
        return sum(piece.count for piece in self.pieces if piece.use is use)


@dataclass(frozen=True, slots=True)
class MappedBlock:
    """A block of the VPC: its subnets by address, and everything in it piece by piece."""

    cidr: IPv4Network
    subnets: tuple[MappedSubnet, ...]
    pieces: tuple[Piece, ...]

    def amount(self, use: Use) -> int:
        """Addresses of a kind in it."""
        return sum(piece.count for piece in self.pieces if piece.use is use)


def address_map(plan: Plan) -> tuple[MappedBlock, ...]:
    """The blocks of a plan's VPC, the primary first."""
    subnets = sorted((_mapped(plan, one) for one in plan.design.subnets), key=lambda one: one.cidr)
    return tuple(_block(cidr, [one for one in subnets if one.cidr.subnet_of(cidr)]) for cidr in plan.design.vpc.cidrs)


def _block(cidr: IPv4Network, subnets: Sequence[MappedSubnet]) -> MappedBlock:
    pieces: list[Piece] = []
    position = int(cidr.network_address)
    for one in subnets:
        start = int(one.cidr.network_address)
        if start > position:
            pieces.append(Piece(position, start - position, Use.FREE))
        pieces += one.pieces
        position = start + one.cidr.num_addresses
    end = int(cidr.broadcast_address) + 1
    if end > position:
        pieces.append(Piece(position, end - position, Use.FREE))
    return MappedBlock(cidr, tuple(subnets), tuple(pieces))


def _mapped(plan: Plan, subnet: Subnet) -> MappedSubnet:
    rows = [row for row in plan.capacity if subnet.name in row.subnets]
    if not rows:
        pieces = [Piece(int(subnet.cidr.network_address), subnet.cidr.num_addresses, Use.USED)]
        return MappedSubnet(subnet.name, subnet.cidr, "other", subnet.zone, tuple(pieces))
    row = rows[0]
    needed, prefixes = _share(plan, subnet, row)
    return MappedSubnet(subnet.name, subnet.cidr, row.tier, row.zone, tuple(_pieces(subnet, needed, prefixes)))


def _share(plan: Plan, subnet: Subnet, row: SubnetCapacity) -> tuple[int, int]:
    """(single addresses, prefixes) of a row's need that fall on one of its subnets, by size."""
    mine = [one for one in plan.design.subnets if one.name in row.subnets]
    total = sum(one.cidr.num_addresses for one in mine)
    singles = row.needed - 16 * row.prefixes
    size = subnet.cidr.num_addresses
    return -(-singles * size // total), -(-row.prefixes * size // total)


def _pieces(subnet: Subnet, singles: int, prefixes: int) -> Iterator[Piece]:
    """A subnet by address: what others use first, then what is planned, then what is left; prefixes
    lie in the reservations where there are some."""
    start, size = int(subnet.cidr.network_address), subnet.cidr.num_addresses
    told = subnet.free_addresses if subnet.existing and isinstance(subnet.free_addresses, int) else size - 5
    used = min(max(size - 5 - told, 0), size)
    reserved = sum(block.num_addresses for block in subnet.reserved_blocks)
    open_size = size - reserved
    planned = min(singles + 5 + (0 if reserved else 16 * prefixes), max(open_size - used, 0))
    parts = [(used, Use.USED), (planned, Use.PLANNED), (open_size - used - planned, Use.LEFT)]
    if reserved:
        taken = min(16 * prefixes, reserved)
        parts += [(taken, Use.PLANNED), (reserved - taken, Use.RESERVED)]
    for count, use in parts:
        if count > 0:
            yield Piece(start, count, use)
            start += count


def first_address(piece: Piece) -> IPv4Address:
    """Where a piece begins."""
    return IPv4Address(piece.first)
