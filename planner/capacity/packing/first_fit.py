"""Packings to compare with, and to begin from: first-fit-decreasing as Karpenter does it, and the
best single kind of node.

Karpenter sorts pods by CPU, then memory, puts each on the first node that still has a kind able to
carry everything on it, opens a new node otherwise, and buys for each node the cheapest kind that is
left. Source: https://github.com/kubernetes-sigs/karpenter/blob/main/pkg/controllers/provisioning/scheduling/queue.go
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.table import RESOURCES, Nodes, Pattern, Table, cost_of

if TYPE_CHECKING:
    from planner.capacity.packing.table import Flags, Ints


def first_fit(table: Table, kinds: Flags | None = None) -> Nodes | None:
    """First-fit-decreasing over ``kinds`` (all when None); None if they cannot carry every pod.

    Nodes that carry the same pods are one line with a count, so that a hundred thousand replicas cost
    as much as a few.
    """
    usable = np.flatnonzero(np.ones(len(table.kinds), dtype=bool) if kinds is None else kinds)
    fits, rooms = table.fits[:, usable], table.rooms[usable]
    if not fits.any(axis=1).all():
        return None
    lines = _Lines.none(len(table.pods), len(usable))
    for row in np.lexsort((-table.needs[:, 1], -table.needs[:, 0])).tolist():
        lines = lines.with_pods(row, table.needs[row], int(table.demand[row]), fits[row], rooms)
    return [
        (Pattern(int(usable[np.flatnonzero(able)[0]]), pods), int(count))
        for pods, able, count in zip(lines.pods, lines.able, lines.counts, strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Nodes in the order in which they were opened, alike ones in one line."""

    pods: Ints
    totals: Ints
    able: Flags
    """Kinds that can carry what is on the node."""
    counts: Ints

    @classmethod
    def none(cls, rows: int, kinds: int) -> _Lines:
        """No nodes."""
        return cls(
            np.zeros((0, rows), dtype=np.int64),
            np.zeros((0, RESOURCES), dtype=np.int64),
            np.zeros((0, kinds), dtype=bool),
            np.zeros(0, dtype=np.int64),
        )

    def with_pods(self, row: int, need: Ints, left: int, fits: Flags, rooms: Ints) -> _Lines:
        """With ``left`` pods of a row more, on the nodes that are open first."""
        each = _room_for(need, self.totals, self.able & fits, rooms)
        splits: list[tuple[int, int, int]] = []  # (line, pods more, nodes)
        for line in np.flatnonzero(each).tolist():
            if not left:
                break
            many, count = int(each[line]), int(self.counts[line])
            full = min(left // many, count)
            rest = left - full * many if full < count else 0
            left -= full * many + rest
            splits += [(line, many, full), (line, rest, int(rest > 0)), (line, 0, count - full - int(rest > 0))]
        touched = {line for line, _, _ in splits}
        kept = [(line, 0, int(self.counts[line])) for line in range(len(self.counts)) if line not in touched]
        after = sorted(one for one in (*splits, *kept) if one[2])
        source = np.array([line for line, _, _ in after], dtype=np.int64)
        more = np.array([many for _, many, _ in after], dtype=np.int64)
        pods, totals, able = self.pods[source], self.totals[source], self.able[source]
        counts = np.array([count for _, _, count in after], dtype=np.int64)
        if left:
            nothing = np.zeros((1, RESOURCES), dtype=np.int64)
            many = int(_room_for(need, nothing, fits[None, :], rooms)[0])
            new = [(one, count) for one, count in ((many, left // many), (left % many, 1)) if one and count]
            pods = np.vstack([pods, np.zeros((len(new), pods.shape[1]), dtype=np.int64)])
            totals = np.vstack([totals, np.repeat(nothing, len(new), axis=0)])
            able = np.vstack([able, np.ones((len(new), able.shape[1]), dtype=bool)])
            more = np.concatenate([more, [one for one, _ in new]])
            counts = np.concatenate([counts, [count for _, count in new]])
        changed = more > 0
        pods[:, row] += more
        totals = totals + more[:, None] * need
        able[changed] &= fits & (totals[changed, None, :] <= rooms[None, :, :]).all(axis=2)
        return _Lines(pods, totals, able, counts)


def _room_for(need: Ints, totals: Ints, able: Flags, rooms: Ints) -> Ints:
    """How many pods each node can still take, over the kinds that it may become."""
    asked = need > 0
    left = (rooms[None, :, asked] - totals[:, None, asked]) // need[asked]
    most: Ints = np.where(able, np.maximum(left.min(axis=2), 0), 0).max(axis=1, initial=0)
    return most


def single_kind(table: Table) -> Nodes | None:
    """The cheapest packing on nodes of one kind only; None if no kind carries every pod."""
    best: Nodes | None = None
    for kind in np.flatnonzero(table.fits.all(axis=0)).tolist():
        only = np.zeros(len(table.kinds), dtype=bool)
        only[kind] = True
        nodes = first_fit(table, only)
        if nodes is not None and (best is None or cost_of(table, nodes) < cost_of(table, best)):
            best = nodes
    return best
