"""Which node groups may carry which workloads: names, taints, architectures, operating systems.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacity.group import GroupCapacity
from planner.spec.nodes import NodeGroupSpec
from planner.spec.workloads import WorkloadSpec


def tolerates(workload: WorkloadSpec, group: NodeGroupSpec) -> bool:
    """Whether a workload's pods may be scheduled beside a group's taints. To name the group is to
    tolerate them."""
    if workload.node_group == group.name:
        return True
    return all(
        any(toleration.covers(taint) for toleration in workload.tolerations)
        for taint in group.taints
        if taint.effect != "PreferNoSchedule"
    )


def runs_on(workload: WorkloadSpec, group: GroupCapacity) -> bool:
    """Whether a DaemonSet has a pod on every node of a group. Without tolerations it is counted
    everywhere, for agents that run on every node tolerate everything."""
    if workload.node_group is not None:
        return bool(workload.node_group == group.name)
    fits = not workload.architectures or group.architecture in workload.architectures
    return fits and (not workload.tolerations or tolerates(workload, group.spec))


def may_carry(workload: WorkloadSpec, group: GroupCapacity) -> bool:
    """Whether a group may carry a workload that is no DaemonSet."""
    if workload.node_group is not None and workload.node_group != group.name:
        return False
    if workload.architectures and group.architecture not in workload.architectures:
        return False
    if workload.node_group is None and group.spec.os_family == "windows":
        return False
    return tolerates(workload, group.spec)


def carrier(workload: WorkloadSpec, groups: Sequence[GroupCapacity]) -> GroupCapacity | None:
    """The group that carries a workload: the one that it names, else the first that may; None
    where none may."""
    return next((group for group in groups if may_carry(workload, group)), None)


def first_plain(groups: Sequence[GroupCapacity]) -> GroupCapacity | None:
    """The group that carries what nobody assigns, such as CoreDNS: the first Linux group without
    taints, else the first."""
    plain = (one for one in groups if not one.spec.taints and one.spec.os_family != "windows")
    return next(plain, groups[0] if groups else None)
