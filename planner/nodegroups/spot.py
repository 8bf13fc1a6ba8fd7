"""How capacity is bought, and whether a group's types suit it (notes N15, N17)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.catalog.facts import Facts
from planner.catalog.versions import older
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.addons import autoscalers
from planner.spec.cluster import ClusterSpec

_GROUPS = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html"
LABEL = "eks.amazonaws.com/capacityType"


def _path(group: GroupCapacity) -> Path:
    where: Path = ("spec", "nodeGroups", group.index) if group.index >= 0 else ("spec", "workloads")
    return (*where, "requirements" if group.spec.requirements else "instanceTypes") if group.index >= 0 else where


def check_types(group: GroupCapacity, zones: int, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Notices about spot groups with few types, and about types that the Cluster Autoscaler confuses."""
    count, advised = len(group.types), facts.number("spot.types_advised")
    mine = len(group.spec.zones) or zones
    # one type by name is noticed when the spec is read
    if group.spec.capacity_type == "spot" and count < advised and (count > 1 or group.spec.requirements):
        yield Diagnostic(
            Kind.NOTICE,
            "group-spot-few",
            "few spot pools to draw from: each type in each zone is one",
            path=_path(group),
            value=f"{count} types × {mine} {'zone' if mine == 1 else 'zones'} = {count * mine} pools",
            limit=f"{advised} types are advised ({advised * mine} pools)",
            fix="add types of the same size, or widen requirements (families, count)",
            source=facts.source("spot.types_advised"),
            note="N17",
        )
    shapes = sorted({(one.vcpu, one.memory_mib) for one in group.types})
    if len(shapes) > 1 and "cluster-autoscaler" in autoscalers(spec):
        first = group.types[0]
        others = [one for one in group.types if (one.vcpu, one.memory_mib) != (first.vcpu, first.memory_mib)]
        yield Diagnostic(
            Kind.NOTICE,
            "group-shapes",
            "the Cluster Autoscaler reckons every node of a group as its first type",
            path=_path(group),
            value=", ".join(f"{one.name} ({one.vcpu} vCPU, {one.memory_mib / 1024:g} GiB)" for one in others),
            limit=f"{first.name} ({first.vcpu} vCPU, {first.memory_mib / 1024:g} GiB)",
            fix="use types of one size, and another group for other sizes",
            source=_GROUPS,
            note="N17",
        )


def record_capacity(brief: Brief, group: GroupCapacity, version: str, zones: int) -> None:
    """The decision ``capacity.GROUP``: how EKS sets up the group's Auto Scaling group."""
    facts, spot = brief.facts, group.spec.capacity_type == "spot"
    mine = len(group.spec.zones) or zones
    if not spot:
        order = ", ".join(one.name for one in group.types)
        brief.ledger.add(
            f"capacity.{group.name}",
            f"Capacity of {group.name}",
            "On-Demand, prioritized",
            inputs={"order": order, "label": f"{LABEL}=ON_DEMAND"},
            explanation="EKS takes the types in the order given: the next one only where the one before cannot be had",
            source=_GROUPS,
            note="N17",
        )
        return
    since = str(facts["spot.price_capacity_version"].value)
    strategy = "capacity-optimized" if older(version, since) else "price-capacity-optimized"
    brief.ledger.add(
        f"capacity.{group.name}",
        f"Capacity of {group.name}",
        f"Spot, {strategy}",
        formula="pools = types × zones",
        worked=f"{len(group.types)} × {mine} = {len(group.types) * mine}",
        inputs={
            "label": f"{LABEL}=SPOT",
            "rebalancing": "CapacityRebalance is on: EKS starts a replacement when EC2 expects an interruption, and drains the node once the new one is Ready",
            "notice": "two minutes before the end; draining then is best effort",
        },
        explanation=f"EKS sets this strategy for groups made with Kubernetes {since} or later, capacity-optimized before; one group holds one kind of capacity",
        source=_GROUPS,
        note="N17",
    )
