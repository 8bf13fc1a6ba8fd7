"""build_fleet(fleet, catalog) -> every cluster's blocks and subnets, or all reasons why not."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner import __version__
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog
from planner.diagnostics import Diagnostic, Kind
from planner.network.claims import Claim, overlaps
from planner.network.pools import BlockPool
from planner.plan.fleet.choose import Chooser, Lacking
from planner.plan.fleet.holdings import (
    Holding,
    allocations,
    block_claims,
    foreign_claims,
    given,
    kept,
    member_sides,
    pod_pools,
    sharing_of,
    vpc_pools,
)
from planner.plan.fleet.keep import Grown, grown, relative, settle
from planner.plan.fleet.layouts import Layouts, Relative, RelativeSubnet
from planner.plan.fleet.model import FleetCluster, FleetPlan, Named, PoolUse, ShapeUse
from planner.plan.fleet.problems import Overlaps, cluster_quota, given_problems, placed, pool_problems, region_problems
from planner.plan.fleet.shapes import Shape, shape_names, unplaced, work_out
from planner.plan.fleet.shortage import shortages
from planner.plan.model import CatalogStamp
from planner.spec.fleet.document import FleetDocument
from planner.spec.fleet.load import LoadedFleet, Member
from planner.spec.source import Source


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the clusters of an earlier plan."""

    kept: int
    new: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[str, ...]
    """Clusters with another VPC block than before."""


@dataclass(frozen=True, slots=True)
class FleetResult:
    """A plan, or None with the diagnostics that say why; notices come with both."""

    plan: FleetPlan | None
    diagnostics: tuple[Diagnostic, ...]
    changes: Changes | None = None


def build_fleet(
    loaded: LoadedFleet, catalog: Catalog, previous: FleetPlan | None = None, move: Collection[str] = ()
) -> FleetResult:
    """Plan a fleet that could be read. Blocks and subnets of ``previous`` stay, but for clusters in
    ``move``."""
    if loaded.document is None or loaded.source is None:
        raise ValueError("a fleet that could not be read")
    return _Building(loaded.document, loaded.source, loaded.members, catalog, previous, move).result()


class _Building:
    """The steps of one plan; each needs what the ones before it found."""

    def __init__(
        self,
        document: FleetDocument,
        source: Source,
        members: Sequence[Member],
        catalog: Catalog,
        previous: FleetPlan | None,
        move: Collection[str],
    ) -> None:
        self.document = document
        self.spec = document.spec
        self.source = source
        self.members = members
        self.catalog = catalog
        self.facts: Facts = catalog.facts
        self.earlier: Mapping[str, FleetCluster] = {one.name: one for one in previous.clusters} if previous else {}
        self.move = frozenset(move)
        self.problems: list[Diagnostic] = []
        self.layouts = Layouts(self.facts)
        self.settled: dict[tuple[object, ...], Relative | Grown] = {}
        self.avoid = tuple(Named(one.name, one.cidr) for one in self.spec.avoid)
        self.sharing = sharing_of(self.spec)

    def result(self) -> FleetResult:
        """The plan, or every reason why there is none."""
        self.problems += region_problems(self.spec, self.members, self.catalog)
        self.problems += pool_problems(self.spec, self.facts)
        self.problems += cluster_quota(self.members, self.facts)
        shapes = self._shapes()
        self.problems += given_problems(self.members, self.catalog, self.source)
        holdings = [self._known(member) for member in self.members]
        claims = self._claims(holdings)
        names = {member.name for member in self.members if self._before(member) is not None}
        places = Overlaps(self.spec, self.members, self.source, names)
        self.problems += [places.diagnostic(one) for one in overlaps(claims, self.sharing)]
        if self._stopped():
            return FleetResult(None, tuple(self.problems))
        chooser = Chooser(self.spec, self.facts, claims)
        whole = self._complete(chooser, shapes, holdings)
        clusters = [] if self._stopped() else self._clusters(shapes, whole)
        if self._stopped():
            return FleetResult(None, tuple(self.problems))
        self.problems += self._outside(whole)
        plan = FleetPlan(
            name=self.document.metadata.name,
            generator=f"eksplan {__version__}",
            catalog=CatalogStamp(self.catalog.digest, self.catalog.retrieved),
            sharing=self.sharing,
            avoid=self.avoid,
            allocations=allocations(self.spec),
            pools=self._pools(chooser, clusters),
            shapes=self._shape_uses(chooser, shapes, clusters),
            clusters=tuple(clusters),
        )
        return FleetResult(plan, tuple(self.problems), self._changes(clusters))

    def _stopped(self) -> bool:
        return any(one.kind is not Kind.NOTICE for one in self.problems)

    def _before(self, member: Member) -> FleetCluster | None:
        """What an earlier plan gave to a cluster that may keep it."""
        return None if member.name in self.move else self.earlier.get(member.name)

    def _known(self, member: Member) -> Holding:
        before = self._before(member)
        return kept(member, before) if before is not None else given(member)

    def _shapes(self) -> dict[str, Shape]:
        """Every shape once; problems of one are told at its first cluster's fields."""
        names = shape_names(self.members)
        shapes: dict[str, Shape] = {}
        tried: set[str] = set()
        for member in self.members:
            key = member.variant.shape
            if key in tried:
                continue
            tried.add(key)
            shape, found = work_out(len(tried), names[key], member, self.catalog)
            for one in found:
                told = unplaced(one, member)
                if one.kind is not Kind.NOTICE:
                    told = dataclasses.replace(told, summary=f"{one.summary} (of {names[key]})")
                self._once(placed(told, member, self.source))
            if shape is not None:
                shapes[key] = shape
        return shapes

    def _once(self, one: Diagnostic) -> None:
        if one not in self.problems:
            self.problems.append(one)

    def _claims(self, holdings: Sequence[Holding]) -> list[Claim]:
        pods = pod_pools(self.spec, self.facts)
        claims = list(foreign_claims(self.avoid, allocations(self.spec), pods, self.sharing))
        for member, holding in zip(self.members, holdings, strict=True):
            claims += block_claims(member.name, holding)
            claims += member_sides(member)
        return claims

    def _complete(self, chooser: Chooser, shapes: Mapping[str, Shape], holdings: Sequence[Holding]) -> list[Holding]:
        whole: list[Holding] = []
        lacking: list[Lacking] = []
        for member, holding in zip(self.members, holdings, strict=True):
            found, missing = chooser.complete(member, shapes[member.variant.shape], holding)
            whole.append(found)
            lacking += missing
        self.problems += shortages(lacking, chooser, self.facts)
        return whole

    def _clusters(self, shapes: Mapping[str, Shape], holdings: Sequence[Holding]) -> list[FleetCluster]:
        clusters: list[FleetCluster] = []
        for member, holding in zip(self.members, holdings, strict=True):
            shape = shapes[member.variant.shape]
            layout = self._layout(member, shape, holding)
            if layout is None or holding.primary is None:
                continue
            pins = member.pins
            clusters.append(
                FleetCluster(
                    name=member.name,
                    region=shape.region.name,
                    account=member.account,
                    shape=shape.name,
                    pool=holding.pool,
                    vpc=holding.primary,
                    secondary=holding.secondary,
                    pods=holding.pods,
                    service=holding.service,
                    hybrid_nodes=pins.hybrid_nodes,
                    hybrid_pods=pins.hybrid_pods,
                    avoid=tuple(Named(one.name, one.cidr) for one in member.spec.avoid),
                    existing=member.spec.vpc.id is not None,
                    needed=shape.needed,
                    usable=layout.usable,
                    subnets=layout.at(member.name, holding.blocks),
                )
            )
        return clusters

    def _layout(self, member: Member, shape: Shape, holding: Holding) -> Relative | None:
        before = self._before(member)
        if before is not None and not shape.spec.vpc.id:
            old = relative(before, holding.blocks)
            if old:
                return self._settled(member, shape, holding, old)
        found = self.layouts.of(shape, holding.blocks)
        if isinstance(found, Relative):
            return found
        for one in found:
            told = placed(unplaced(one, member), member, self.source)
            if one.code == "addresses":
                told = dataclasses.replace(told, summary=f"{one.summary} (of {shape.name}, first {member.name})")
            if not self._told(told):
                self.problems.append(told)
        return None

    def _told(self, one: Diagnostic) -> bool:
        """Whether another cluster's problem says the same in the same place."""
        return any((one.code, one.path, one.value) == (other.code, other.path, other.value) for other in self.problems)

    def _settled(
        self, member: Member, shape: Shape, holding: Holding, old: tuple[RelativeSubnet, ...]
    ) -> Relative | None:
        blocks = holding.blocks
        custom = len(blocks) - len(holding.pods)
        # where blocks lie does not matter once subnets are relative; their lengths and order do
        order = tuple(sorted(range(len(blocks)), key=lambda number: blocks[number].network_address))
        key = (shape.number, tuple(block.prefixlen for block in blocks), order, custom, old)
        if key not in self.settled:
            self.settled[key] = settle(shape, old, blocks, custom, self.facts)
        found = self.settled[key]
        if isinstance(found, Relative):
            return found
        self.problems.append(dataclasses.replace(grown(member.name, found), path=member.path))
        return None

    def _outside(self, holdings: Sequence[Holding]) -> list[Diagnostic]:
        """Kept VPCs that lie in no pool any more that serves their region."""
        pools: dict[str, list[IPv4Network]] = {}
        outside: list[str] = []
        for member, holding in zip(self.members, holdings, strict=True):
            if self._before(member) is None or member.pins.primary is not None or holding.primary is None:
                continue
            region = member.spec.region
            if region not in pools:
                serving = [one for one in self.spec.pools if not one.regions or region in one.regions]
                pools[region] = [cidr for one in serving for cidr in one.cidrs] or list(vpc_pools(self.spec))
            if not any(holding.primary.subnet_of(pool) for pool in pools[region]):
                outside.append(member.name)
        if not outside:
            return []
        more = f" and {len(outside) - 3:,} more" if len(outside) > 3 else ""
        return [
            Diagnostic(
                Kind.NOTICE,
                "fleet-outside",
                "clusters keep VPC blocks that lie in none of the pools that serve their regions",
                path=("spec", "pools"),
                value=", ".join(outside[:3]) + more,
                limit="a pool of the cluster's region",
                fix="add their blocks to a pool, or choose new ones with `--move NAME`, which means new VPCs",
                note="N29",
            )
        ]

    def _pools(self, chooser: Chooser, clusters: Sequence[FleetCluster]) -> tuple[PoolUse, ...]:
        vpcs = [block for one in clusters for block in (one.vpc, *one.secondary)]
        uses = [_use(pool.name, "vpc", pool.regions, pool.space, vpcs) for pool in chooser.vpc]
        if any(one.pods for one in clusters):
            pods = {block for one in clusters for block in one.pods}
            uses.append(_use("podPools", "pod", (), chooser.pods, sorted(pods)))
        if chooser.services.blocks:
            services = {one.service for one in clusters if one.service is not None}
            uses.append(_use("servicePools", "service", (), chooser.services, sorted(services)))
        return tuple(uses)

    def _shape_uses(
        self, chooser: Chooser, shapes: Mapping[str, Shape], clusters: Sequence[FleetCluster]
    ) -> tuple[ShapeUse, ...]:
        counts = Counter(one.shape for one in clusters)
        subnets = {one.shape: len(one.subnets) for one in reversed(clusters)}
        return tuple(
            ShapeUse(
                one.name,
                one.region.name,
                counts[one.name],
                one.length,
                one.needed,
                subnets[one.name],
                chooser.more(one),
                one.spec.vpc.id is not None,
            )
            for one in shapes.values()
        )

    def _changes(self, clusters: Sequence[FleetCluster]) -> Changes | None:
        if not self.earlier:
            return None
        names = {one.name for one in clusters}
        same = [one for one in clusters if one.name in self.earlier]
        moved = tuple(one.name for one in same if one.vpc != self.earlier[one.name].vpc)
        return Changes(
            kept=len(same) - len(moved),
            new=tuple(one.name for one in clusters if one.name not in self.earlier),
            removed=tuple(name for name in self.earlier if name not in names),
            moved=moved,
        )


def _use(name: str, kind: str, regions: tuple[str, ...], space: BlockPool, blocks: Sequence[IPv4Network]) -> PoolUse:
    inside = [block for block in blocks if any(block.subnet_of(one) for one in space.blocks)]
    return PoolUse(
        name=name,
        kind=kind,
        cidrs=space.blocks,
        regions=regions,
        addresses=space.addresses,
        used=sum(block.num_addresses for block in inside),
        free=space.free,
        largest=space.largest,
    )
