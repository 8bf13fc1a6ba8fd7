"""The phases of an update as rows of a timeline: alike rounds in one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.nodegroups.updates.model import Phase, Played

#: Rounds that are shown one by one before alike ones are drawn together.
SINGLE = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what happens from ``start`` to ``end`` (seconds), and the most nodes there are meanwhile."""

    label: str
    kind: str
    """setup, scale-up, round, scale-down or failed."""
    start: int
    end: int
    nodes: int
    detail: str


def rows(played: Played) -> tuple[Row, ...]:
    """The rows of an update, in the order of time."""
    found: list[Row] = []
    together = played.rounds > SINGLE
    run: list[Phase] = []
    for phase in played.phases:
        if together and phase.kind == "round" and run and _alike(run[-1], phase):
            run.append(phase)
            continue
        found += _row(run)
        run = [phase]
    return (*found, *_row(run))


def _alike(one: Phase, other: Phase) -> bool:
    return one.kind == "round" and (one.replaced, one.drain, one.slowest, one.failed) == (
        other.replaced,
        other.drain,
        other.slowest,
        other.failed,
    )


def _row(run: Sequence[Phase]) -> list[Row]:
    if not run:
        return []
    first, last = run[0], run[-1]
    label = first.kind
    if first.kind == "round":
        label = f"round {first.number}" if len(run) == 1 else f"rounds {first.number}–{last.number}"
    kind = "failed" if first.failed else first.kind
    return [Row(label, kind, first.start, last.end, max(one.most for one in run), _detail(first))]


def _detail(phase: Phase) -> str:
    if phase.failed:
        return f"not drained: {phase.slowest}"
    if phase.kind == "round":
        waits = f" ({phase.slowest})" if phase.slowest else ""
        return f"{phase.replaced} replaced, drain {phase.drain} s{waits}"
    if phase.kind == "scale-down" and phase.nodes < phase.most:
        return f"one by one to {phase.nodes}"
    if phase.kind == "scale-down":
        return "ended at once: the autoscaler scales up"
    return ""
