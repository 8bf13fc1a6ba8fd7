"""A packing problem as arrays, for the numeric parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.model import NodeKind, PodKind, PodTooLargeError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Indices = NDArray[np.int32]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

#: A resource of each: CPU (millicores), memory (MiB), pods.
RESOURCES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of pods (largest first) and of node kinds (cheapest first)."""

    pods: tuple[PodKind, ...]
    kinds: tuple[NodeKind, ...]
    needs: Ints
    """Requests by pod and resource."""
    demand: Ints
    """Replicas by pod."""
    rooms: Ints
    """Room by kind and resource."""
    costs: Ints
    """Cost by kind."""
    fits: Flags
    """By pod and kind: whether an empty node of the kind may carry and holds one."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What one node carries: the row of its kind, and the number of pods of each row."""

    kind: int
    pods: Ints

    @property
    def key(self) -> tuple[int, bytes]:
        """Equal for equal patterns."""
        return self.kind, self.pods.tobytes()


Nodes = list[tuple[Pattern, int]]
"""Patterns, and how many nodes carry each."""


def cost_of(table: Table, nodes: Nodes) -> int:
    """Cost of all nodes, in millionths."""
    return sum(int(table.costs[pattern.kind]) * count for pattern, count in nodes)


def tabulate(problem: Problem) -> Table:
    """The arrays of a problem; equal pods are one row, pods without replicas none.

    Raises PodTooLargeError for a pod that no kind of node carries.
    """
    merged: dict[tuple[int, int, frozenset[str] | None], list[PodKind]] = {}
    for pod in problem.pods:
        if pod.replicas:
            if not problem.carriers(pod):
                raise PodTooLargeError(pod)
            merged.setdefault((pod.cpu_millicores, pod.memory_mib, pod.nodes), []).append(pod)
    firsts = sorted((group[0] for group in merged.values()), key=lambda one: one.name)
    most = [
        max((node.cpu_millicores for node in problem.nodes), default=1),
        max((node.memory_mib for node in problem.nodes), default=1),
    ]
    firsts.sort(key=lambda one: -max(one.cpu_millicores / max(most[0], 1), one.memory_mib / max(most[1], 1)))
    replicas = {group[0].name: sum(one.replicas for one in group) for group in merged.values()}
    kinds = tuple(sorted(_useful(problem), key=lambda one: (one.cost, one.name)))
    needs = np.array([(one.cpu_millicores, one.memory_mib, 1) for one in firsts], dtype=np.int64).reshape(-1, RESOURCES)
    rooms = np.array([(one.cpu_millicores, one.memory_mib, one.pods) for one in kinds], dtype=np.int64).reshape(
        -1, RESOURCES
    )
    allowed = np.array([[one.nodes is None or kind.name in one.nodes for kind in kinds] for one in firsts], dtype=bool)
    return Table(
        pods=tuple(firsts),
        kinds=kinds,
        needs=needs,
        demand=np.array([replicas[one.name] for one in firsts], dtype=np.int64),
        rooms=rooms,
        costs=np.array([one.cost for one in kinds], dtype=np.int64),
        fits=allowed.reshape(len(firsts), len(kinds)) & (needs[:, None, :] <= rooms[None, :, :]).all(axis=2),
    )


def _useful(problem: Problem) -> list[NodeKind]:
    """Kinds that have room for something and of which no other has as much room, carries the same pods
    and costs no more; of equal ones the first."""
    restricted = [pod.nodes for pod in problem.pods if pod.nodes is not None]
    barred = {
        one.name: frozenset(place for place, names in enumerate(restricted) if one.name not in names)
        for one in problem.nodes
    }
    found: list[NodeKind] = []
    # cheapest first, then roomiest: what makes another needless comes before it
    for one in sorted(problem.nodes, key=lambda it: (it.cost, -it.cpu_millicores, -it.memory_mib, -it.pods)):
        needless = any(
            other.cpu_millicores >= one.cpu_millicores
            and other.memory_mib >= one.memory_mib
            and other.pods >= one.pods
            and barred[other.name] <= barred[one.name]
            for other in found
        )
        if one.pods >= 1 and not needless:
            found.append(one)
    return found
