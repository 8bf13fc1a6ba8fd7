"""Places subnets: sizes from demand, blocks from free space, room left for growth.

Large blocks are placed before small ones, so an empty VPC never runs out for fragmentation. A
``roomy`` layout then doubles the node subnets while half of the space stays free, and lets pod
subnets fill the blocks that are theirs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.network.cidr import FreeSpace, subnet_prefix, usable
from planner.network.demand import DemandItem, SubnetDemand, Tier
from planner.network.prefixes import BLOCK, blocks, blocks_needed

_ORDER = {Tier.NODE: 0, Tier.POD: 1, Tier.PUBLIC: 2, Tier.CLUSTER: 3}
MOST_PARTS = 8
"""Subnets that one tier of one zone may be split into to use leftovers."""
MOST_PIECES = 4
"""Subnets that one tier of one zone is split into when leftovers do not suffice."""


@dataclass(frozen=True, slots=True)
class Request:
    """One subnet to place: what for, and the prefix length that it needs at least."""

    tier: Tier
    zone: str
    part: int
    length: int
    addresses: int = 0
    """Usable addresses that it must have."""
    splittable: bool = False
    batch: int = 1
    """Addresses that one subnet must give at once."""

    @property
    def key(self) -> tuple[Tier, str]:
        """Tier and zone."""
        return (self.tier, self.zone)

    @property
    def size(self) -> int:
        """Addresses of the block."""
        return 1 << (32 - self.length)


@dataclass(frozen=True, slots=True)
class Space:
    """Blocks that some tiers are placed in, and what is already taken there."""

    blocks: tuple[IPv4Network, ...]
    taken: tuple[IPv4Network, ...] = ()

    def free(self) -> FreeSpace:
        """The free space, ready for taking."""
        return FreeSpace(self.blocks, self.taken)

    @property
    def addresses(self) -> int:
        """All addresses of the blocks."""
        return sum(block.num_addresses for block in self.blocks)


Placed = dict[Request, IPv4Network]


def needed_length(demand: SubnetDemand, facts: Facts) -> int:
    """Prefix length for a demand in one piece; prefixes need whole /28 blocks beside the single
    addresses. Shorter than /16 where no single subnet can hold it.
    """
    addresses, prefixes = demand.addresses, demand.prefixes
    length = min(subnet_prefix(addresses, facts), demand.longest)
    if prefixes:
        needed = blocks_needed(addresses - BLOCK * prefixes, prefixes)
        while blocks(length) < needed:
            length -= 1
    return length


def requests(demands: Iterable[SubnetDemand], facts: Facts) -> list[Request]:
    """Subnets for demands; what exceeds a /16 becomes several of them and a smaller rest."""
    wanted: list[Request] = []
    for demand in demands:
        splittable = demand.tier is Tier.NODE and not demand.prefixes
        for part, (length, addresses) in enumerate(_parts(demand, facts)):
            wanted.append(Request(demand.tier, demand.zone, part, length, addresses, splittable, demand.batch))
    return wanted


def _parts(demand: SubnetDemand, facts: Facts) -> list[tuple[int, int]]:
    """(prefix length, addresses) of each subnet of a demand."""
    largest = facts.number("subnet.largest_prefix_length")
    most = (1 << (32 - largest)) - facts.number("subnet.reserved")
    parts: list[tuple[int, int]] = []
    left = demand
    while needed_length(left, facts) < largest:
        singles, prefixes = _share_of_part(left, largest, most - demand.batch + 1)
        taken = singles + BLOCK * prefixes
        parts.append((largest, taken))
        rest = DemandItem("rest", left.addresses - taken, "", "", prefixes=left.prefixes - prefixes)
        left = replace(left, items=(rest,))
    return [*parts, (needed_length(left, facts), left.addresses)]


def _share_of_part(left: SubnetDemand, length: int, most: int) -> tuple[int, int]:
    """(single addresses, prefixes) of a demand that a subnet of this length takes; both in the
    proportion of the whole demand. What is too little for a whole batch stays unused."""
    if not left.prefixes:
        return min(most, left.addresses), 0
    room = blocks(length) - 2
    prefixes = max(room * left.prefixes // (left.prefixes + left.singles // BLOCK + 1), 1)
    singles = min(left.singles, (room - prefixes + 1) * BLOCK - 4)
    return singles, min(prefixes, left.prefixes)


def place(wanted: Sequence[Request], space: Space) -> tuple[Placed, list[Request]]:
    """Put every request into the space, large ones first; returns what was placed and what not."""
    free = space.free()
    placed: Placed = {}
    missing: list[Request] = []
    for request in sorted(wanted, key=lambda one: (one.length, _ORDER[one.tier], one.zone, one.part)):
        block = free.take(request.length)
        if block is None:
            missing.append(request)
        else:
            placed[request] = block
    return placed, missing


def place_split(wanted: Sequence[Request], space: Space, facts: Facts) -> tuple[Placed, list[Request]]:
    """Like ``place``, but a node subnet that finds no block in one piece takes several.

    Pods of custom networking have one subnet in each zone, for there is one ENIConfig. The other
    subnets come first; then the largest free blocks are taken until the demand is met, each losing
    five reserved addresses. Where that does not suffice all that may be split are, into two to four
    pieces. A demand with prefixes is never split: its parts would lose whole /28 blocks.
    """
    placed, missing = place(wanted, space)
    if not missing:
        return placed, []
    in_leftovers, still = _place_missing(placed, missing, space, facts)
    if not still:
        return in_leftovers, []
    for pieces in range(2, MOST_PIECES + 1):
        parts = [part for one in wanted for part in (_pieces(one, pieces, facts) if one.splittable else [one])]
        in_pieces, lacking = place(_numbered(parts), space)
        if not lacking:
            return in_pieces, []
    return in_leftovers, still


def _pieces(request: Request, count: int, facts: Facts) -> list[Request]:
    """A request in up to so many pieces: each takes as much as fills it, the last one the rest."""
    parts: list[Request] = []
    left, smallest = request.addresses, facts.number("subnet.smallest_prefix_length")
    while len(parts) < count - 1:
        length = subnet_prefix(left, facts) + 1
        full = (1 << (32 - length)) - facts.number("subnet.reserved") - (request.batch - 1)
        if length >= smallest or full <= 0 or full >= left:
            break
        parts.append(replace(request, length=length, addresses=full, splittable=False))
        left -= full
    return [*parts, replace(request, length=min(subnet_prefix(left, facts), smallest), addresses=left)]


def _numbered(parts: Sequence[Request]) -> list[Request]:
    """The same requests, those of a tier and zone numbered from 0."""
    counts: dict[tuple[Tier, str], int] = {}
    numbered: list[Request] = []
    for one in parts:
        counts[one.key] = counts.get(one.key, 0) + 1
        numbered.append(replace(one, part=counts[one.key] - 1))
    return numbered


def _place_missing(
    placed: Placed, missing: Sequence[Request], space: Space, facts: Facts
) -> tuple[Placed, list[Request]]:
    """What has been placed, and in the leftovers what was missing, as far as it finds room."""
    placed = dict(placed)
    free = FreeSpace(space.blocks, (*space.taken, *placed.values()))
    still: list[Request] = []
    for request in missing:
        parts = _in_parts(request, free, facts) if request.splittable else None
        if parts is None:
            still.append(request)
            continue
        known = [one.part for one in placed if one.key == request.key]
        first = max([*known, request.part, -1]) + 1
        for number, block in enumerate(parts):
            part = request.part if number == 0 else first + number
            placed[Request(request.tier, request.zone, part, block.prefixlen, 0, splittable=False)] = block
    return placed, still


def _in_parts(request: Request, free: FreeSpace, facts: Facts) -> list[IPv4Network] | None:
    """Free blocks that hold a request's addresses together, or None (the space is as before)."""
    taken: list[IPv4Network] = []
    left = request.addresses
    while left > 0 and len(taken) < MOST_PARTS:
        largest = free.largest
        if largest is None or largest > facts.number("subnet.smallest_prefix_length"):
            break
        block = free.take(max(largest, subnet_prefix(left, facts)))
        if block is None:
            break
        taken.append(block)
        left -= usable(block, facts) - (request.batch - 1 if left > usable(block, facts) else 0)
    if left <= 0:
        return sorted(taken)
    for block in taken:
        free.give_back(block)
    return None


def grow(wanted: Sequence[Request], tier: Tier, space: Space, facts: Facts, *, share: float) -> list[Request]:
    """Double the subnets of a tier as long as everything fits in ``share`` of the space."""
    largest = facts.number("subnet.largest_prefix_length")
    current = list(wanted)
    while True:
        if any(one.tier is tier and one.length <= largest for one in current):
            return current
        bigger = [replace(one, length=one.length - 1) if one.tier is tier else one for one in current]
        if bigger == current or sum(one.size for one in bigger) > space.addresses * share:
            return current
        if place(bigger, space)[1]:
            return current
        current = bigger


def smallest_block(wanted: Sequence[Request]) -> int:
    """Prefix length of one empty aligned block that holds all requests."""
    total = sum(one.size for one in wanted)
    return 32 - max(total - 1, 1).bit_length()


def by_tier(wanted: Iterable[Request], tiers: Iterable[Tier]) -> list[Request]:
    """The requests of some tiers."""
    chosen = set(tiers)
    return [one for one in wanted if one.tier in chosen]


def sizes_text(wanted: Sequence[Request]) -> str:
    """``3 × /22 + 3 × /28`` for people."""
    counts: dict[int, int] = {}
    for one in wanted:
        counts[one.length] = counts.get(one.length, 0) + 1
    return " + ".join(f"{count} × /{length}" for length, count in sorted(counts.items()))
