"""From fractions of nodes to whole ones: whole parts are bought, then the column with the largest
fraction, and the program is solved again for what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.columns import Columns
from planner.capacity.packing.fill import Fit, cheapest, construct
from planner.capacity.packing.model import Budget
from planner.capacity.packing.table import Nodes, Pattern, Table, cost_of

if TYPE_CHECKING:
    from planner.capacity.packing.table import Floats, Ints

#: Fractions at or above this are bought together.
_NEARLY = 0.95
_HALF = 0.5
_NOTHING = 1e-9
_SHARE = 0.15
_ENRICHMENTS = 1
#: What is left is also packed greedily once it is this few nodes, and the cheaper way taken.
_FEW = 24
_SMALL = 100


def dive(columns: Columns, budget: Budget) -> Nodes:
    """Whole nodes for all pods from the columns; what time did not allow is packed greedily."""
    table = columns.table
    left = table.demand.copy()
    bought: Nodes = []
    best: Nodes | None = None
    while left.any():
        columns.require(left)
        solved = None if budget.over() else columns.solve(budget)
        for _ in range(_ENRICHMENTS):
            if solved is None or not columns.enrich(solved[1], budget):
                break
            solved = columns.solve(budget)
        if solved is None:
            break
        _, values, amounts = solved
        if amounts.sum() <= _FEW:
            rest = _greedy(table, left, values, tuple(Fit))
            if best is None or cost_of(table, bought) + cost_of(table, rest) < cost_of(table, best):
                best = [*bought, *rest]
        taken = _round(columns, amounts, left)
        if not taken:
            break
        bought += taken
    columns.require(table.demand)
    if left.any():
        bought += _greedy(table, left, columns.centre, (Fit.PRODUCT,))
    return bought if best is None or cost_of(table, bought) < cost_of(table, best) else best


def _round(columns: Columns, amounts: Floats, left: Ints) -> Nodes:
    """What is bought in one step; takes it off ``left``. The largest amounts come first, and no more
    than a share of all nodes at a time, for what they leave changes what is best."""
    order = np.argsort(-amounts, kind="stable")
    order = order[amounts[order] > _NOTHING]
    most = max(int(amounts.sum() * _SHARE), 2)
    taken: Nodes = []
    for place, number in enumerate(order.tolist()):
        count = int(amounts[number] + 1 - _NEARLY)
        if count == 0 and place:
            if len(taken) >= most or amounts[number] < _HALF:
                break
            count = 1
        count = max(count, 1)
        pattern = columns.patterns[number]
        if (pattern.pods > left).any() and place:
            continue
        pods = np.minimum(pattern.pods, left)
        if not pods.any():
            continue
        count = min(count, int((left[pods > 0] // pods[pods > 0]).min()))
        left -= pods * count
        taken.append((cheapest(columns.table, Pattern(pattern.kind, pods)), count))
    return taken


def _greedy(table: Table, left: Ints, values: Floats, fits: Sequence[Fit]) -> Nodes:
    """The best greedy packing of what is left, on the kinds that carry it best in fractions."""
    worth = values @ np.where(table.fits, left[:, None], 0)
    kinds = [kind for kind in range(len(table.kinds)) if worth[kind] > 0]
    if int(left.sum()) > _SMALL:
        shares = (table.needs[:, None, :] / np.maximum(table.rooms[None, :, :], 1)).max(axis=2) * table.costs
        best = np.where(table.fits, shares, np.inf).argmin(axis=1)
        kinds = sorted({int(one) for one in best[left > 0]})
    tries = [construct(table, left, kinds, values, fit) for fit in fits]
    return min(tries, key=lambda one: cost_of(table, one))
