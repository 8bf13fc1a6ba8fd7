"""How few nodes of one kind carry some pods."""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacity.packing.model import Budget, NodeKind, PodKind, Problem
from planner.capacity.packing.shapes import NodeShape, PodShape, nodes_needed

#: No clock: a plan is the same on a slow machine.
_BUDGET = Budget(rounds=40, repairs=3)
#: Kinds of pods that the solver is asked about; more would take longer than a plan may.
_KINDS = 60


def fewest_nodes(pods: Sequence[PodKind], kind: NodeKind) -> int:
    """Nodes of a kind that carry the pods: by first fit where that is known to be the least, else by
    the solver. Raises ValueError for a pod that fits on none."""
    shape = NodeShape(kind.cpu_millicores, kind.memory_mib, kind.pods)
    simple = nodes_needed(
        [(PodShape(one.name, one.cpu_millicores, one.memory_mib), one.replicas) for one in pods], shape
    )
    if simple <= _least(pods, kind) or len(pods) > _KINDS:
        return simple
    from planner.capacity.packing.solve import pack

    alone = NodeKind(kind.name, kind.cpu_millicores, kind.memory_mib, kind.pods, 1)
    packing = pack(Problem(tuple(pods), (alone,)), _BUDGET)
    return min(simple, packing.cost)


def _least(pods: Sequence[PodKind], kind: NodeKind) -> int:
    """Nodes that the sums of CPU, memory and pods need in any case, and pods of more than half a node."""
    wanted = (
        (sum(one.cpu_millicores * one.replicas for one in pods), kind.cpu_millicores),
        (sum(one.memory_mib * one.replicas for one in pods), kind.memory_mib),
        (sum(one.replicas for one in pods), kind.pods),
    )
    cpu_large = sum(one.replicas for one in pods if 2 * one.cpu_millicores > kind.cpu_millicores)
    memory_large = sum(one.replicas for one in pods if 2 * one.memory_mib > kind.memory_mib)
    return max(cpu_large, memory_large, *(-(-sum_ // room) if room else 0 for sum_, room in wanted))
