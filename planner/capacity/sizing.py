"""Node group sizes from declared workloads: enough for all pods, also after a zone is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.carriers import carrier, first_plain, runs_on
from planner.capacity.group import GroupCapacity
from planner.capacity.packing.model import NodeKind, PodKind, Problem
from planner.capacity.packing.one_kind import fewest_nodes
from planner.capacity.packing.shapes import NodeShape, PodShape
from planner.capacity.packing.zones import shares
from planner.catalog.facts import Facts
from planner.spec.cluster import ClusterSpec
from planner.spec.quantity import MIB
from planner.spec.workloads import WorkloadSpec


@dataclass(frozen=True, slots=True)
class PodTooLarge:
    """A pod that no node of its group can hold."""

    workload: WorkloadSpec
    group: str
    left: NodeShape
    """What a node of the group has left for it, after everything that runs on every node."""


@dataclass(frozen=True, slots=True)
class GroupSizes:
    """Nodes that workloads need on a group."""

    group: str
    per_zone: int
    """Nodes in each zone while all zones work."""
    per_zone_after_loss: int
    """Nodes in each remaining zone after the loss of the zones that may fail."""
    all_zones: int
    after_loss: int
    pods: int

    @property
    def most(self) -> int:
        """Nodes that the group must be able to have."""
        return max(self.all_zones, self.after_loss, 1)


def node_shape(group: GroupCapacity, facts: Facts) -> NodeShape:
    """An empty node of the group's smallest type, less the default add-ons' own pods."""
    system = [
        PodShape(pod["name"], pod["cpuMillicores"], pod["memoryMib"], pod["hostNetwork"])
        for pod in facts["pods.system"].value
    ]
    return NodeShape(group.allocatable.cpu_millicores, group.allocatable.memory_mib, group.max_pods).minus(system)


def shape_of(workload: WorkloadSpec) -> PodShape:
    """A workload's pod: requests in millicores and MiB (rounded up)."""
    return PodShape(workload.name, workload.cpu, -(-workload.memory // MIB), workload.host_network)


def shape_for_pods(group: GroupCapacity, spec: ClusterSpec, facts: Facts) -> NodeShape:
    """What a node of a group has for workloads, after everything that runs on every node."""
    return node_shape(group, facts).minus(
        [shape_of(one) for one in spec.workloads if one.kind == "DaemonSet" and runs_on(one, group)]
    )


def sizes(
    group: GroupCapacity, groups: Sequence[GroupCapacity], zones: int, lost: int, spec: ClusterSpec, facts: Facts
) -> GroupSizes | list[PodTooLarge]:
    """Nodes that a group needs for its workloads in ``zones`` zones, of which ``lost`` may fail.

    An Auto Scaling group keeps its nodes even over the zones, so every zone has the same number: as
    many as carry its share while all work, and its larger share after a loss. Pods whose volumes
    stay in the lost zone move nowhere (note N42).
    """
    node = node_shape(group, facts)
    too_large: list[PodTooLarge] = []
    for one in spec.workloads:
        if one.kind == "DaemonSet" and runs_on(one, group):
            if node.holds(shape_of(one)):
                node = node.minus([shape_of(one)])
            else:
                too_large.append(PodTooLarge(one, group.name, node))
    mine = [one for one in spec.workloads if one.kind != "DaemonSet" and carrier(one, groups) is group]
    too_large += [PodTooLarge(one, group.name, node) for one in mine if not node.holds(shape_of(one))]
    if too_large:
        return too_large
    pods = [pod_kind(one) for one in mine]
    if pods and first_plain(groups) is group:
        pods.append(coredns(facts))
    per_zone = _nodes(pods, node, zones, 0)
    per_zone_after = _nodes(pods, node, zones, lost) if lost else per_zone
    declared = sum(pod_kind(one).replicas for one in mine)
    return GroupSizes(group.name, per_zone, per_zone_after, per_zone * zones, per_zone_after * (zones - lost), declared)


def pod_kind(workload: WorkloadSpec) -> PodKind:
    """A workload as pods to pack."""
    shape = shape_of(workload)
    return PodKind(
        workload.name,
        shape.cpu_millicores,
        shape.memory_mib,
        1 if workload.replicas is None else workload.replicas,
        spread=workload.spread == "zone",
        zonal=workload.zonal_storage,
    )


def coredns(facts: Facts) -> PodKind:
    """The DNS add-on's pods; it asks for zones apart, and does without."""
    dns = facts.table("pods.coredns")
    return PodKind("coredns", dns["cpuMillicores"], dns["memoryMib"], int(dns["replicas"]), spread=False)


def _nodes(pods: Sequence[PodKind], node: NodeShape, zones: int, lost: int) -> int:
    """Nodes of one shape in each zone, such that every share of the pods fits."""
    kind = NodeKind("node", node.cpu_millicores, node.memory_mib, node.pods, 1)
    parts = shares(Problem(tuple(pods), (kind,), zones, lost))
    return max((fewest_nodes(part, kind) for part in parts), default=0)
