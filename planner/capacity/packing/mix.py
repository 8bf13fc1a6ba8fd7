"""Packings for many small pods: first which nodes, by sums alone, then which pod goes where.

Where a node holds many pods, hardly more counts than the sums of CPU, memory and pods. A small
integer program buys nodes for the sums and a little more; the pods, largest first, then go to the
node whose room they match best. If some are left over the little is made larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.fill import Fit, cheapest, construct
from planner.capacity.packing.model import MICRO, Budget
from planner.capacity.packing.solver import load, new_solver, run
from planner.capacity.packing.table import RESOURCES, Nodes, Pattern, Table, cost_of

if TYPE_CHECKING:
    from planner.capacity.packing.table import Floats, Ints

#: Shares of the sums that are bought beyond them, one after the other.
_SPARE = (0.0, 0.002, 0.004, 0.007, 0.01, 0.015, 0.02, 0.03, 0.045)
#: Above this many nodes, or pods, columns do better and this takes too long.
_MOST_NODES, _MOST_PODS = 600, 5_000
_SECONDS, _TINY = 0.5, 1e-12
_FAR = 0.06


def by_mix(table: Table, values: Floats, bound: float, budget: Budget) -> list[Nodes]:
    """Packings of this kind; the first one without pods left over ends the list, and so does one that
    is far above ``bound`` (in whole units): then the sums say little."""
    pods = np.repeat(np.arange(len(table.pods)), table.demand)
    if pods.size > _MOST_PODS:
        return []
    found: list[Nodes] = []
    for spare in _SPARE:
        if budget.over():
            break
        counts = _bought(table, spare, budget)
        if counts is None or not 0 < counts.sum() <= _MOST_NODES:
            continue
        kinds = np.repeat(np.arange(len(table.kinds)), counts)
        loads = [_placed(table, pods, kinds, rule) for rule in range(_RULES)]
        placed, left = min(loads, key=lambda one: float(values @ one[1]))
        nodes: Nodes = [
            (cheapest(table, Pattern(int(kind), row)), 1) for kind, row in zip(kinds, placed, strict=True) if row.any()
        ]
        if left.any():
            rest = [kind for kind in range(len(table.kinds)) if (table.fits[:, kind] & (left > 0)).any()]
            nodes += construct(table, left, rest, values, Fit.PRODUCT)
        found.append(nodes)
        if not left.any() or cost_of(table, nodes) > bound * MICRO * (1 + _FAR):
            break
    return found


def _bought(table: Table, spare: float, budget: Budget) -> Ints | None:
    """Nodes of each kind whose sums of resources are enough; None if time ran out."""
    import highspy

    kinds = len(table.kinds)
    needed = (table.demand @ table.needs).astype(float) * (1.0 + spare)
    solver = new_solver(mip_rel_gap=1e-4)
    load(
        solver,
        costs=table.costs / MICRO,
        upper=np.full(kinds, highspy.kHighsInf),
        rows=(needed, np.full(RESOURCES, highspy.kHighsInf)),
        matrix=(
            np.arange(0, RESOURCES * kinds + 1, RESOURCES, dtype=np.int32),
            np.tile(np.arange(RESOURCES, dtype=np.int32), kinds),
            table.rooms.astype(float).ravel(),
        ),
        integers=np.ones(kinds, dtype=np.int64),
    )
    run(solver, budget, _SECONDS)
    amounts = np.array(solver.getSolution().col_value)
    if len(amounts) != kinds:
        return None
    counts: Ints = np.rint(amounts).astype(np.int64)
    return counts


_RULES = 3


def _placed(table: Table, pods: Ints, kinds: Ints, rule: int) -> tuple[Ints, Ints]:
    """(pods on each node, pods of each row left over). Each pod goes to the node where it lies best:
    by the scalar product with the room left, by how even it leaves the room, or where least is left."""
    whole = np.maximum(table.rooms[kinds], 1).astype(float)
    room = table.rooms[kinds].copy()
    placed = np.zeros((len(kinds), len(table.pods)), dtype=np.int64)
    left = np.zeros(len(table.pods), dtype=np.int64)
    order = np.argsort(-(table.needs[pods] / table.rooms.max(axis=0)).max(axis=1), kind="stable")
    for pod in pods[order].tolist():
        need = table.needs[pod]
        able = table.fits[pod, kinds] & (room >= need).all(axis=1)
        if not able.any():
            left[pod] += 1
            continue
        rest, share = room[:, :2] / whole[:, :2], need[:2] / whole[:, :2]
        after = rest - share
        if rule == 0:
            score = (share * rest).sum(axis=1) / np.maximum(share.sum(axis=1), _TINY)
        elif rule == 1:
            score = -np.abs(after[:, 0] - after[:, 1])
        else:
            score = -after.max(axis=1)
        node = int(np.argmax(np.where(able, score, -np.inf)))
        placed[node, pod] += 1
        room[node] -= need
    return placed, left
