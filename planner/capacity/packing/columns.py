"""Column generation: a linear program over whole nodes, to which ever better nodes are added.

Each column is one node with what it carries; the program buys fractions of columns so that all pods
are carried. Its duals price the pods, the pricing problem finds nodes worth more than they cost,
and when there are none the program's value is a lower bound for every packing. Source: Gilmore,
Gomory: A linear programming approach to the cutting-stock problem, Operations Research 9 (1961).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.model import MICRO, Budget
from planner.capacity.packing.pricing import TOLERANCE, Knapsack
from planner.capacity.packing.solver import load, new_solver, run
from planner.capacity.packing.table import Pattern, Table

if TYPE_CHECKING:
    from planner.capacity.packing.table import Floats, Ints

#: The bound is good enough when this close to the program's value.
_CLOSE = 4e-3
#: Rounds after which as little gain as this ends the generation.
_PATIENCE, _SLOW = 12, 5e-4
#: HiGHS's numbers of its simplex methods.
_DUAL, _PRIMAL = 1, 4
#: Partial nodes that the pricing keeps: few while that finds columns, more when it does not.
_NARROWEST, _NARROW, _WIDER, _WIDE = 200, 500, 8, 32_000


class Columns:
    """The program over the columns found so far."""

    def __init__(self, table: Table, patterns: Iterable[Pattern], bound: float, values: Floats) -> None:
        """``bound`` is a lower bound that is already known, ``values`` the duals that gave it."""
        import highspy

        self.table = table
        self.bound = bound
        """Lower bound in whole units."""
        self.centre = values
        """The values of pods that gave it."""
        self.patterns: list[Pattern] = []
        self._keys: set[tuple[int, bytes]] = set()
        self._knapsacks = [Knapsack(table, kind) for kind in range(len(table.kinds))]
        # columns are added to a feasible program: the primal simplex goes on from where it was
        self._solver = new_solver(simplex_strategy=_PRIMAL, presolve="off")
        self._infinity = highspy.kHighsInf
        rows = table.demand.astype(float)
        nothing = np.array([], dtype=np.int32)
        load(
            self._solver,
            costs=np.array([]),
            upper=np.array([]),
            rows=(rows, np.full(len(rows), self._infinity)),
            matrix=(np.array([0], dtype=np.int32), nothing, np.array([])),
        )
        for pattern in patterns:
            self.add(pattern)

    def add(self, pattern: Pattern) -> bool:
        """Take up a column; False if it is there already."""
        if pattern.key in self._keys or not pattern.pods.any():
            return False
        self._keys.add(pattern.key)
        self.patterns.append(pattern)
        rows = np.flatnonzero(pattern.pods)
        cost = float(self.table.costs[pattern.kind]) / MICRO
        self._solver.addCol(
            cost, 0.0, self._infinity, len(rows), rows.astype(np.int32), pattern.pods[rows].astype(float)
        )
        return True

    def require(self, demand: Ints) -> None:
        """Change how many pods of each row must be carried."""
        self._solver.setOptionValue("simplex_strategy", _DUAL)  # the bounds change, not the columns
        for row, count in enumerate(demand.tolist()):
            self._solver.changeRowBounds(row, float(count), self._infinity)
        for knapsack in self._knapsacks:
            knapsack.limit(demand)

    def solve(self, budget: Budget) -> tuple[float, Floats, Floats] | None:
        """(cost, values of the pods, how many of each column), in whole units and fractions; None if
        time ran out."""
        import highspy

        run(self._solver, budget)
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._solver.getSolution()
        values = np.maximum(np.array(solution.row_dual), 0.0)
        return self._solver.getInfo().objective_function_value, values, np.array(solution.col_value)

    def enrich(self, values: Floats, budget: Budget) -> bool:
        """One round of new columns for what is required now; True if there were any. No bound."""
        added = False
        for knapsack in self._knapsacks:
            if budget.over():
                break
            for found in knapsack.price(values, budget, _NARROWEST).patterns:
                added |= self.add(found)
        return added

    def generate(self, budget: Budget, rounds: int, *, patient: bool = False) -> bool:
        """Add columns until none can help or the budget ends; unless ``patient`` also when they help
        little. True if the bound is as good as it gets."""
        self.require(self.table.demand)
        self._solver.setOptionValue("simplex_strategy", _PRIMAL)
        width, costs = _NARROW, [float("inf")]
        for _ in range(rounds):
            solved = None if budget.over() else self.solve(budget)
            if solved is None:
                return False
            cost, values, _ = solved
            if self.bound >= cost * (1 - _CLOSE):
                return True
            costs.append(cost)
            if not patient and len(costs) > _PATIENCE and cost > costs[-_PATIENCE] * (1 - _SLOW):
                self._price(values, values, budget, _WIDE)  # for the bound
                return False
            # between the best known values and these the values swing less
            added = self._price((self.centre + values) / 2, values, budget, width)
            added = added or self._price(values, values, budget, width)
            if self.bound >= cost * (1 - _CLOSE):
                return True
            if added:
                continue
            if width == _WIDE:
                return not budget.over()
            width = min(width * _WIDER, _WIDE)
        return False

    def _price(self, prices: Floats, values: Floats, budget: Budget, width: int) -> bool:
        """Columns that are worth more than they cost at ``values``, found at ``prices``; raises the
        bound by the way (Farley)."""
        added, worst = False, 1.0
        for knapsack in self._knapsacks:
            if budget.over():
                return added
            priced = knapsack.price(prices, budget, width)
            worst = max(worst, priced.most / knapsack.cost)
            for found in priced.patterns:
                if float(values @ found.pods) > knapsack.cost * (1 + TOLERANCE):
                    added |= self.add(found)
        bound = float(prices @ self.table.demand) / worst
        if bound > self.bound:
            self.bound, self.centre = bound, prices
        return added
