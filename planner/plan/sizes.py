"""Node group sizes: what the spec says, what the workloads need, and whether it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.carriers import carrier
from planner.capacity.group import GroupCapacity
from planner.capacity.sizing import GroupSizes, PodTooLarge, sizes
from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.quantity import MIB
from planner.spec.workloads import WorkloadSpec


@dataclass(frozen=True, slots=True)
class Spread:
    """How a group of the spec lies over the zones: the planned groups, and why."""

    name: str
    groups: tuple[str, ...]
    zones: tuple[str, ...]
    split: bool
    """Whether there is one group in each zone."""
    why: str


@dataclass(frozen=True, slots=True)
class Sized:
    """A group with its sizes in nodes, and why."""

    group: GroupCapacity
    least: int
    desired: int
    most: int
    why: str
    spread: Spread | None = None
    """How the group of the spec that it comes from lies over the zones."""
    zone_most: int = 0
    """Nodes that one zone must be able to have, as the workloads say; 0 where the spec says maxSize."""

    @property
    def triple(self) -> tuple[int, int, int]:
        """(min, desired, max)."""
        return (self.least, self.desired, self.most)


def zones_of(group: GroupCapacity, zones: int, tolerated: int) -> tuple[int, int]:
    """(zones, zones that may fail) of a group."""
    mine = len(group.spec.zones) or zones
    return mine, min(tolerated, mine - 1)


def size_group(
    group: GroupCapacity, groups: Sequence[GroupCapacity], zones: int, spec: ClusterSpec, facts: Facts
) -> tuple[Sized | None, list[Diagnostic]]:
    """Sizes of a group (None without maxSize when the workloads fit nowhere), and what is wrong."""
    tolerated = 1 if spec.tolerate_zone_loss is None else spec.tolerate_zone_loss
    mine, lost = zones_of(group, zones, tolerated)
    wanted = sizes(group, groups, mine, lost, spec, facts) if spec.workloads else GroupSizes(group.name, 0, 0, 0, 0, 0)
    if isinstance(wanted, list):
        problems = [_too_large(spec, group, one, facts) for one in wanted]
        if group.spec.max_size is None:
            return None, problems
        wanted = GroupSizes(group.name, 0, 0, 0, 0, 0)
    else:
        problems = []
    needed = wanted.most if wanted.pods or group.spec.max_size is None else 0
    most = group.spec.max_size if group.spec.max_size is not None else needed
    if needed > most:
        problems.append(_too_few(group, wanted, mine, lost, most, facts))
    least = group.spec.min_size if group.spec.min_size is not None else min(mine, most)
    least = min(least, most)
    desired = (
        group.spec.desired_size if group.spec.desired_size is not None else max(least, min(wanted.all_zones, most))
    )
    zone_most = max(wanted.per_zone, wanted.per_zone_after_loss) if group.spec.max_size is None else 0
    why = _why(group, wanted, mine, lost, most * (100 + spec.growth_percent), spec.growth_percent)
    return Sized(group, least, desired, most, why, zone_most=zone_most), problems


def _too_large(spec: ClusterSpec, group: GroupCapacity, one: PodTooLarge, facts: Facts) -> Diagnostic:
    memory = -(-one.workload.memory // MIB)
    summary = f"a pod of {one.workload.name} fits on no node of {one.group}"
    if one.left.pods < 1:
        return Diagnostic(
            Kind.INFEASIBLE,
            "pod-no-slot",
            summary,
            path=_workload_path(spec, one.workload),
            value="1 pod",
            limit=f"{max(one.left.pods, 0)} pods left of maxPods {group.max_pods} after those that run on every node",
            fix="raise maxPods, or use instance types with more addresses",
            source=facts.source("pods.system"),
            note="N18",
        )
    return Diagnostic(
        Kind.INFEASIBLE,
        "pod-too-large",
        summary,
        path=_workload_path(spec, one.workload),
        value=f"{one.workload.cpu}m CPU, {memory} MiB",
        limit=f"{max(one.left.cpu_millicores, 0)}m CPU, {max(one.left.memory_mib, 0)} MiB free on a {group.least.name}",
        fix="use larger instance types, or smaller requests",
        source=facts.source("reserved.memory_base_mib"),
        note="N38",
    )


def _workload_path(spec: ClusterSpec, workload: WorkloadSpec) -> Path:
    return ("spec", "workloads", spec.workloads.index(workload))


def _too_few(group: GroupCapacity, wanted: GroupSizes, zones: int, lost: int, most: int, facts: Facts) -> Diagnostic:
    when = (
        f"after the loss of {lost} of {zones} zones"
        if wanted.after_loss >= wanted.all_zones and lost
        else f"in {zones} zones"
    )
    return Diagnostic(
        Kind.INFEASIBLE,
        "nodes-few",
        f"{group.name} cannot carry its workloads {when}",
        path=("spec", "nodeGroups", group.index, "maxSize"),
        value=f"maxSize {most}",
        limit=f"{wanted.most} nodes needed for {wanted.pods:,} pods ({wanted.all_zones} with all zones, {wanted.after_loss} after a loss)",
        fix=f"raise maxSize to {wanted.most}"
        + (", or set tolerateZoneLoss: 0" if lost and wanted.all_zones <= most else "")
        + ", or use larger types",
        source=facts.source("reserved.memory_base_mib"),
        note="N40",
    )


def _why(group: GroupCapacity, wanted: GroupSizes, zones: int, lost: int, grown: int, percent: int) -> str:
    parts: list[str] = []
    if wanted.pods:
        text = (
            f"{wanted.pods:,} declared pods need {wanted.per_zone} nodes in each of {zones} zones ({wanted.all_zones})"
        )
        if lost:
            text += f", and {wanted.per_zone_after_loss} in each of {zones - lost} after a loss ({wanted.after_loss})"
        parts.append(f"{text}; packed by first fit, and by the solver where that may need fewer")
    parts.append("maxSize as the spec says" if group.spec.max_size is not None else "maxSize from the workloads")
    if group.spec.min_size is None:
        parts.append("minSize: one node in each zone")
    if percent:
        parts.append(f"growthPercent {percent} changes no size: the subnets keep room for {-(-grown // 100)} nodes")
    return "; ".join(parts)


def nowhere(groups: Sequence[GroupCapacity], spec: ClusterSpec) -> list[Diagnostic]:
    """Workloads that no group may carry, with what keeps each group from it."""
    return [
        Diagnostic(
            Kind.INFEASIBLE,
            "workload-nowhere",
            f"no node group may carry {workload.name}",
            path=_workload_path(spec, workload),
            value=_asks(workload),
            limit="; ".join(f"{group.name}: {_keeps_out(workload, group)}" for group in groups),
            fix="add tolerations or a node group for it, or name a nodeGroup",
            source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
            note="N27",
        )
        for workload in spec.workloads
        if workload.kind != "DaemonSet" and groups and carrier(workload, groups) is None
    ]


def _asks(workload: WorkloadSpec) -> str:
    wanted = ", ".join(workload.architectures) or "any architecture"
    return f"{wanted}, {len(workload.tolerations)} tolerations"


def _keeps_out(workload: WorkloadSpec, group: GroupCapacity) -> str:
    if workload.architectures and group.architecture not in workload.architectures:
        return group.architecture
    if group.spec.os_family == "windows":
        return "Windows"
    return ", ".join(f"taint {one.key}:{one.effect}" for one in group.spec.taints) or "another nodeGroup is named"
