"""Node group sizes from declared workloads: enough for all pods, also after a zone is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.group import GroupCapacity
from planner.capacity.packing.shapes import NodeShape, PodShape, nodes_needed
from planner.catalog.facts import Facts
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec, WorkloadSpec
from planner.spec.quantity import MIB


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


def carries(groups: Sequence[NodeGroupSpec], wanted: str | None) -> str | None:
    """The name of the group that carries a workload: the one it ``wanted``, else the first Linux
    group without taints, else the first group."""
    if wanted is not None:
        return wanted
    for group in groups:
        if not group.taints and not group.os.startswith("windows"):
            return str(group.name)
    return str(groups[0].name) if groups else None


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


def sizes(
    group: GroupCapacity, zones: int, lost: int, spec: ClusterSpec, facts: Facts
) -> GroupSizes | list[PodTooLarge]:
    """Nodes that a group needs for its workloads in ``zones`` zones, of which ``lost`` may fail.

    A workload spread over zones has ``⌈replicas ÷ zones⌉`` pods in each; after a loss the others
    take them over, except pods whose volumes stay in the lost zone (note N42).
    """
    node = node_shape(group, facts)
    too_large: list[PodTooLarge] = []
    for one in spec.workloads:
        if one.kind == "DaemonSet" and one.node_group in (None, group.name):
            if node.holds(shape_of(one)):
                node = node.minus([shape_of(one)])
            else:
                too_large.append(PodTooLarge(one, group.name, node))
    groups = spec.node_groups or (group.spec,)
    mine = [one for one in spec.workloads if one.kind != "DaemonSet" and carries(groups, one.node_group) == group.name]
    too_large += [PodTooLarge(one, group.name, node) for one in mine if not node.holds(shape_of(one))]
    if too_large:
        return too_large
    dns = facts.table("pods.coredns")
    first = carries(groups, None) == group.name

    extra = (
        [(PodShape("coredns", dns["cpuMillicores"], dns["memoryMib"]), int(dns["replicas"]))] if first and mine else []
    )
    left = zones - lost
    whole = [(shape_of(one), -(-(1 if one.replicas is None else one.replicas) // zones)) for one in mine]
    after = [
        (shape_of(one), -(-(1 if one.replicas is None else one.replicas) // (zones if one.zonal_storage else left)))
        for one in mine
    ]
    per_zone = nodes_needed([*whole, *((pod, -(-count // zones)) for pod, count in extra)], node)
    per_zone_after = nodes_needed([*after, *((pod, -(-count // left)) for pod, count in extra)], node)
    pods = sum(1 if one.replicas is None else one.replicas for one in mine)
    return GroupSizes(group.name, per_zone, per_zone_after, per_zone * zones, per_zone_after * left, pods)
