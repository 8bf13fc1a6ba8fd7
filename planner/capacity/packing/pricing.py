"""The pricing problem of column generation: which pods on one node are worth most at given values.

A knapsack with three resources for each kind of node. Its linear relaxation prices the resources;
measured against those prices every deviation from the relaxation loses something, and what may be
lost is little: the difference between the relaxation and the best node known. The search goes
through the pods, largest loss first, keeps every partial node that has not yet lost too much, and
so finds the best node exactly. Where there are too many partial nodes it keeps the best of them,
and the bound says what the others might still have given. HiGHS's own integer programs took 5 to
200 times as long for these knapsacks.

The bounds of all kinds together make a lower bound of the whole problem (Farley: A note on bounding
a class of linear programming problems, including cutting stock problems, Operations Research 38
(1990)). Lagrangian bounds for knapsacks: Martello, Toth: Knapsack Problems, Wiley 1990.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.model import MICRO, Budget
from planner.capacity.packing.solver import load, new_solver, run
from planner.capacity.packing.table import RESOURCES, Pattern, Table

if TYPE_CHECKING:
    import highspy

    from planner.capacity.packing.table import Floats, Ints

TOLERANCE = 1e-6
_SECONDS = 1.0
_ANSWERS = 4
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """What is known of the nodes of one kind at some values."""

    patterns: list[Pattern]
    """Nodes worth more than they cost, the best first; empty if none was found."""
    most: float
    """No node of this kind is worth more, in whole units."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One step of the search: for each partial node the one that it came from, and how many pods
    of the step's row it took."""

    row: int
    parents: Ints
    takes: Ints


class Knapsack:
    """The pricing problem of one kind of node."""

    def __init__(self, table: Table, kind: int) -> None:
        self._count, self._kind = len(table.pods), kind
        self.cost = float(table.costs[kind]) / MICRO
        self._rows = np.flatnonzero(table.fits[:, kind])
        self._needs = table.needs[self._rows]
        self._room = table.rooms[kind]
        each = np.where(self._needs > 0, self._room // np.maximum(self._needs, 1), np.iinfo(np.int64).max)
        self._each = each.min(axis=1) if self._rows.size else self._rows
        self._most = np.minimum(self._each, table.demand[self._rows])
        self._solver: highspy.Highs | None = None

    def limit(self, left: Ints) -> None:
        """Nodes carry no more pods of a row than are ``left``."""
        self._most = np.minimum(self._each, left[self._rows])
        if self._solver is not None:
            count = len(self._rows)
            numbers = np.arange(count, dtype=np.int32)
            self._solver.changeColsBounds(count, numbers, np.zeros(count), self._most.astype(float))

    def price(self, values: Floats, budget: Budget, width: int) -> Priced:
        """The best nodes at these values of pods, keeping at most ``width`` partial nodes at a time."""
        if not self._rows.size:
            return Priced([], 0.0)
        worth = values[self._rows]
        relaxed, prices = self._relaxed(worth, budget)
        if prices is None:
            return Priced([], float("inf"))
        enough = self.cost * (1 + TOLERANCE)
        if relaxed <= enough:
            return Priced([], relaxed)
        return self._search(worth, prices, width, budget)

    def _relaxed(self, worth: Floats, budget: Budget) -> tuple[float, Floats | None]:
        """Value of the linear relaxation and its prices of the resources (None if time ran out)."""
        import highspy

        count = len(self._rows)
        if self._solver is None:
            self._solver = new_solver()
            load(
                self._solver,
                costs=np.zeros(count),
                upper=self._most.astype(float),
                rows=(np.full(RESOURCES, -highspy.kHighsInf), self._room.astype(float)),
                matrix=(
                    np.arange(0, RESOURCES * count + 1, RESOURCES, dtype=np.int32),
                    np.tile(np.arange(RESOURCES, dtype=np.int32), count),
                    self._needs.astype(float).ravel(),
                ),
                maximize=True,
            )
        self._solver.changeColsCost(count, np.arange(count, dtype=np.int32), worth)
        run(self._solver, budget, _SECONDS)
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return float("inf"), None
        prices = np.abs(np.array(self._solver.getSolution().row_dual))
        return float(self._solver.getInfo().objective_function_value), prices

    def _search(self, worth: Floats, prices: Floats, width: int, budget: Budget) -> Priced:
        enough = self.cost * (1 + TOLERANCE)
        profits = worth - self._needs @ prices
        # everything that is worth its resources is taken: what that gives is a bound, and each step
        # away from it a loss
        whole = float(prices @ self._room + self._most @ np.maximum(profits, 0.0))
        allowed = whole - enough
        rows = np.flatnonzero((self._most > 0) & (worth > 0) & (profits > -allowed))
        dropped = 0.0
        if rows.size > width:
            # a narrow search looks at the most profitable pods only, and then bounds nothing
            rows = rows[np.argsort(-profits[rows], kind="stable")[: max(width // 4, 1)]]
            dropped = whole
        rows = rows[np.argsort(-np.abs(profits[rows]), kind="stable")]
        room = self._room[None, :].copy()
        loss = np.zeros(1)
        levels: list[_Level] = []
        for row in rows.tolist():
            if budget.over():
                return Priced([], whole)
            level, room, loss = self._step(row, float(profits[row]), room, loss, allowed)
            if not loss.size:
                return Priced([], max(enough, dropped))
            if loss.size > width:
                kept = np.sort(np.argpartition(loss, width - 1)[:width])
                gone = np.ones(loss.size, dtype=bool)
                gone[kept] = False
                dropped = max(dropped, whole - float(loss[gone].min()))
                level = _Level(row, level.parents[kept], level.takes[kept])
                room, loss = room[kept], loss[kept]
            levels.append(level)
        value = whole - loss - room @ prices
        best = np.argsort(-value, kind="stable")[:_ANSWERS]
        found = [self._pattern(levels, int(one)) for one in best if value[one] > enough]
        return Priced(found, max(float(value[best[0]]), enough, dropped))

    def _step(self, row: int, profit: float, room: Ints, loss: Floats, allowed: float) -> tuple[_Level, Ints, Floats]:
        """All ways to take pods of one row, of which none has lost too much."""
        need, most = self._needs[row], int(self._most[row])
        full = most * max(profit, 0.0)
        parents: list[Ints] = []
        takes: list[Ints] = []
        for many in range(most + 1):
            able = (loss + (full - many * profit) < allowed - _TINY) & (room >= many * need).all(axis=1)
            found = np.flatnonzero(able)
            if found.size:
                parents.append(found)
                takes.append(np.full(found.size, many, dtype=np.int64))
            elif many and (profit <= 0 or not (room >= many * need).all(axis=1).any()):
                break  # more pods lose more, or have no room either
        if not parents:
            nothing = np.zeros(0, dtype=np.int64)
            return _Level(row, nothing, nothing), room[:0], loss[:0]
        origin, taken = np.concatenate(parents), np.concatenate(takes)
        return (
            _Level(row, origin, taken),
            room[origin] - taken[:, None] * need,
            loss[origin] + (full - taken * profit),
        )

    def _pattern(self, levels: list[_Level], last: int) -> Pattern:
        pods = np.zeros(self._count, dtype=np.int64)
        at = last
        for level in reversed(levels):
            pods[self._rows[level.row]] = level.takes[at]
            at = int(level.parents[at])
        return Pattern(self._kind, pods)
