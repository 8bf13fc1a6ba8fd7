"""How many pods PodDisruptionBudgets let go at once (note N40).

Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.spec.workloads import PodDisruptionBudget, WorkloadSpec


def replicas(workload: WorkloadSpec) -> int:
    """Pods of a workload at peak; 1 when not given."""
    return 1 if workload.replicas is None else workload.replicas


def evictable(budget: PodDisruptionBudget, pods: int) -> int:
    """Pods that a budget lets go at once; Kubernetes rounds both percentages up.

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
    """
    if budget.min_available is not None:
        return max(pods - rounded_up(budget.min_available, pods), 0)
    return pods if budget.max_unavailable is None else min(rounded_up(budget.max_unavailable, pods), pods)


def allowed(budgets: Sequence[PodDisruptionBudget], pods: int) -> int | None:
    """Pods that may be evicted at once; None without a budget, 0 with several: the eviction API
    refuses pods that more than one budget selects.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/#how-api-initiated-eviction-works
    """
    if not budgets:
        return None
    return 0 if len(budgets) > 1 else evictable(budgets[0], pods)


def rounded_up(value: int | str, pods: int) -> int:
    """A number of pods, or a percentage of them rounded up."""
    return value if isinstance(value, int) else -(-pods * int(value.removesuffix("%")) // 100)


def in_words(budget: PodDisruptionBudget) -> str:
    """``minAvailable 80%``."""
    if budget.min_available is not None:
        return f"minAvailable {budget.min_available}"
    return f"maxUnavailable {budget.max_unavailable}"
