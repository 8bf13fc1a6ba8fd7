"""Who holds what: the claims of a fleet's file, and those of clusters with chosen blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.network.claims import Claim, Sharing, Use
from planner.plan.fleet.model import FleetCluster, Named, PlannedAllocation
from planner.spec.fleet.document import FleetSpec
from planner.spec.fleet.load import Member

VPC_POOL = IPv4Network("10.0.0.0/8")
SERVICE_POOL = IPv4Network("172.16.0.0/12")


@dataclass(frozen=True, slots=True)
class Holding:
    """The blocks of a cluster as far as they are known: the primary one, further ones for nodes,
    those for pods, the services'."""

    primary: IPv4Network | None = None
    secondary: tuple[IPv4Network, ...] = ()
    pods: tuple[IPv4Network, ...] = ()
    service: IPv4Network | None = None
    pool: str = ""

    @property
    def blocks(self) -> tuple[IPv4Network, ...]:
        """The VPC's blocks, the primary one first."""
        return (*((self.primary,) if self.primary else ()), *self.secondary, *self.pods)


def given(member: Member) -> Holding:
    """What a cluster is given by hand. With custom networking its secondary blocks are the pods'."""
    pins = member.pins
    custom = member.spec.cni.custom_networking
    return Holding(
        pins.primary,
        () if custom else pins.secondary,
        pins.secondary if custom else (),
        pins.service if member.spec.ip_family != "ipv6" else None,
    )


def sharing_of(spec: FleetSpec) -> Sharing:
    """Which blocks clusters may have in common."""
    return Sharing(spec.pod_blocks == "shared", spec.service_blocks == "shared")


def pod_pools(spec: FleetSpec, facts: Facts) -> tuple[IPv4Network, ...]:
    """Where pods' blocks come from."""
    return spec.pod_pools or (IPv4Network(facts["vpc.shared_address_space"].value),)


def vpc_pools(spec: FleetSpec) -> tuple[IPv4Network, ...]:
    """Where VPCs' blocks come from, all pools together."""
    return tuple(cidr for pool in spec.pools for cidr in pool.cidrs) or (VPC_POOL,)


def allocations(spec: FleetSpec) -> tuple[PlannedAllocation, ...]:
    """VPCs that were there already and belong to no cluster of the fleet."""
    return tuple(
        PlannedAllocation(one.name, one.cidrs, one.service_cidr) for one in spec.allocations if one.cluster is None
    )


def foreign_claims(
    avoid: Iterable[Named],
    existing: Iterable[PlannedAllocation],
    pods: Iterable[IPv4Network],
    sharing: Sharing,
) -> Iterator[Claim]:
    """Claims of everybody outside the fleet. An existing VPC's block in the pools for pods that
    clusters share is one of these too."""
    shared = tuple(pods) if sharing.pods else ()
    for one in avoid:
        yield Claim(f"avoid {one.name}", Use.AVOID, one.cidr)
    for held in existing:
        owner = f"allocation {held.name}"
        for cidr in held.cidrs:
            pod = any(cidr.subnet_of(pool) for pool in shared)
            yield Claim(owner, Use.POD if pod else Use.EXISTING, cidr)
        if held.service is not None:
            yield Claim(owner, Use.EXISTING_SERVICE, held.service)


def block_claims(name: str, holding: Holding) -> Iterator[Claim]:
    """Claims of a cluster on its own blocks."""
    if holding.primary is not None:
        yield Claim(name, Use.VPC, holding.primary)
    for cidr in holding.secondary:
        yield Claim(name, Use.VPC, cidr)
    for cidr in holding.pods:
        yield Claim(name, Use.POD, cidr)
    if holding.service is not None:
        yield Claim(name, Use.SERVICE, holding.service)


def side_claims(
    name: str, nodes: Iterable[IPv4Network], pods: Iterable[IPv4Network], avoid: Iterable[IPv4Network]
) -> Iterator[Claim]:
    """Claims of a cluster on networks outside AWS: its hybrid nodes and pods, and what it avoids."""
    for cidr in nodes:
        yield Claim(name, Use.HYBRID_NODE, cidr)
    for cidr in pods:
        yield Claim(name, Use.HYBRID_POD, cidr)
    for cidr in avoid:
        yield Claim(name, Use.OWN_AVOID, cidr)


def member_sides(member: Member) -> Iterator[Claim]:
    """The same of a cluster in the fleet's file."""
    pins = member.pins
    return side_claims(
        member.name, pins.hybrid_nodes, pins.hybrid_pods, dict.fromkeys(one.cidr for one in member.spec.avoid)
    )


def cluster_claims(cluster: FleetCluster) -> Iterator[Claim]:
    """All claims of a cluster of a plan."""
    holding = Holding(cluster.vpc, cluster.secondary, cluster.pods, cluster.service)
    yield from block_claims(cluster.name, holding)
    yield from side_claims(
        cluster.name, cluster.hybrid_nodes, cluster.hybrid_pods, dict.fromkeys(one.cidr for one in cluster.avoid)
    )


def kept(member: Member, previous: FleetCluster) -> Holding:
    """What a cluster keeps of an earlier plan: everything that its spec still has a use for. What
    the spec says by hand goes before."""
    hand = given(member)
    custom, services = member.spec.cni.custom_networking, member.spec.ip_family != "ipv6"
    same = hand.primary in (None, previous.vpc)
    return replace(
        hand,
        primary=hand.primary or previous.vpc,
        # a VPC that is another one now brings none of the old one's further blocks
        pods=hand.pods or (previous.pods if custom and same else ()),
        service=hand.service or (previous.service if services else None),
        pool=previous.pool if hand.primary is None else "",
    )
