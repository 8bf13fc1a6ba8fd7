"""What is wrong with a fleet's file beyond its form: regions, blocks given by hand, overlaps."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from planner.catalog.facts import Facts
from planner.catalog.model import Catalog
from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.claims import Overlap, Side, Use
from planner.plan.fleet.holdings import given
from planner.plan.fleet.judge import fix_text, judge_blocks, overlap_text
from planner.spec.check.vpc import networks
from planner.spec.fleet.document import FleetSpec
from planner.spec.fleet.load import Member
from planner.spec.fleet.merge import Pins, origin
from planner.spec.source import Source

_FIELDS: Mapping[Use, Path] = {
    Use.VPC: ("spec", "vpc", "cidr"),
    Use.POD: ("spec", "vpc", "secondaryCidrs"),
    Use.SERVICE: ("spec", "serviceCidr"),
    Use.HYBRID_NODE: ("spec", "hybrid", "nodeCidrs"),
    Use.HYBRID_POD: ("spec", "hybrid", "podCidrs"),
    Use.OWN_AVOID: ("spec", "avoid"),
}


def placed(one: Diagnostic, member: Member, source: Source) -> Diagnostic:
    """A diagnostic of a cluster's spec with its path in the fleet's file."""
    return dataclasses.replace(one, path=origin(one.path, member.layers, member.path, source))


def region_problems(spec: FleetSpec, members: Sequence[Member], catalog: Catalog) -> Iterator[Diagnostic]:
    """Pools of regions that nobody knows, and clusters that no pool serves."""
    for number, pool in enumerate(spec.pools):
        for index, name in enumerate(pool.regions):
            if name not in catalog.region_names:
                near = nearest_names(name, catalog.region_names)
                yield Diagnostic(
                    Kind.INVALID,
                    "region-unknown",
                    "the catalog does not know this region",
                    path=("spec", "pools", number, "regions", index),
                    value=name,
                    limit=f"{len(catalog.region_names)} regions",
                    fix=f"did you mean {', '.join(near)}?" if near else "`eksplan catalog show` lists them",
                )
    if any(name not in catalog.region_names for pool in spec.pools for name in pool.regions):
        return
    told: set[tuple[int, str]] = set()
    for member in members:
        region = member.spec.region
        if member.pins.primary is not None or (member.entry, region) in told or region not in catalog.region_names:
            continue
        mine = [one for one in spec.pools if member.pool in (None, one.name)]
        if spec.pools and not any(not one.regions or region in one.regions for one in mine):
            told.add((member.entry, region))
            pools = "; ".join(f"{one.name}: {', '.join(one.regions)}" for one in mine)
            what = f"the pool {member.pool} does not serve {region}" if member.pool else f"no pool serves {region}"
            yield Diagnostic(
                Kind.INVALID,
                "fleet-region",
                what,
                path=(*member.path, "pool") if member.pool else member.path,
                value=f"{member.name} in {region}",
                limit=pools,
                fix=f"add {region} to a pool's regions, or a pool without regions",
                note="N29",
            )


def pool_problems(spec: FleetSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Service pools that EKS would take no block from."""
    private = networks(facts, "vpc.rfc1918")
    for number, cidr in enumerate(spec.service_pools):
        if not any(cidr.subnet_of(one) for one in private):
            yield Diagnostic(
                Kind.INVALID,
                "service-private",
                "the service pool is not private",
                path=("spec", "servicePools", number),
                value=str(cidr),
                limit="10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                fix="use a part of 172.16.0.0/12",
                source=facts.source("service.largest_prefix_length"),
                note="N41",
            )


def cluster_quota(members: Sequence[Member], facts: Facts) -> Iterator[Diagnostic]:
    """More clusters in a region of an account than its default quota; told where the account is."""
    quota = facts.number("cluster.quota")
    there = Counter((one.account, one.spec.region) for one in members if one.account)
    for (account, region), number in sorted(there.items()):
        if number > quota:
            first = next(one for one in members if (one.account, one.spec.region) == (account, region))
            yield Diagnostic(
                Kind.NOTICE,
                "cluster-quota",
                f"more clusters in {region} of account {account} than the default quota",
                path=first.path,
                value=f"{number:,} clusters",
                limit=f"{quota} ({facts['cluster.quota'].note})",
                fix="ask for a higher quota first, or use further accounts",
                source=facts.source("cluster.quota"),
            )


def given_problems(members: Sequence[Member], catalog: Catalog, source: Source) -> Iterator[Diagnostic]:
    """AWS's rules for blocks given by hand, each set of blocks once."""
    known: set[tuple[Pins, bool]] = set()
    for member in members:
        pins, existing = member.pins, member.spec.vpc.id is not None
        if (pins, existing) in known or pins == Pins():
            continue
        known.add((pins, existing))
        hand = given(member)
        for one in judge_blocks(
            hand.primary,
            pins.secondary,
            hand.service,
            pins.hybrid_nodes,
            pins.hybrid_pods,
            catalog.facts,
            existing=existing,
        ):
            yield placed(one, member, source)


class Overlaps:
    """Says where overlaps stand in the fleet's file; ``kept`` are clusters with blocks of an earlier plan."""

    def __init__(self, spec: FleetSpec, members: Sequence[Member], source: Source, kept: Collection[str]) -> None:
        self._members = {one.name: one for one in members}
        self._avoid = {f"avoid {one.name}": number for number, one in reversed(list(enumerate(spec.avoid)))}
        self._allocations = {f"allocation {one.name}": number for number, one in enumerate(spec.allocations)}
        self._avoided = [one.cidr for one in spec.avoid]
        self._source = source
        self._kept = kept

    def diagnostic(self, one: Overlap) -> Diagnostic:
        """One overlap as a problem of the file."""
        rank, path, side = min((self._place(side) for side in (one.inner, one.outer)), key=lambda found: found[0])
        other = one.outer if side is one.inner else one.inner
        kept = sorted({owner for part in (one.inner, one.outer) for owner in part.owners if owner in self._kept})
        fix = fix_text(one)
        if kept:
            fix += f"; `--move {kept[0]}` lets another block be chosen for a cluster that is not there yet"
        del rank
        return Diagnostic(
            Kind.INVALID,
            "fleet-overlap",
            overlap_text(one),
            path=path,
            value=str(side.block),
            limit=f"clear of {other.block}",
            fix=fix,
            source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
            note="N41" if Use.SERVICE in (one.inner.use, one.outer.use) else "N29",
        )

    def _place(self, side: Side) -> tuple[int, Path, Side]:
        """How well a side can be changed (0 best), and where it stands."""
        owner = next((one for one in side.owners if one not in self._kept), side.owners[0])
        if owner in self._allocations:
            return 1, ("spec", "allocations", self._allocations[owner]), side
        if owner in self._avoid:
            number = self._avoided.index(side.block) if side.block in self._avoided else self._avoid[owner]
            return 2, ("spec", "avoid", number), side
        member = self._members[owner]
        if owner in self._kept:
            return 3, member.path, side
        field = _FIELDS[side.use]
        if side.use is Use.VPC and side.block in member.pins.secondary:
            field = _FIELDS[Use.POD]
        return 0, origin(field, member.layers, member.path, self._source), side
