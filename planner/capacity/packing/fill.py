"""Filling nodes greedily, and whole packings made of such nodes.

A node takes, one after the other, the pod that lies best in what is left of it. What is best is
measured in three ways, of which no one is always right: the scalar product of need and room, the
distance between them (Panigrahy, Talwar, Uyeda, Wieder: Heuristics for Vector Bin Packing,
Microsoft Research 2011), and how close the pod's mixture of CPU and memory comes to that of the
room. Values of pods come from the duals of the linear programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

import numpy as np

from planner.capacity.packing.table import Nodes, Pattern, Table

if TYPE_CHECKING:
    from planner.capacity.packing.table import Floats, Ints


class Fit(Enum):
    """How to tell which pod lies best."""

    PRODUCT = auto()
    DISTANCE = auto()
    MIXTURE = auto()
    WORTH = auto()  # the product, weighed by the pod's value for its size


def fill(table: Table, kind: int, left: Ints, values: Floats, fit: Fit) -> Pattern:
    """One node of a kind, filled from the pods that are ``left`` of each row."""
    whole = np.maximum(table.rooms[kind], 1).astype(float)
    rows = np.flatnonzero(table.fits[:, kind] & (left > 0))
    needs, many, worth = table.needs[rows], left[rows].copy(), values[rows]
    shares = needs / whole
    size = np.maximum(shares.max(axis=1), 1e-12)
    angles = np.arctan2(shares[:, 0], shares[:, 1])
    room = table.rooms[kind].copy()
    takes = np.zeros(len(rows), dtype=np.int64)
    while rows.size:
        fitting = (many > 0) & (needs <= room).all(axis=1)
        if not fitting.any():
            break
        rest = room / whole
        if fit is Fit.PRODUCT:
            score = shares[:, :2] @ rest[:2]
        elif fit is Fit.DISTANCE:
            score = -((rest[:2] - shares[:, :2]) ** 2).sum(axis=1)
        elif fit is Fit.MIXTURE:
            score = worth * (1 - np.abs(angles - np.arctan2(rest[0], rest[1])))
        else:
            score = (shares[:, :2] @ rest[:2]) * worth / size
        best = int(np.argmax(np.where(fitting, score, -np.inf)))
        takes[best] += 1
        many[best] -= 1
        room -= needs[best]
    pods = np.zeros(len(table.pods), dtype=np.int64)
    pods[rows] = takes
    return Pattern(kind, pods)


def cheapest(table: Table, pattern: Pattern) -> Pattern:
    """The same pods on the cheapest kind that carries them."""
    total = pattern.pods @ table.needs
    able = (total <= table.rooms).all(axis=1) & table.fits[pattern.pods > 0].all(axis=0)
    return Pattern(int(np.flatnonzero(able)[0]), pattern.pods)  # kinds are sorted by cost


def construct(table: Table, demand: Ints, kinds: Sequence[int], values: Floats, fit: Fit) -> Nodes:
    """Nodes for all pods of ``demand``: again and again the node that carries most value for its
    cost, as often as there are pods for it.

    ``kinds`` are tried first; pods that none of them carries get the cheapest kind that does.
    """
    left, nodes = demand.copy(), []
    while left.any():
        able = [kind for kind in kinds if (table.fits[:, kind] & (left > 0)).any()]
        if not able:
            row = int(np.flatnonzero(left)[0])
            able = [int(np.flatnonzero(table.fits[row])[0])]
        filled = [cheapest(table, fill(table, kind, left, values, fit)) for kind in able]
        best = max(filled, key=lambda one: (float(values @ one.pods) / float(table.costs[one.kind]), -one.kind))
        taken = best.pods > 0
        times = int((left[taken] // best.pods[taken]).min())
        left -= best.pods * times
        nodes.append((best, times))
    return nodes
