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

_ORDER = {Tier.NODE: 0, Tier.POD: 1, Tier.PUBLIC: 2, Tier.CLUSTER: 3}
MOST_PARTS = 8
"""Subnets that one tier of one zone may be split into."""


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


def prefix_capacity(length: int) -> int:
    """/28 prefixes that an empty subnet can delegate: two blocks hold reserved addresses.

    Source: https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html and the
    five reserved addresses of every subnet.
    """
    return max((1 << max(28 - length, 0)) - 2, 0)


def needed_length(demand: SubnetDemand, facts: Facts) -> int:
    """Prefix length for a demand in one piece; prefixes need whole /28 blocks beside the single
    addresses. Shorter than /16 where no single subnet can hold it.
    """
    length = min(subnet_prefix(demand.addresses, facts), demand.longest)
    while prefix_capacity(length) < _prefix_blocks(demand.prefixes, demand.singles, facts):
        length -= 1
    return length


def _prefix_blocks(prefixes: int, singles: int, facts: Facts) -> int:
    """/28 blocks that prefixes and the single addresses beside them need.

    The two /28 blocks with reserved addresses have 27 usable ones for single addresses; further
    single addresses take whole blocks away from prefixes.
    """
    if not prefixes:
        return 0
    size = facts.number("pods.prefix_addresses")
    partial = 2 * size - facts.number("subnet.reserved")
    return prefixes + -(-max(singles - partial, 0) // size)


def requests(demands: Iterable[SubnetDemand], facts: Facts) -> list[Request]:
    """Subnets for demands; what exceeds a /16 becomes several of them and a smaller rest."""
    wanted: list[Request] = []
    for demand in demands:
        splittable = demand.tier is Tier.NODE and not demand.prefixes
        for part, (length, addresses) in enumerate(_parts(demand, facts)):
            wanted.append(Request(demand.tier, demand.zone, part, length, addresses, splittable))
    return wanted


def _parts(demand: SubnetDemand, facts: Facts) -> list[tuple[int, int]]:
    """(prefix length, addresses) of each subnet of a demand."""
    largest = facts.number("subnet.largest_prefix_length")
    most = (1 << (32 - largest)) - facts.number("subnet.reserved")
    parts: list[tuple[int, int]] = []
    left = demand
    while needed_length(left, facts) < largest:
        prefixes = min(left.prefixes, prefix_capacity(largest) - 2) if left.prefixes else 0
        taken = min(most, left.addresses) if not prefixes else 16 * prefixes + min(left.singles, 27)
        parts.append((largest, taken))
        rest = (DemandItem("rest", left.addresses - taken, "", ""),)
        left = SubnetDemand(demand.tier, demand.zone, rest, left.prefixes - prefixes, demand.longest)
    return [*parts, (needed_length(left, facts), left.addresses)]


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

    Pods of custom networking have one subnet in each zone, for there is one ENIConfig. The other subnets come first; then the largest free blocks are taken until the demand is met,
    each losing five reserved addresses. A demand with prefixes is never split: its parts would
    lose whole /28 blocks.
    """
    placed, missing = place(wanted, space)
    if not missing:
        return placed, []
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
        left -= usable(block, facts)
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
