"""What an earlier plan decided and a later one keeps: subnets cannot be moved or resized."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.network.demand import Tier


@dataclass(frozen=True, slots=True)
class KeptSubnet:
    """A subnet of the earlier plan, with the prefix reservations that lie in it."""

    tier: Tier
    zone: str
    name: str
    cidr: IPv4Network
    ipv6_index: int | None = None
    reservations: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Blocks, zones and subnets that stay where they are."""

    vpc: IPv4Network
    secondary: tuple[IPv4Network, ...]
    service: IPv4Network | None
    zones: tuple[str, ...]
    cluster_zones: tuple[str, ...]
    """Zones of the cluster subnets: EKS takes other subnets later only in these zones."""
    subnets: tuple[KeptSubnet, ...]

    def of(self, tier: Tier, zone: str) -> tuple[KeptSubnet, ...]:
        """The subnets of a tier in a zone."""
        return tuple(one for one in self.subnets if one.tier is tier and one.zone == zone)
