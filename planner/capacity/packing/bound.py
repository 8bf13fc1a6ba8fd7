"""A lower bound and prices of pods, from a linear program in which pods may be cut in pieces.

Pods are spread over kinds of nodes and nodes bought in fractions: what is carried by a kind of
node must fit its CPU, memory and pods in sum. Rows made with dual feasible functions say also that
two pods of more than half a node never share one, three of more than a third, and so on, which a
sum alone does not know. Source of the functions: Fekete, Schepers: New classes of fast lower
bounds for bin packing problems, Mathematical Programming 91 (2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.model import MICRO, Budget
from planner.capacity.packing.solver import load, new_solver, run
from planner.capacity.packing.table import RESOURCES, Table

if TYPE_CHECKING:
    from planner.capacity.packing.table import Floats, Ints

_DIVISORS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The relaxation's answer."""

    cost: float
    """A lower bound, in whole units (not millionths)."""
    values: Floats
    """What one pod of each row adds to the cost (its dual), in whole units."""
    nodes: Floats
    """Nodes of each kind, in fractions."""


def relax(table: Table, demand: Ints, budget: Budget) -> Relaxed:
    """Solve the relaxation for ``demand`` pods of each row."""
    import highspy

    pods, kinds = table.fits.shape
    weights = [_weights(table, kind) for kind in range(kinds)]
    places = np.cumsum([pods, *(len(one) for one in weights)])
    starts: list[int] = [0]
    rows: list[int] = []
    values: list[float] = []
    for kind in range(kinds):
        rows += range(int(places[kind]), int(places[kind + 1]))
        values += [-1.0] * len(weights[kind])
        starts.append(len(rows))
    pairs = 0
    for kind in range(kinds):
        base = int(places[kind])
        for pod in np.flatnonzero(table.fits[:, kind]).tolist():
            pairs += 1
            rows.append(pod)
            values.append(1.0)
            for number, weight in enumerate(weights[kind]):
                if weight[pod] > 0:
                    rows.append(base + number)
                    values.append(float(weight[pod]))
            starts.append(len(rows))
    needed = demand.astype(float)
    spare = int(places[-1]) - pods
    solver = new_solver()
    load(
        solver,
        costs=np.concatenate([table.costs / MICRO, np.zeros(pairs)]),
        upper=np.full(kinds + pairs, highspy.kHighsInf),
        rows=(
            np.concatenate([needed, np.full(spare, -highspy.kHighsInf)]),
            np.concatenate([needed, np.zeros(spare)]),
        ),
        matrix=(np.array(starts, dtype=np.int32), np.array(rows, dtype=np.int32), np.array(values)),
    )
    run(solver, budget)
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return _by_largest_share(table, demand)
    solution = solver.getSolution()
    return Relaxed(
        solver.getInfo().objective_function_value,
        np.maximum(np.array(solution.row_dual)[:pods], 0.0),
        np.maximum(np.array(solution.col_value)[:kinds], 0.0),
    )


def _weights(table: Table, kind: int) -> list[Floats]:
    """Weights of the pods on a kind of node, of which one node carries at most 1 in sum: their share
    of each resource, and that share through dual feasible functions."""
    found: list[Floats] = []
    fitting = table.fits[:, kind]
    for resource in range(RESOURCES):
        room = int(table.rooms[kind, resource])
        if room == 0:
            continue
        need = table.needs[:, resource]
        found.append(np.where(fitting, need / room, 0.0))
        for divisor in _DIVISORS if resource < RESOURCES - 1 else ():
            scaled = need * (divisor + 1)
            # exact multiples keep their share, the others are rounded down to a whole part
            weight = np.where(scaled % room == 0, need / room, (scaled // room) / divisor)
            if (weight[fitting] > need[fitting] / room).any():
                found.append(np.where(fitting, weight, 0.0))
    return found


def _by_largest_share(table: Table, demand: Ints) -> Relaxed:
    """A bound without a solver, for when time ran out: each pod costs at least its largest share of
    the node that carries it best."""
    shares = (table.needs[:, None, :] / np.maximum(table.rooms[None, :, :], 1)).max(axis=2) / RESOURCES
    costs = np.where(table.fits, shares * table.costs[None, :] / MICRO, np.inf)
    values = costs.min(axis=1)
    nodes = np.zeros(len(table.kinds))
    for kind in costs.argmin(axis=1).tolist():
        nodes[kind] += 1
    return Relaxed(float(values @ demand), values, nodes)
