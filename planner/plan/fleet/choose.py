"""Chooses the blocks that clusters leave open, cluster by cluster in the order of the file.

Whatever is known is taken out of the pools first: blocks given by hand, those kept from an earlier
plan, allocations, what is to be avoided, hybrid networks. Then each cluster takes the smallest free
block that does, at the lowest address, so that a cluster added at the end moves none before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.network.cidr import FreeSpace, overlapping
from planner.network.claims import Claim, Use
from planner.network.pools import BlockPool, Neighbours, edges_of
from planner.plan.fleet.holdings import SERVICE_POOL, VPC_POOL, Holding, pod_pools, vpc_pools
from planner.plan.fleet.shapes import Shape
from planner.spec.check.vpc import networks
from planner.spec.fleet.document import FleetSpec
from planner.spec.fleet.load import Member

DEFAULT_SERVICE_LENGTH = 20
_LARGEST = 16
#: Networks outside the fleet's VPCs that nothing chosen may overlap.
_SIDES = (Use.AVOID, Use.OWN_AVOID, Use.HYBRID_NODE, Use.HYBRID_POD)


@dataclass(frozen=True, slots=True)
class VpcPool:
    """A pool of VPC blocks by name, with the regions that it serves (all if none)."""

    name: str
    regions: tuple[str, ...]
    space: BlockPool

    def serves(self, region: str) -> bool:
        """Whether clusters of a region may take from it."""
        return not self.regions or region in self.regions


@dataclass(frozen=True, slots=True)
class Lacking:
    """A block that a cluster did not get. ``kind`` is vpc, pod or service."""

    kind: str
    member: Member
    length: int
    count: int
    longest: int
    """The longest prefix that would still do."""
    pools: tuple[str, ...]
    refused: bool = False
    """Whether there are free blocks, but only such as AWS refuses beside the VPC's."""


class Chooser:
    """The pools of a fleet, and everything that is known to be taken."""

    def __init__(self, spec: FleetSpec, facts: Facts, claims: Sequence[Claim]) -> None:
        self._spec = spec
        self._facts = facts
        self._neighbours = Neighbours(facts)
        self._shared_pods: dict[tuple[int, int, int], tuple[IPv4Network, ...] | None] = {}
        by_use: dict[Use, set[IPv4Network]] = {use: set() for use in Use}
        for one in claims:
            by_use[one.use].add(one.block)
        self._by_use = by_use
        edges = edges_of(facts)
        forbidden = [*networks(facts, "vpc.never"), *networks(facts, "vpc.caution")]
        self._edges = edges
        self.service = self._shared_service(claims)
        taken = [block for blocks in by_use.values() for block in blocks] + forbidden
        taken += [*spec.pod_pools, *spec.service_pools, *([self.service] if self.service else [])]
        self.vpc = [VpcPool(one.name, one.regions, BlockPool(one.cidrs, taken, edges)) for one in spec.pools]
        if not spec.pools:
            self.vpc = [VpcPool("default", (), BlockPool((VPC_POOL,), taken, edges))]
        self._pods_taken = [*self._beside_pods(), *forbidden]
        self.pods = BlockPool(pod_pools(spec, facts), self._pods_taken, edges)
        self.services = BlockPool(self._service_pools(), [*self._beside_services(), *forbidden])

    def _uses(self, *uses: Use) -> list[IPv4Network]:
        return [block for use in uses for block in self._by_use[use]]

    def _beside_pods(self) -> list[IPv4Network]:
        """What no block for pods may overlap."""
        taken = self._uses(Use.VPC, Use.EXISTING, Use.SERVICE, *_SIDES)
        taken += [] if self._spec.pod_blocks == "shared" else self._uses(Use.POD)
        taken += [self.service] if self.service else []
        # a pool that somebody wrote down goes before the one that is there by default
        return taken if self._spec.pod_pools else [*taken, *vpc_pools(self._spec)]

    def _service_pools(self) -> tuple[IPv4Network, ...]:
        if self._spec.service_pools:
            return self._spec.service_pools
        return (SERVICE_POOL,) if self._spec.service_blocks == "unique" else ()

    def _beside_services(self) -> list[IPv4Network]:
        """What no block for services may overlap."""
        shared = self._spec.service_blocks == "shared"
        taken = self._uses(Use.VPC, Use.EXISTING, Use.POD, *_SIDES)
        taken += [] if shared else self._uses(Use.SERVICE, Use.EXISTING_SERVICE)
        if not self._spec.service_pools and not shared:
            taken += vpc_pools(self._spec)
        return [*taken, *pod_pools(self._spec, self._facts)]

    def _shared_service(self, claims: Iterable[Claim]) -> IPv4Network | None:
        """The service block that every cluster may have: one that clusters have already, else the
        first candidate clear of everything, rather one that takes nothing from the VPCs' pools."""
        spec = self._spec
        if spec.service_blocks == "unique":
            return None
        taken = self._beside_services()
        length = spec.service_prefix_length
        if spec.service_pools:
            space = FreeSpace(spec.service_pools, taken)
            lowest = space.take_lowest(length or DEFAULT_SERVICE_LENGTH)
            candidates = [lowest] if lowest else []
        else:
            usual = networks(self._facts, "service.cidr_candidates")
            candidates = [
                one if length is None or length <= one.prefixlen else IPv4Network((one.network_address, length))
                for one in usual
            ]
            pools = vpc_pools(spec)
            candidates.sort(key=lambda one: overlapping(one, pools) is not None)
        used = Counter(one.block for one in claims if one.use is Use.SERVICE)
        before = sorted(used, key=lambda one: (-used[one], one))
        fitting = [one for one in before if length in (None, one.prefixlen)]
        return next((one for one in (*fitting, *candidates) if overlapping(one, taken) is None), None)

    def complete(self, member: Member, shape: Shape, known: Holding) -> tuple[Holding, list[Lacking]]:
        """A cluster's blocks with those chosen that were open, and which could not be had."""
        lacking: list[Lacking] = []
        if known.primary is None:
            known = self._with_vpc(member, shape, known, lacking)
        if shape.spec.cni.custom_networking and not known.pods and known.primary is not None:
            known = self._with_pods(member, shape, known, lacking)
        if shape.services and known.service is None:
            known = self._with_service(member, known, lacking)
        return known, lacking

    def pools_of(self, member: Member) -> list[VpcPool]:
        """The pools that a cluster may take its VPC from."""
        return [
            one
            for one in self.vpc
            if one.serves(member.spec.region) and (member.pool is None or one.name == member.pool)
        ]

    def _with_vpc(self, member: Member, shape: Shape, known: Holding, lacking: list[Lacking]) -> Holding:
        further = (*known.secondary, *known.pods)

        def allowed(piece: IPv4Network) -> bool:
            return not any(self._neighbours.refused(piece, other) for other in further)

        pools = self.pools_of(member)
        for pool in pools:
            block = pool.space.take(shape.length, allowed)
            if block is not None:
                return replace(known, primary=block, pool=pool.name)
        refused = any(pool.space.room_for(shape.length) for pool in pools)
        lacking.append(Lacking("vpc", member, shape.length, 1, shape.tight, tuple(one.name for one in pools), refused))
        return known

    def pod_size(self, shape: Shape) -> tuple[int, int]:
        """Prefix length and number of a shape's blocks for pods."""
        length = self._spec.pod_prefix_length
        if length is None:
            length = _LARGEST if self._spec.pod_blocks == "shared" else max(shape.pod_length, _LARGEST)
        return length, max(-(-shape.pod_addresses >> (32 - length)), 1)

    def _with_pods(self, member: Member, shape: Shape, known: Holding, lacking: list[Lacking]) -> Holding:
        assert known.primary is not None  # noqa: S101 - `complete` asked
        primary = known.primary
        length, count = self.pod_size(shape)

        def allowed(piece: IPv4Network) -> bool:
            return self._neighbours.refused(primary, piece) is None

        if self._spec.pod_blocks == "shared":
            key = (int(primary.network_address) >> 16, length, count)
            if key not in self._shared_pods:
                pool = BlockPool(self.pods.blocks, self._pods_taken, self._edges)
                blocks = [pool.take(length, allowed) for _ in range(count)]
                whole = tuple(sorted(one for one in blocks if one))
                self._shared_pods[key] = whole if len(whole) == count else None
            chosen = self._shared_pods[key]
        else:
            chosen = None
            if self.pods.room_for(length, allowed) >= count:
                blocks = [self.pods.take(length, allowed) for _ in range(count)]
                chosen = tuple(sorted(one for one in blocks if one))
        if chosen is not None:
            return replace(known, pods=chosen)
        refused = self.pods.room_for(length) >= count
        tight = length if self._spec.pod_prefix_length else max(shape.pod_length + 1, length)
        lacking.append(Lacking("pod", member, length, count, tight, ("podPools",), refused))
        return known

    @property
    def service_length(self) -> int:
        """Prefix length of a service block that is cut from a pool."""
        return self._spec.service_prefix_length or DEFAULT_SERVICE_LENGTH

    def _with_service(self, member: Member, known: Holding, lacking: list[Lacking]) -> Holding:
        unique = self._spec.service_blocks == "unique"
        block = self.services.take(self.service_length) if unique else self.service
        if block is None:
            smallest = self._facts.number("service.smallest_prefix_length")
            lacking.append(Lacking("service", member, self.service_length, 1, smallest, ("servicePools",)))
        return replace(known, service=block)

    def more(self, shape: Shape) -> int:
        """How many more clusters of a shape the pools have room for, if nothing else is added."""
        if shape.spec.vpc.id is not None:  # what is there already is there once
            return 0
        room = sum(pool.space.room_for(shape.length) for pool in self.pools_of(shape.first))
        if shape.spec.cni.custom_networking and self._spec.pod_blocks == "unique":
            length, count = self.pod_size(shape)
            room = min(room, self.pods.room_for(length) // count)
        if shape.services and self._spec.service_blocks == "unique":
            room = min(room, self.services.room_for(self.service_length))
        return room
