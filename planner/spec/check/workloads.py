"""Declared workloads (notes N40, N42)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import PodDisruptionBudget, WorkloadSpec


def check_workloads(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Names, the groups they ask for, and budgets."""
    del facts
    groups = {group.name for group in spec.node_groups}
    names: set[str] = set()
    for number, workload in enumerate(spec.workloads):
        path = ("workloads", number)
        if workload.name in names:
            yield invalid(
                "workload-twice",
                (*path, "name"),
                "two workloads have this name",
                value=workload.name,
                fix="rename one of them",
            )
        names.add(workload.name)
        if workload.node_group is not None and workload.node_group not in groups:
            yield invalid(
                "workload-group",
                (*path, "nodeGroup"),
                "there is no node group of this name",
                value=workload.node_group,
                limit=", ".join(sorted(groups)) or "no node groups are given",
                fix="name one of the node groups, or add it",
            )
        budget = workload.pod_disruption_budget
        if budget and (budget.min_available is None) == (budget.max_unavailable is None):
            yield invalid(
                "budget",
                (*path, "podDisruptionBudget"),
                "a PodDisruptionBudget has exactly one of minAvailable and maxUnavailable",
                value="both" if budget.min_available is not None else "neither",
                limit="one of the two",
                fix="keep one of them",
                source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
                note="N40",
            )
        if budget and workload.kind != "DaemonSet" and _evictable(budget, pods := _pods(workload)) == 0 < pods:
            yield notice(
                "budget-blocks",
                (*path, "podDisruptionBudget"),
                "this budget never lets a pod be evicted: every node group update would stop at it",
                value=f"0 of {pods} pods may go",
                limit="1 pod or more; EKS gives an eviction 15 minutes, then the update fails",
                fix="add replicas, or allow one pod to be unavailable",
                source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html",
                note="N16",
            )
        if workload.kind == "DaemonSet" and workload.replicas is not None:
            yield invalid(
                "daemonset-replicas",
                (*path, "replicas"),
                "a DaemonSet has no number of replicas: it runs once on every node",
                value=str(workload.replicas),
                limit="none",
                fix="remove replicas",
                source="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
            )


def _pods(workload: WorkloadSpec) -> int:
    return 1 if workload.replicas is None else workload.replicas


def _evictable(budget: PodDisruptionBudget, pods: int) -> int:
    """Pods that a budget lets go at once; Kubernetes rounds both percentages up.

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
    """
    if budget.min_available is not None:
        return max(pods - _rounded_up(budget.min_available, pods), 0)
    return pods if budget.max_unavailable is None else min(_rounded_up(budget.max_unavailable, pods), pods)


def _rounded_up(value: int | str, pods: int) -> int:
    return value if isinstance(value, int) else -(-pods * int(value.removesuffix("%")) // 100)
