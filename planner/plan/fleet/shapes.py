"""What clusters of one shape need, worked out once: zones, groups, demands, sizes of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.capacity.pool import PoolCapacity
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, Region
from planner.decisions import Ledger
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import SubnetDemand, Tier
from planner.network.endpoints import check_endpoints
from planner.network.layout import requests, smallest_block
from planner.network.subnets import minimal_length
from planner.network.zones import PlannedZone, resolve_zones
from planner.plan.addresses import AddressPlan, plan_addresses
from planner.plan.groups import size_groups, size_pools
from planner.plan.region import resolve_region, resolve_version
from planner.plan.sizes import Sized
from planner.spec.cluster import ClusterSpec
from planner.spec.fleet.load import Member

#: Where a shape is tried before its clusters have blocks: an empty VPC of the largest size.
_TRIAL = IPv4Network("10.0.0.0/16")
NAME = "x"
"""Name of the cluster that stands for a shape; subnets are called x-TIER-ZONE."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Clusters alike, and what each of them needs."""

    number: int
    name: str
    first: Member
    spec: ClusterSpec
    region: Region
    zones: tuple[PlannedZone, ...]
    groups: tuple[Sized, ...]
    pools: tuple[PoolCapacity, ...]
    demands: tuple[SubnetDemand, ...]
    length: int
    """Prefix length of its VPC's block."""
    tight: int
    """Prefix length of the smallest VPC block that holds its subnets, with nothing left to grow."""
    pod_addresses: int
    """Addresses of its pod subnets at their smallest; 0 without custom networking."""
    pod_length: int
    """Prefix length of one aligned block that holds the pod subnets with half of it free; may be
    shorter than /16, which takes several blocks."""
    services: bool
    """Whether it has a service block (not with IPv6)."""

    @property
    def needed(self) -> int:
        """Addresses that the subnets of one cluster must hold."""
        return sum(one.addresses for one in self.demands)

    def at(
        self, facts: Facts, primary: IPv4Network, secondary: tuple[IPv4Network, ...]
    ) -> AddressPlan | list[Diagnostic]:
        """The address part of a plan with these blocks, or why there is none."""
        spec = alone(with_blocks(self.spec, primary, secondary))
        brief = Brief(NAME, spec, self.region, facts, Ledger(wanted=False))
        return plan_addresses(brief, self.zones, self.groups, self.pools)


def with_blocks(
    spec: ClusterSpec,
    primary: IPv4Network,
    secondary: tuple[IPv4Network, ...],
    service: IPv4Network | None = None,
) -> ClusterSpec:
    """A spec with its blocks filled in."""
    vpc = spec.vpc.model_copy(update={"cidr": primary, "pool": (), "prefix_length": None, "secondary_cidrs": secondary})
    return spec.model_copy(update={"vpc": vpc, "service_cidr": service})


def alone(spec: ClusterSpec) -> ClusterSpec:
    """A spec that knows of no other networks: what others hold does not change what is needed."""
    return spec.model_copy(update={"avoid": (), "hybrid": None})


def work_out(number: int, name: str, member: Member, catalog: Catalog) -> tuple[Shape | None, list[Diagnostic]]:
    """The shape of a cluster, and everything that is to be said of it; None if it cannot be planned."""
    spec, ledger = member.spec, Ledger(wanted=False)
    region, problems = resolve_region(spec, catalog)
    problems += resolve_version(spec, catalog, ledger)[1]
    if region is None:
        return None, problems
    brief = Brief(NAME, spec, region, catalog.facts, ledger)
    zones, found = resolve_zones(brief, catalog.instance_types)
    problems += [*found, *check_endpoints(spec, region, catalog.facts)]
    groups, found = size_groups(spec, catalog, region, zones)
    problems += [*found, *(notice for one in groups for notice in one.group.notices)]
    pools, found = size_pools(spec, catalog, region, zones)
    problems += found
    if not zones or not (groups or pools) or any(one.kind is not Kind.NOTICE for one in problems):
        return None, problems
    existing = spec.vpc.id is not None
    trial = replace(
        brief,
        ledger=Ledger(wanted=False),
        spec=alone(spec if existing else with_blocks(spec, _TRIAL, member.pins.secondary)),
    )
    network = plan_addresses(trial, zones, groups, pools)
    if isinstance(network, list):
        return None, [*problems, *network]
    largest = catalog.facts.number("vpc.largest_prefix_length")
    pods = requests([one for one in network.demands if one.tier is Tier.POD], catalog.facts)
    shape = Shape(
        number=number,
        name=name,
        first=member,
        spec=spec,
        region=region,
        zones=zones,
        groups=tuple(groups),
        pools=tuple(pools),
        demands=network.demands,
        length=spec.vpc.prefix_length or max(minimal_length(network.demands, catalog.facts), largest),
        tight=spec.vpc.prefix_length or minimal_length(network.demands, catalog.facts) + 1,
        pod_addresses=sum(one.size for one in pods),
        pod_length=smallest_block(pods) - 1 if pods else 0,
        services=spec.ip_family != "ipv6",
    )
    return shape, problems


def unplaced(one: Diagnostic, member: Member) -> Diagnostic:
    """A shortage of addresses in a VPC whose block nobody gave: it is about the length that was asked
    for, or about the largest VPC that there is."""
    if one.path[:3] != ("spec", "vpc", "cidr") or member.pins.primary is not None:
        return one
    asked = member.spec.vpc.prefix_length
    stand_in = f"{_TRIAL.network_address}/{asked or _TRIAL.prefixlen}"
    return replace(
        one,
        path=("spec", "vpc", "prefixLength") if asked else ("spec",),
        limit=one.limit.replace(
            stand_in, f"an empty /{asked}" if asked else f"an empty /{_TRIAL.prefixlen}, the largest VPC block"
        ),
        fix=one.fix.replace("a VPC block of", "vpc.prefixLength of") if asked else one.fix,
    )


def shape_names(members: Sequence[Member]) -> dict[str, str]:
    """A short name for each shape, by its key: template and region; where several have the same,
    the first cluster's name tells them apart."""
    first: dict[str, Member] = {}
    for member in members:
        first.setdefault(member.variant.shape, member)
    plain = {key: f"{one.template or 'own'} {one.spec.region}" for key, one in first.items()}
    names: dict[str, str] = {}
    used: set[str] = set()
    for key, one in first.items():
        name = plain[key] if plain[key] not in used else f"{plain[key]} ({one.name})"
        used.add(plain[key])
        names[key] = name
    return names
