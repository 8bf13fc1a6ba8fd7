"""Packing one pool of pods: a bound, greedy packings, column generation, and repair in parts.

Parts of the best packing (some tens of pods with their nodes) are packed anew for as long as that
gains anything (Taillard, Voss: POPMUSIC, in Essays and Surveys in Metaheuristics, 2002).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.bound import relax
from planner.capacity.packing.columns import Columns
from planner.capacity.packing.dive import dive
from planner.capacity.packing.fill import Fit, construct
from planner.capacity.packing.first_fit import first_fit, single_kind
from planner.capacity.packing.mix import by_mix
from planner.capacity.packing.model import MICRO, Budget
from planner.capacity.packing.table import Nodes, Pattern, Table, cost_of

if TYPE_CHECKING:
    from planner.capacity.packing.table import Floats

#: Rows of pods up to which column generation takes them all at once.
_ROWS = 2_000
#: Pods in a part that is packed anew, rounds of columns for it, and orders in which parts are made.
_PART, _PART_ROUNDS, _ORDERS = 50, 10, 3
#: Close enough to the bound to stop.
_CLOSE = 5e-3
#: Shares of the time that is left: column generation, making nodes whole, packing parts anew, and
#: generation once more, now for the bound as well.
_GENERATE, _DIVE, _REPAIR, _AGAIN = 0.4, 0.85, 0.3, 0.6
#: Sums of costs are looked at one by one up to this many.
_SUMS = 4_000_000


@dataclass(slots=True)
class Found:
    """The best packing so far, and what is known of it."""

    nodes: Nodes
    bound: int
    """Lower bound in millionths."""
    first_fit: int
    single_kind: int | None
    complete: bool = False
    interrupted: bool = False

    def take(self, table: Table, nodes: Nodes) -> bool:
        """Keep a packing if it is cheaper."""
        if cost_of(table, nodes) >= cost_of(table, self.nodes):
            return False
        self.nodes = nodes
        return True

    def close(self, table: Table) -> bool:
        """Whether hardly anything can be gained."""
        return cost_of(table, self.nodes) <= self.bound * (1 + _CLOSE)


def search(table: Table, budget: Budget) -> Found:
    """The best packing that the budget allows, never worse than first fit or one kind of node; an
    interruption (Ctrl-C) ends the search and not the program."""
    simple = first_fit(table)
    if simple is None:
        raise ValueError("a pod fits on no node")
    found = Found(simple, 0, cost_of(table, simple), None)
    try:
        single = single_kind(table)
        if single is not None:
            found.single_kind = cost_of(table, single)
            found.take(table, single)
        found.complete = _search(table, found, budget)
    except KeyboardInterrupt:
        found.complete, found.interrupted = False, True
    return found


def _search(table: Table, found: Found, budget: Budget) -> bool:
    """Improve what was found. False if the budget ended first."""
    relaxed = relax(table, table.demand, budget)
    _raise_bound(table, found, relaxed.cost)
    patterns = [pattern for pattern, _ in found.nodes]
    for fit in Fit:
        if budget.over():
            return False
        if found.close(table):
            return True
        nodes = construct(table, table.demand, _bought(table, relaxed.nodes), relaxed.values, fit)
        patterns += [pattern for pattern, _ in nodes]
        found.take(table, nodes)
    for nodes in by_mix(table, relaxed.values, relaxed.cost, budget):
        patterns += [pattern for pattern, _ in nodes]
        found.take(table, nodes)
    if found.close(table):
        return True
    if len(table.pods) > _ROWS:
        return _repair(table, found, budget)
    columns = Columns(table, patterns, relaxed.cost, relaxed.values)
    for patient, share in ((False, _GENERATE), (True, _AGAIN)):
        complete = columns.generate(budget.part(share), budget.rounds, patient=patient)
        _raise_bound(table, found, columns.bound)
        if found.close(table):
            return True
        found.take(table, dive(columns, budget.part(_DIVE)))
        if found.close(table):
            return True
        if complete or budget.over():
            break
        _repair(table, found, budget.part(_REPAIR))
    return _repair(table, found, budget) and complete


def _bought(table: Table, amounts: Floats) -> list[int]:
    """Kinds of nodes that the relaxation buys; all of them where it buys none."""
    return np.flatnonzero(amounts > 1e-6).tolist() or list(range(len(table.kinds)))


def _raise_bound(table: Table, found: Found, bound: float) -> None:
    """Take up a lower bound in whole units."""
    found.bound = max(found.bound, least_sum(table, bound))


def least_sum(table: Table, bound: float) -> int:
    """The least sum of nodes' costs, in millionths, that is not below a bound in whole units: no set
    of nodes costs anything between two such sums."""
    # what the solvers' tolerances may have added is taken off again
    least = int(np.floor(bound * MICRO * (1 - 1e-7)))
    costs = sorted({int(one) for one in table.costs})
    unit = gcd(*costs)
    least = -(-least // unit)
    if 0 < least <= _SUMS:
        # bit n of the number is set if some nodes cost n units together
        reachable, top = 1, (1 << (least + costs[0] // unit + 1)) - 1
        for cost in costs:
            step = cost // unit
            while step <= least + costs[0] // unit:
                reachable |= (reachable << step) & top
                step *= 2
        above = reachable >> least
        least += (above & -above).bit_length() - 1 if above else 0
    return least * unit


def _repair(table: Table, found: Found, budget: Budget) -> bool:
    """Pack parts anew until a sweep through every order gains nothing. False if the budget ended."""
    idle = 0
    for turn in range(budget.repairs):
        singles: list[Pattern | None] = [pattern for pattern, count in found.nodes for _ in range(count)]
        if len(singles) > _MOST_NODES:
            return True  # single nodes are nothing beside so many
        gained = False
        for part in _parts(table, [one for one in singles if one is not None], turn):
            if budget.over():
                break
            better = _anew(table, [one for place in part if (one := singles[place]) is not None], budget)
            if better is None:
                continue
            gained = True
            for place in part:
                singles[place] = better.pop() if better else None
            singles += better
        found.take(table, [(one, 1) for one in singles if one is not None])
        if budget.over():
            return False
        idle = 0 if gained else idle + 1
        if found.close(table) or idle == _ORDERS:
            return True
    return False


_MOST_NODES = 2_000


def _parts(table: Table, nodes: list[Pattern], turn: int) -> list[list[int]]:
    """Places of nodes in parts of some tens of pods, ordered otherwise each turn: by what is left of
    CPU against memory, by the mixture that they carry, by emptiness."""
    totals = np.array([one.pods @ table.needs for one in nodes], dtype=float)
    shares = totals / np.maximum(np.array([table.rooms[one.kind] for one in nodes], dtype=float), 1)
    keys = (
        shares[:, 0] - shares[:, 1],
        totals[:, 0] / np.maximum(totals[:, 1], 1),
        -shares[:, :2].max(axis=1),
    )
    order = np.argsort(keys[turn % _ORDERS], kind="stable")
    pods = sum(int(one.pods.sum()) for one in nodes)
    count = min(max(-(-pods // _PART), 1), len(nodes))
    if turn % 2:
        return [order[number::count].tolist() for number in range(count)]
    return [part.tolist() for part in np.array_split(order, count)]


def _anew(table: Table, nodes: list[Pattern], budget: Budget) -> list[Pattern] | None:
    """A cheaper packing of what these nodes carry, or None."""
    demand = np.sum([one.pods for one in nodes], axis=0)
    rows = np.flatnonzero(demand)
    small = replace(
        table,
        pods=tuple(table.pods[one] for one in rows),
        needs=table.needs[rows],
        demand=demand[rows],
        fits=table.fits[rows],
    )
    before: Nodes = [(Pattern(one.kind, one.pods[rows]), 1) for one in nodes]
    relaxed = relax(small, small.demand, budget)
    found = Found(before, 0, 0, None)
    _raise_bound(small, found, relaxed.cost)
    if found.close(small):
        return None
    columns = Columns(small, [pattern for pattern, _ in before], relaxed.cost, relaxed.values)
    columns.generate(budget, _PART_ROUNDS)
    _raise_bound(small, found, columns.bound)
    if found.close(small) or not found.take(small, dive(columns, budget)):
        return None
    patterns: list[Pattern] = []
    for pattern, count in found.nodes:
        pods = np.zeros(len(table.pods), dtype=np.int64)
        pods[rows] = pattern.pods
        patterns += [Pattern(pattern.kind, pods)] * count
    return patterns
