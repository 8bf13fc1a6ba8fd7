"""How many addresses each subnet must hold, item by item (notes N06, N29, N31, N32).

Per zone: ``nodes = ⌈most nodes × (1 + growth) ÷ (zones − lost)⌉``, ``surge = ⌈max(2 × zones,
maxUnavailable) ÷ (zones − lost)⌉`` for a DEFAULT update, and every node takes what the VPC CNI
holds for it at peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.catalog.facts import Facts
from planner.network.zones import PlannedZone
from planner.spec.cluster import ClusterSpec


class Tier(StrEnum):
    """What a subnet is for."""

    CLUSTER = "cluster"
    NODE = "node"
    POD = "pod"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class DemandItem:
    """One consumer of addresses in a subnet."""

    name: str
    addresses: int
    worked: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SubnetDemand:
    """Everything that takes addresses in one tier of one zone."""

    tier: Tier
    zone: str
    items: tuple[DemandItem, ...]
    prefixes: int = 0
    """/28 prefixes that must fit beside the single addresses."""
    longest: int = 28
    """Longest prefix length that the tier allows: /27 where a load balancer may come."""

    @property
    def addresses(self) -> int:
        """Addresses needed, without the five that AWS reserves."""
        return sum(item.addresses for item in self.items)

    @property
    def singles(self) -> int:
        """Addresses needed outside delegated prefixes."""
        return self.addresses - 16 * self.prefixes


@dataclass(frozen=True, slots=True)
class GroupSpread:
    """A group's nodes over its zones."""

    group: GroupCapacity
    zones: tuple[str, ...]
    lost: int
    """Zones that may fail while the others hold all nodes."""
    most: int
    """maxSize."""
    peak: int
    """maxSize and growth."""
    nodes_per_zone: int
    surge_total: int
    surge_per_zone: int

    @property
    def per_zone(self) -> int:
        """Nodes that one zone must have addresses for."""
        return self.nodes_per_zone + self.surge_per_zone


def public_load_balancers(spec: ClusterSpec) -> int:
    """Internet-facing load balancers to keep room for: as asked, else two where there is internet."""
    asked = spec.load_balancers.public
    if asked is not None:
        return asked
    return 0 if spec.nat == "none" else 2


def _ceil(number: int, unit: int) -> int:
    return -(-number // unit)


def spread(brief: Brief, group: GroupCapacity, most: int, zones: Sequence[str]) -> GroupSpread:
    """Nodes of a group in one zone, at its largest and while it is being updated.

    A zone lost during an update leaves the same surge to fewer zones. A percentage of nodes that
    may be unavailable is rounded up (AWS does not document its rounding).
    Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """
    spec, facts = brief.spec, brief.facts
    mine = tuple(group.spec.zones) or tuple(zones)
    tolerated = 1 if spec.tolerate_zone_loss is None else spec.tolerate_zone_loss
    lost = min(tolerated, len(mine) - 1)
    left = len(mine) - lost
    peak = _ceil(most * (100 + spec.growth_percent), 100)
    update = group.spec.update
    if update.strategy == "minimal":
        surge = 0
    else:
        unavailable = update.max_unavailable or 1
        if update.max_unavailable_percentage:
            unavailable = _ceil(peak * update.max_unavailable_percentage, 100)
        unavailable = min(unavailable, facts.number("nodegroup.max_unavailable"))
        surge = max(facts.number("nodegroup.surge_per_zone") * len(mine), unavailable)
    return GroupSpread(group, mine, lost, most, peak, _ceil(peak, left), surge, _ceil(surge, left))


def cluster_demand(zone: PlannedZone, facts: Facts) -> SubnetDemand:
    """A dedicated cluster subnet: EKS's own interfaces, and the addresses that an upgrade needs."""
    most, free = facts.number("cluster.interfaces_max"), facts.number("cluster.update_free")
    return SubnetDemand(
        Tier.CLUSTER,
        zone.label,
        (
            DemandItem(
                "control-plane interfaces",
                most,
                f"at most {most}, placed by EKS in any cluster subnet",
                facts.source("cluster.interfaces_max"),
                "N06",
            ),
            DemandItem(
                "kept free for version updates",
                free,
                f"{free} in each cluster subnet",
                facts.source("cluster.update_free"),
                "N31",
            ),
        ),
    )


def node_demand(brief: Brief, zone: PlannedZone, spreads: Sequence[GroupSpread], *, endpoints: int) -> SubnetDemand:
    """Private node subnet of one zone: nodes and their pods, internal load balancers, endpoints."""
    spec, facts = brief.spec, brief.facts
    efs = any(addon.name == "aws-efs-csi-driver" for addon in spec.addons)
    items, prefixes = _nodes(zone, [one for one in spreads if one.group.spec.subnets == "private"])
    items += _load_balancers(spec.load_balancers.internal, "internal", facts)
    if endpoints:
        each = facts.number("endpoint.addresses")
        items.append(
            DemandItem(
                "interface endpoints",
                endpoints * each,
                f"{endpoints} endpoints × {each}",
                facts.source("endpoint.addresses"),
                "N07",
            )
        )
    if efs:
        each = facts.number("efs.addresses")
        items.append(DemandItem("EFS mount target", each, str(each), facts.source("efs.addresses"), "N43"))
    items += _declared(spec, "node")
    return SubnetDemand(Tier.NODE, zone.label, tuple(items), prefixes, facts.number("load_balancer.prefix_length"))


def public_demand(brief: Brief, zone: PlannedZone, spreads: Sequence[GroupSpread]) -> SubnetDemand:
    """Public subnet of one zone: load balancers, NAT, and node groups that live there."""
    spec, facts = brief.spec, brief.facts
    items, prefixes = _nodes(zone, [one for one in spreads if one.group.spec.subnets == "public"])
    items += _load_balancers(public_load_balancers(spec), "internet-facing", facts)
    if spec.nat in ("single", "perZone"):
        each = facts.number("nat.addresses")
        items.append(DemandItem("NAT gateway", each, str(each), facts.source("nat.addresses"), "N32"))
    items += _declared(spec, "public")
    return SubnetDemand(Tier.PUBLIC, zone.label, tuple(items), prefixes, facts.number("load_balancer.prefix_length"))


def pod_demand(zone: PlannedZone, spreads: Sequence[GroupSpread]) -> SubnetDemand:
    """Pod subnet of one zone (custom networking): the pods' interfaces and addresses."""
    items: list[DemandItem] = []
    prefixes = 0
    for one in spreads:
        if zone.label not in one.zones:
            continue
        foot = one.group.footprint
        prefixes += one.per_zone * foot.prefixes
        items.append(
            DemandItem(
                f"pods of {one.group.name}",
                one.per_zone * foot.pod_subnet,
                f"({one.nodes_per_zone} nodes + {one.surge_per_zone} surge) × {foot.pod_subnet} addresses of {one.group.footprint_type}: {foot.worked}",
                "https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html",
                "N29",
            )
        )
    return SubnetDemand(Tier.POD, zone.label, tuple(items), prefixes)


def _nodes(zone: PlannedZone, spreads: Sequence[GroupSpread]) -> tuple[list[DemandItem], int]:
    items: list[DemandItem] = []
    prefixes = 0
    for one in spreads:
        if zone.label not in one.zones:
            continue
        foot = one.group.footprint
        if not foot.pod_subnet:
            prefixes += one.per_zone * foot.prefixes
        lost = f" with {one.lost} of {len(one.zones)} zones lost" if one.lost else f" in {len(one.zones)} zones"
        items.append(
            DemandItem(
                f"nodes of {one.group.name}",
                one.nodes_per_zone * foot.node_subnet,
                f"⌈{one.peak} nodes ÷ {len(one.zones) - one.lost}⌉ = {one.nodes_per_zone}{lost}, × {foot.node_subnet} addresses of {one.group.footprint_type}: {foot.worked}",
                "https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/docs/eni-and-ip-target.md",
                "N29",
            )
        )
        if one.surge_per_zone:
            items.append(
                DemandItem(
                    f"update surge of {one.group.name}",
                    one.surge_per_zone * foot.node_subnet,
                    f"⌈{one.surge_total} nodes ÷ {len(one.zones) - one.lost}⌉ = {one.surge_per_zone}, × {foot.node_subnet}",
                    "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html",
                    "N21",
                )
            )
    return items, prefixes


def _load_balancers(count: int, what: str, facts: Facts) -> list[DemandItem]:
    if not count:
        return []
    each = facts.number("load_balancer.addresses")
    return [
        DemandItem(
            f"{what} load balancers",
            count * each,
            f"{count} × {each} free addresses",
            facts.source("load_balancer.addresses"),
            "N44",
        )
    ]


def _declared(spec: ClusterSpec, tier: str) -> list[DemandItem]:
    return [
        DemandItem(one.name, one.per_zone, f"{one.per_zone} as declared", "spec.otherAddresses", "N29")
        for one in spec.other_addresses
        if one.subnets == tier
    ]
