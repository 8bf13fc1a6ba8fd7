"""The plan of a fleet: every cluster's blocks and subnets, and what is left in the pools."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.network.claims import Sharing
from planner.plan.model import CatalogStamp

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Named:
    """A block of somebody outside the fleet."""

    name: str
    cidr: IPv4Network


@dataclass(frozen=True, slots=True)
class PlannedAllocation:
    """A VPC that was there already, of no cluster of the fleet."""

    name: str
    cidrs: tuple[IPv4Network, ...]
    service: IPv4Network | None


@dataclass(frozen=True, slots=True)
class FleetSubnet:
    """A subnet of a cluster. ``tier`` is cluster, node, pod or public."""

    name: str
    tier: str
    zone: str
    cidr: IPv4Network


@dataclass(frozen=True, slots=True)
class FleetCluster:
    """Everything that a cluster has of the address space. Its blocks are in the order of their use:
    the VPC's primary one, further ones for nodes, those for pods."""

    name: str
    region: str
    account: str
    """Twelve digits, or empty."""
    shape: str
    """Name of its shape: clusters of one shape need the same."""
    pool: str
    """Name of the pool that the VPC was taken from; empty when the fleet's file says the block."""
    vpc: IPv4Network
    secondary: tuple[IPv4Network, ...]
    pods: tuple[IPv4Network, ...]
    service: IPv4Network | None
    hybrid_nodes: tuple[IPv4Network, ...]
    hybrid_pods: tuple[IPv4Network, ...]
    avoid: tuple[Named, ...]
    existing: bool
    """Whether the VPC is there already (vpc.id)."""
    needed: int
    """Addresses that its subnets must hold."""
    usable: int
    """Addresses that its subnets have."""
    subnets: tuple[FleetSubnet, ...]

    @property
    def blocks(self) -> tuple[IPv4Network, ...]:
        """All blocks of its VPC."""
        return (self.vpc, *self.secondary, *self.pods)


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool and what is left of it. ``kind`` is vpc, pod or service."""

    name: str
    kind: str
    cidrs: tuple[IPv4Network, ...]
    regions: tuple[str, ...]
    addresses: int
    used: int
    """Addresses in blocks of the fleet's clusters; what is neither used nor free is somebody else's."""
    free: int
    largest: int | None
    """Prefix length of the largest free block."""


@dataclass(frozen=True, slots=True)
class ShapeUse:
    """Clusters alike: how many, how large their VPCs are, and how many more would fit."""

    name: str
    region: str
    clusters: int
    vpc_length: int
    needed: int
    subnets: int
    more: int
    """Further clusters of this shape that the pools have room for, if nothing else is added."""
    existing: bool
    """Whether its VPC is there already, so that there can be no more of them."""


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """What a fleet plan file holds."""

    name: str
    generator: str
    catalog: CatalogStamp
    sharing: Sharing
    avoid: tuple[Named, ...]
    allocations: tuple[PlannedAllocation, ...]
    pools: tuple[PoolUse, ...]
    shapes: tuple[ShapeUse, ...]
    clusters: tuple[FleetCluster, ...]
    digest: str = ""
