"""Declared workloads (notes N40, N42)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.budgets import evictable, replicas
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.workloads import WorkloadSpec


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
        yield from _budgets(workload, path)
        yield from _tolerations(workload, path)
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


def _budgets(workload: WorkloadSpec, path: Path) -> Iterator[Diagnostic]:
    """Budgets that are none, and those that stop every update."""
    budgets, pods = workload.pod_disruption_budget, replicas(workload)
    for budget in budgets:
        if (budget.min_available is None) == (budget.max_unavailable is None):
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
    if workload.kind == "DaemonSet" or not pods:
        return
    if len(budgets) > 1:
        yield notice(
            "budget-twice",
            (*path, "podDisruptionBudget"),
            "several budgets select these pods: the eviction API refuses them, and every node group update would stop",
            value=f"{len(budgets)} budgets",
            limit="1 budget for a pod",
            fix="keep one of them, or narrow their selectors",
            source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html",
            note="N21",
        )
    elif budgets and evictable(budgets[0], pods) == 0:
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


def _tolerations(workload: WorkloadSpec, path: Path) -> Iterator[Diagnostic]:
    """What Kubernetes refuses in tolerations."""
    for number, one in enumerate(workload.tolerations):
        if one.toleration_seconds is not None and one.effect != "NoExecute":
            yield invalid(
                "toleration-seconds",
                (*path, "tolerations", number, "tolerationSeconds"),
                "tolerationSeconds goes with the effect NoExecute only",
                value=f"{one.toleration_seconds} with {one.effect or 'every effect'}",
                limit="effect NoExecute",
                fix="set effect: NoExecute, or remove tolerationSeconds",
                source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
                note="N39",
            )
