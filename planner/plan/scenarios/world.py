"""What a scenario plays in: rooms of subnets, and crowds of nodes that take addresses of them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True, slots=True)
class Place:
    """A subnet of a room. ``used``: single addresses that others hold in it already."""

    name: str
    cidr: IPv4Network
    reservations: tuple[IPv4Network, ...] = ()
    used: int = 0
    prefixes_used: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """The subnets of one purpose in one zone. ``taken`` are the addresses that load balancers,
    endpoints and the like still take, or that must stay free."""

    key: str
    zone: str
    places: tuple[Place, ...]
    taken: int = 0
    taken_prefixes: int = 0
    """/28 prefixes beside them: those of instances that wait in a warm pool."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Nodes of one group or pool, all alike.

    ``node_rooms`` and ``pod_rooms`` are rooms by zone (pods have rooms of their own with custom
    networking). Addresses are those of one node at peak.
    """

    name: str
    kind: str
    """managed, karpenter or auto-mode."""
    zones: tuple[str, ...]
    node_rooms: tuple[str, ...]
    pod_rooms: tuple[str, ...]
    node_singles: int
    node_prefixes: int
    pod_singles: int
    pod_prefixes: int
    pods: int
    """Pods with addresses of their own on a node at peak."""
    desired: int
    most: int
    surge_fixed: int
    """Nodes that an update adds at least (0 with MINIMAL)."""
    surge_percent: int
    """Percent of the nodes that an update adds, if that is more."""
    surge_cap: int | None = None
    """Most nodes that such a percentage gives (EKS: 100 unavailable at once)."""
    running: tuple[int, ...] = ()
    """Nodes that run in each zone already: their addresses are in ``used``."""

    def surge(self, nodes: int) -> int:
        """Nodes that an update of so many adds at once, in all zones."""
        share = -(-nodes * self.surge_percent // 100)
        return max(self.surge_fixed, share if self.surge_cap is None else min(share, self.surge_cap))

    @property
    def singles(self) -> int:
        """Single addresses of one node, all subnets together."""
        return self.node_singles + self.pod_singles

    @property
    def prefixes(self) -> int:
        """Prefixes of one node."""
        return self.node_prefixes + self.pod_prefixes


@dataclass(frozen=True, slots=True)
class World:
    """A design as the scenarios see it."""

    name: str
    zones: tuple[str, ...]
    rooms: tuple[Room, ...]
    crowds: tuple[Crowd, ...]
    tolerated: int
    """Zones whose loss the design is meant to survive."""
    growth_percent: int
    version: str
    """Kubernetes minor version: the timings of a lost zone follow it."""
    prefix_mode: bool
    subject: str
    """plan or cluster."""
    unseen: tuple[str, ...] = ()
    """What could not be read, for the reader."""

    def room(self, key: str) -> Room:
        """A room by its key. Raises KeyError."""
        return next(one for one in self.rooms if one.key == key)
