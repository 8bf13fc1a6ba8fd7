"""How many addresses each subnet must hold, item by item (notes N06, N29, N31, N32).

Every node takes what the VPC CNI holds for it at peak; what else lives in the subnet comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.network.spread import NodeSpread
from planner.network.zones import PlannedZone
from planner.spec.cluster import ClusterSpec

_CNI = "https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/docs/eni-and-ip-target.md"
_CUSTOM = "https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html"
_BRANCH = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
_WARM = "https://docs.aws.amazon.com/eks/latest/userguide/warm-pools-managed-node-groups.html"
_FARGATE = "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html"


CLUSTER_ITEMS = ("control-plane interfaces", "kept free for version updates")
"""What EKS itself takes of a cluster subnet."""

MOUNT_TARGETS = "EFS mount target"
"""One for each file system; one is kept where the driver comes without any."""


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
    prefixes: int = 0
    """/28 prefixes among the addresses."""
    owner: str = ""
    """The group or pool whose nodes take them; empty for what does not come and go with nodes."""
    spare: bool = False
    """Kept free rather than taken: what AWS wants to find free when it changes something."""


@dataclass(frozen=True, slots=True)
class SubnetDemand:
    """Everything that takes addresses in one tier of one zone."""

    tier: Tier
    zone: str
    items: tuple[DemandItem, ...]
    longest: int = 28
    """Longest prefix length that the tier allows: /27 where a load balancer may come."""
    batch: int = 1
    """Addresses that one subnet must give at once: a new interface with all it carries."""
    serves: tuple[Tier, ...] = ()
    """Further tiers whose part these subnets play."""

    @property
    def addresses(self) -> int:
        """Addresses needed, without the five that AWS reserves."""
        return sum(item.addresses for item in self.items)

    @property
    def prefixes(self) -> int:
        """/28 prefixes that must fit beside the single addresses."""
        return sum(item.prefixes for item in self.items)

    @property
    def singles(self) -> int:
        """Addresses needed outside delegated prefixes."""
        return self.addresses - 16 * self.prefixes


def public_load_balancers(spec: ClusterSpec) -> int:
    """Internet-facing load balancers to keep room for: as asked, else two where there is internet."""
    asked = spec.load_balancers.public
    if asked is not None:
        return asked
    return 0 if spec.nat == "none" else 2


def cluster_demand(zone: PlannedZone, facts: Facts) -> SubnetDemand:
    """A cluster subnet: EKS's own interfaces, and the addresses that an upgrade needs."""
    most, free = facts.number("cluster.interfaces_max"), facts.number("cluster.update_free")
    return SubnetDemand(
        Tier.CLUSTER,
        zone.label,
        (
            DemandItem(
                CLUSTER_ITEMS[0],
                most,
                f"at most {most}, placed by EKS in any cluster subnet",
                facts.source("cluster.interfaces_max"),
                "N06",
            ),
            DemandItem(
                CLUSTER_ITEMS[1],
                free,
                f"{free} in each cluster subnet",
                facts.source("cluster.update_free"),
                "N31",
                spare=True,
            ),
        ),
    )


def node_demand(
    brief: Brief, zone: PlannedZone, spreads: Sequence[NodeSpread], *, zones: int, endpoints: int
) -> SubnetDemand:
    """Private node subnet of one zone: nodes and their pods, internal load balancers, endpoints."""
    spec, facts = brief.spec, brief.facts
    efs = len(spec.efs) or int(any(addon.name == "aws-efs-csi-driver" for addon in spec.addons))
    here = [one for one in spreads if one.subnets == "private" and zone.label in one.zones]
    items = [item for one in here for item in _nodes(one)]
    items += _fargate(brief, zones)
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
        worked = f"{efs} file systems × {each}" if efs > 1 else str(each)
        items.append(DemandItem(MOUNT_TARGETS, efs * each, worked, facts.source("efs.addresses"), "N43"))
    items += _declared(spec, "node")
    return SubnetDemand(
        Tier.NODE,
        zone.label,
        tuple(items),
        facts.number("load_balancer.prefix_length"),
        _batch(one for one in here if not one.footprint.pod_subnet),
    )


def public_demand(brief: Brief, zone: PlannedZone, spreads: Sequence[NodeSpread]) -> SubnetDemand:
    """Public subnet of one zone: load balancers, NAT, and node groups that live there."""
    spec, facts = brief.spec, brief.facts
    here = [one for one in spreads if one.subnets == "public" and zone.label in one.zones]
    items = [item for one in here for item in _nodes(one)]
    items += _load_balancers(public_load_balancers(spec), "internet-facing", facts)
    if spec.nat in ("single", "perZone"):
        each = facts.number("nat.addresses")
        items.append(DemandItem("NAT gateway", each, str(each), facts.source("nat.addresses"), "N32"))
    items += _declared(spec, "public")
    return SubnetDemand(
        Tier.PUBLIC,
        zone.label,
        tuple(items),
        facts.number("load_balancer.prefix_length"),
        _batch(one for one in here if not one.footprint.pod_subnet),
    )


def pod_demand(brief: Brief, zone: PlannedZone, spreads: Sequence[NodeSpread]) -> SubnetDemand:
    """Pod subnet of one zone (custom networking): the pods' interfaces and addresses."""
    here = [one for one in spreads if zone.label in one.zones and one.footprint.pod_subnet]
    items: list[DemandItem] = []
    for one in here:
        foot = one.footprint
        items.append(
            DemandItem(
                f"pods of {one.name}",
                one.per_zone * foot.pod_subnet,
                f"({one.nodes_per_zone} nodes + {one.surge_per_zone} surge) × {foot.pod_subnet} addresses of {one.addresses.of}: {foot.worked}",
                _CUSTOM,
                "N29",
                prefixes=one.per_zone * foot.prefixes,
                owner=one.name,
            )
        )
        items += _warm(one, foot.pod_subnet, foot.prefixes) if one.warm_whole else []
        items += _branches(one)
    items += _declared(brief.spec, "pod")
    return SubnetDemand(Tier.POD, zone.label, tuple(items), batch=_batch(here))


def _batch(spreads: Iterable[NodeSpread]) -> int:
    return max((one.addresses.batch for one in spreads), default=1)


def _nodes(one: NodeSpread) -> list[DemandItem]:
    """Nodes of a group or pool and their surge, with their pods unless those have a subnet of their own."""
    foot = one.footprint
    prefixes = 0 if foot.pod_subnet else foot.prefixes
    worked = "1 for the node; its pods are in the pod subnet" if foot.pod_subnet else foot.worked
    items = [
        DemandItem(
            f"nodes of {one.name}",
            one.nodes_per_zone * foot.node_subnet,
            f"⌈{one.peak} nodes ÷ {len(one.zones) - one.lost}⌉ = {one.nodes_per_zone}{one.lost_words}, × {foot.node_subnet} addresses of {one.addresses.of}: {worked}",
            _CNI,
            "N29",
            prefixes=one.nodes_per_zone * prefixes,
            owner=one.name,
        )
    ]
    if one.surge_per_zone:
        items.append(
            DemandItem(
                f"update surge of {one.name}",
                one.surge_per_zone * foot.node_subnet,
                f"⌈{one.surge} nodes ÷ {len(one.zones) - one.lost}⌉ = {one.surge_per_zone}, × {foot.node_subnet}",
                one.surge_source,
                "N21" if one.kind == "managed" else "N12",
                prefixes=one.surge_per_zone * prefixes,
                owner=one.name,
            )
        )
    items += _warm(one, foot.node_subnet, prefixes)
    if not foot.pod_subnet:
        items += _branches(one)
    return items


def _warm(one: NodeSpread, whole: int, prefixes: int) -> list[DemandItem]:
    """Instances of a warm pool: an address each, or ``whole`` where nodes come back to it."""
    if not one.warm_per_zone:
        return []
    each = whole if one.warm_whole else 1
    return [
        DemandItem(
            f"warm pool of {one.name}",
            one.warm_per_zone * each,
            f"{one.warm_worked}, × {each}",
            _WARM,
            "N15",
            prefixes=one.warm_per_zone * prefixes if one.warm_whole else 0,
        )
    ]


def _branches(one: NodeSpread) -> list[DemandItem]:
    """Branch interfaces of pods with security groups of their own."""
    each = one.addresses.branches
    if not each:
        return []
    return [
        DemandItem(
            f"branch interfaces of {one.name}",
            one.per_zone * each,
            f"({one.nodes_per_zone} nodes + {one.surge_per_zone} surge) × {each} pods with security groups of their own",
            _BRANCH,
            "N27",
            owner=one.name,
        )
    ]


def _fargate(brief: Brief, zones: int) -> list[DemandItem]:
    """Fargate pods, an IPv4 address each, spread over the zones that are left."""
    tolerated = 1 if brief.spec.tolerate_zone_loss is None else brief.spec.tolerate_zone_loss
    left = max(zones - tolerated, 1)
    growth = 100 + brief.spec.growth_percent
    items = []
    for one in brief.spec.fargate:
        peak = -(-one.pods * growth // 100)
        items.append(
            DemandItem(
                f"Fargate pods of {one.name}",
                -(-peak // left),
                f"⌈{peak} pods ÷ {left} zones⌉, 1 address each",
                _FARGATE,
                "N29",
            )
        )
    return items


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
