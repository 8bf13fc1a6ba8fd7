"""``pack``: the cheapest set of nodes that the budget finds, and the bound it is measured against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.capacity.packing.bound import relax
from planner.capacity.packing.fill import Fit, fill
from planner.capacity.packing.first_fit import first_fit
from planner.capacity.packing.model import Budget, Node, Packing, PodKind, Problem
from planner.capacity.packing.pool import Found, least_sum, search
from planner.capacity.packing.table import Nodes, Pattern, Table, tabulate
from planner.capacity.packing.zones import least, shares, together

if TYPE_CHECKING:
    from planner.capacity.packing.table import Ints


def pack(problem: Problem, budget: Budget | None = None) -> Packing:
    """Nodes that carry the pods of a problem: never dearer than first-fit-decreasing or the best single
    kind of node. Without a clock in the budget the same problem gives the same nodes.

    Raises PodTooLargeError for a pod that no kind of node carries, and ValueError if no zone is left
    or a node costs nothing.
    """
    budget = budget or Budget()
    if not 0 <= problem.lost < problem.zones:
        raise ValueError(f"{problem.lost} of {problem.zones} zones lost: none is left")
    wrong = [one.name for one in problem.nodes if one.cost < 1]
    if wrong:
        raise ValueError(f"{wrong[0]}: a node costs 1 millionth or more")
    tabulate(problem)  # says which pod fits nowhere
    if not any(pod.replicas for pod in problem.pods):
        return Packing((), 0, 0, 0, 0, complete=True)
    if problem.zones == 1 or not (problem.lost or any(pod.spread or pod.zonal for pod in problem.pods)):
        one = _packed(problem.pods, problem, budget)
        return _packing(problem, [(None, one)], one.found.bound)
    if not problem.lost:
        return _zone_by_zone(problem, budget)
    if any(pod.spread or pod.zonal for pod in problem.pods):
        return _with_loss(problem, budget)
    return _in_fewer_zones(problem, budget)


def _in_fewer_zones(problem: Problem, budget: Budget) -> Packing:
    """Pods that may be anywhere need not be in every zone: the cheapest number of zones to use."""
    pool = _pool_bound(problem, budget)
    counts = range(problem.zones, problem.lost, -1)
    answers = []
    for number, zones in enumerate(counts):
        part = budget.part(1 / (len(counts) - number))
        answers.append(_with_loss(replace(problem, zones=zones), part))
        if answers[-1].interrupted:
            break
    best = min(answers, key=lambda one: one.cost)
    singles = [one.single_kind for one in answers if one.single_kind is not None]
    return replace(
        best,
        lower_bound=-(-pool * problem.zones // (problem.zones - problem.lost)),
        first_fit=min(one.first_fit for one in answers),
        single_kind=min(singles, default=None),
        complete=all(one.complete for one in answers),
        interrupted=any(one.interrupted for one in answers),
    )


def _forced(problem: Problem) -> bool:
    """Whether every pod's zone is given by an even spread; others may gather in some zones."""
    return all(pod.spread or pod.zonal for pod in problem.pods if pod.replicas)


@dataclass(frozen=True, slots=True, eq=False)
class _Packed:
    """One zone's pods with the nodes found for them."""

    pods: tuple[PodKind, ...]
    table: Table
    found: Found

    def nodes(self, zone: int | None) -> list[Node]:
        """As the answer has them."""
        return _named(self.pods, self.table, self.found.nodes, zone)


def _packed(pods: Sequence[PodKind], problem: Problem, budget: Budget) -> _Packed:
    table = tabulate(Problem(tuple(pods), problem.nodes))
    return _Packed(tuple(pods), table, search(table, budget))


def _left(budget: Budget, packed: _Packed) -> Budget:
    """What is left after a search: nothing, if somebody interrupted it."""
    return replace(budget, seconds_left=lambda: 0.0) if packed.found.interrupted else budget


def _zone_by_zone(problem: Problem, budget: Budget) -> Packing:
    """Each zone's share by itself; equal shares once."""
    bound = _pool_bound(problem, budget)
    parts = shares(problem)
    known: dict[tuple[PodKind, ...], _Packed] = {}
    results: list[tuple[int | None, _Packed]] = []
    for zone, part in enumerate(parts):
        if part not in known:
            known[part] = _packed(part, problem, budget.part(1 / (len(parts) - zone)))
            budget = _left(budget, known[part])
        results.append((zone, known[part]))
    if len(known) == 1 and _forced(problem):
        # every zone must carry the same
        bound = max(bound, results[0][1].found.bound * problem.zones)
    return _packing(problem, results, bound)


def _with_loss(problem: Problem, budget: Budget) -> Packing:
    """The same nodes in every zone, such that they carry each share of the zones that are left: the
    nodes of the largest share and what the others need more, or nodes that carry the most of every
    share at the same time, whichever is cheaper."""
    parts, zones = shares(problem), problem.zones
    pool, shared = _pool_bound(problem, budget), _shared_bound(parts, problem, budget)
    most = together(parts)
    alike = all(_replicas(part) == _replicas(most) for part in parts)
    whole = _packed(most, problem, budget if alike else budget.part(0.3))
    nodes, simple, single = whole.nodes(None), whole.found.first_fit, whole.found.single_kind
    budget = _left(budget, whole)
    if alike and _forced(problem):
        shared = max(shared, whole.found.bound)
    if not alike:
        largest = _packed(parts[0], problem, budget.part(0.9))
        first = _stretched(_first_fit(parts[0], problem), parts[1:], problem, lambda rest: _first_fit(rest, problem))
        mine = _stretched(
            largest.nodes(None), parts[1:], problem, lambda rest: _packed(rest, problem, budget.part(0.2)).nodes(None)
        )
        simple = min(simple, _cost(problem, first))
        nodes = min((nodes, first, mine), key=lambda one: _cost(problem, one))
    return Packing(
        nodes=tuple(replace(node, zone=zone) for zone in range(zones) for node in nodes),
        cost=_cost(problem, nodes) * zones,
        # the zones that are left carry everything, whichever they are
        lower_bound=max(shared * zones, -(-pool * zones // (zones - problem.lost))),
        first_fit=simple * zones,
        single_kind=None if single is None else single * zones,
        complete=whole.found.complete,
        interrupted=whole.found.interrupted,
    )


def _first_fit(pods: Sequence[PodKind], problem: Problem) -> list[Node]:
    table = tabulate(Problem(tuple(pods), problem.nodes))
    return _named(pods, table, first_fit(table) or [], None)


def _replicas(pods: Sequence[PodKind]) -> int:
    return sum(pod.replicas for pod in pods)


def _cost(problem: Problem, nodes: Sequence[Node]) -> int:
    costs = {kind.name: kind.cost for kind in problem.nodes}
    return sum(costs[node.kind] * node.count for node in nodes)


def _stretched(
    nodes: list[Node],
    others: Sequence[Sequence[PodKind]],
    problem: Problem,
    carry: Callable[[Sequence[PodKind]], list[Node]],
) -> list[Node]:
    """Nodes of the largest share, with further ones (``carry``) for what of the other shares fits on none."""
    for part in others:
        table = tabulate(Problem(tuple(part), problem.nodes))
        left = _not_carried(table, nodes)
        if left.any():
            nodes = [
                *nodes,
                *carry(
                    [replace(pod, replicas=int(count)) for pod, count in zip(table.pods, left, strict=True) if count]
                ),
            ]
    return nodes


def _not_carried(table: Table, nodes: Sequence[Node]) -> Ints:
    """Pods that do not fit on nodes that are there already, by the best of some greedy ways."""
    names = [kind.name for kind in table.kinds]
    values = (table.needs / np.maximum(table.rooms.max(axis=0), 1)).max(axis=1)
    best = table.demand
    for fit in Fit:
        left = table.demand.copy()
        for node in sorted(nodes, key=lambda one: -names.index(one.kind)):
            count = node.count
            while count and left.any():
                pods = fill(table, names.index(node.kind), left, values, fit).pods
                if not pods.any():
                    break
                times = min(count, int((left[pods > 0] // pods[pods > 0]).min()))
                left -= pods * times
                count -= times
        if values @ left < values @ best:
            best = left
    return best


def _shared_bound(parts: Sequence[Sequence[PodKind]], problem: Problem, budget: Budget) -> int:
    """What every zone must carry in any case: the least of each kind over the shares."""
    counts: dict[str, int] = {}
    for pod in together(parts):
        found = [one.replicas for part in parts for one in part if one.name == pod.name]
        counts[pod.name] = min(found) if len(found) == len(parts) else 0
    pods = [replace(pod, replicas=counts[pod.name]) for pod in together(parts) if pod.spread and counts[pod.name]]
    return _relaxed_bound(pods, problem, budget)


def _pool_bound(problem: Problem, budget: Budget) -> int:
    """A lower bound for the pods wherever they are."""
    return _relaxed_bound(least(problem), problem, budget)


def _relaxed_bound(pods: Sequence[PodKind], problem: Problem, budget: Budget) -> int:
    table = tabulate(Problem(tuple(pods), problem.nodes))
    if not len(table.pods):
        return 0
    return least_sum(table, relax(table, table.demand, budget).cost)


def _packing(problem: Problem, results: Sequence[tuple[int | None, _Packed]], bound: int) -> Packing:
    """The answer of zones that were packed one by one, or of all pods in one place."""
    found = [one.found for _, one in results]
    singles = [one.single_kind for one in found]
    nodes = [node for zone, one in results for node in one.nodes(zone)]
    return Packing(
        nodes=tuple(nodes),
        cost=_cost(problem, nodes),
        lower_bound=bound,
        first_fit=sum(one.first_fit for one in found),
        single_kind=None if None in singles else sum(one for one in singles if one is not None),
        complete=all(one.complete for one in found),
        interrupted=any(one.interrupted for one in found),
    )


def _named(pods: Sequence[PodKind], table: Table, nodes: Nodes, zone: int | None) -> list[Node]:
    """Nodes with the names of what they carry: equal pods, which the search does not tell apart, are
    handed out in the order of their names."""
    waiting: dict[int, list[list[Any]]] = {}
    rows = {(one.cpu_millicores, one.memory_mib, one.nodes): row for row, one in enumerate(table.pods)}
    for pod in sorted(pods, key=lambda one: one.name):
        if pod.replicas:
            row = rows[pod.cpu_millicores, pod.memory_mib, pod.nodes]
            waiting.setdefault(row, []).append([pod.name, pod.replicas])
    found: dict[tuple[str, tuple[tuple[str, int], ...]], int] = {}
    for pattern, count in sorted(nodes, key=lambda one: (one[0].kind, one[0].pods.tobytes()), reverse=True):
        left = count
        while left:
            names, times = _handed_out(pattern, waiting, left)
            key = (table.kinds[pattern.kind].name, names)
            found[key] = found.get(key, 0) + times
            left -= times
    return [Node(kind, names, count, zone) for (kind, names), count in sorted(found.items())]


def _handed_out(
    pattern: Pattern, waiting: dict[int, list[list[Any]]], most: int
) -> tuple[tuple[tuple[str, int], ...], int]:
    """Names for one node, and how many nodes in a row (at most ``most``) get the same ones."""
    names: list[tuple[str, int]] = []
    taken: list[tuple[list[Any], int]] = []
    for row in np.flatnonzero(pattern.pods).tolist():
        wanted = int(pattern.pods[row])
        for entry in waiting.get(row, ()):
            many = min(wanted, entry[1])
            if many:
                names.append((entry[0], many))
                taken.append((entry, many))
                wanted -= many
            if not wanted:
                break
    times = max(min([most, *(entry[1] // many for entry, many in taken)]), 1)
    for entry, many in taken:
        entry[1] -= many * times
    return tuple(sorted(names)), times
