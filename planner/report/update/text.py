"""Updates for the terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.updates.model import Strategy, Timings
from planner.plan.updates.delete import Deletion
from planner.plan.updates.recommend import Option, Recommendation
from planner.plan.updates.update import NO_ADDRESSES, Trial, Update
from planner.report.clock import clock, span
from planner.report.columns import aligned
from planner.report.simulation import paragraphs
from planner.report.update.bars import rows

_FILLS = {"setup": "░", "scale-up": "▓", "round": "█", "scale-down": "▒", "failed": "▓"}


def head(update: Update) -> str:
    """``general: DEFAULT, 1 node at once, 6 nodes in 3 zones``."""
    group = update.subject.group
    setting = update.trials[0].played.how
    numbers = " or ".join(str(one.played.how.at_once) for one in update.trials)
    share = "" if update.percentage is None else f" ({update.percentage} %)"
    if len(update.trials) > 1:
        share = f" ({update.percentage} %; AWS does not say how it rounds)"
    nodes = f"{numbers} node{'s' if numbers != '1' else ''} at once{share}"
    force = ", forced" if setting.force else ""
    lost = f" of {len(group.zones)}, {', '.join(sorted(group.lost))} lost" if group.lost else ""
    zones = f"{len(group.left)} zone{'s' if len(group.left) != 1 else ''}"
    return f"{group.name}: {setting.strategy}{force}, {nodes}, {len(group.nodes)} nodes in {zones}{lost}"


def timeline(trial: Trial, width: int) -> str:
    """The phases as bars that begin where the one before ends."""
    found = rows(trial.played)
    label = max((len(one.label) for one in found), default=0)
    room = max(width - label - 36, 10)
    whole = max(trial.played.expected, 1)
    lines = []
    for one in found:
        begin = min(room * one.start // whole, room - 1)
        length = max(room * one.end // whole - begin, 1) if one.end > one.start else 0
        bar = " " * begin + _FILLS[one.kind] * length
        lines.append(f"  {one.label:<{label}}  {clock(one.start):>8}  {bar:<{room}}  {one.nodes:>5,} nodes".rstrip())
        if one.detail:
            lines += paragraphs([f"      {one.detail}"], width).splitlines()
    return "\n".join(lines)


def summary(update: Update) -> list[str]:
    """Rounds, times and peaks in sentences."""
    trials = update.trials
    played = [one.played for one in trials]
    ends = [one.failure for one in played if one.failure]
    starved = any(found.code == NO_ADDRESSES and found.kind is Kind.INFEASIBLE for found in update.troubles)
    if not update.subject.group.left:
        return ["  cannot begin: its only zones are lost"]
    if starved:
        lines = ["  FAILS with NodeCreationFailure: new nodes find no addresses"]
    elif ends:
        lines = [
            f"  FAILS in round {ends[0].round} with {ends[0].code} after {_times([one.expected for one in played])}"
        ]
    else:
        rounds, expected = _range([one.rounds for one in played]), _times([one.expected for one in played])
        worst, limit = _times([one.worst for one in played]), played[0].how.timings.limit
        lines = [f"  {rounds} rounds; expected {expected}, at worst {worst} (every drain at its limit of {limit} s)"]
    bound = max((one.bound for one in trials), key=lambda one: one.total)
    zones = ", ".join(f"{zone} {count}" for zone, count in sorted(_most(trials).items()))
    lines.append(
        f"  peak {_range([one.peak for one in played])} nodes (announced: at most {bound.total}, {bound.per_zone} in a zone): {zones or 'none'}"
    )
    late = max(one.late for one in played)
    if late:
        lines.append(f"  evicted pods wait up to {late} s for new nodes that still boot")
    forced = tuple(dict.fromkeys(name for one in played for name in one.forced))
    if forced:
        lines.append(
            f"  --force deletes the pods of {', '.join(forced)} after {played[0].how.timings.limit} s, whatever their budgets say"
        )
    if played[0].how.strategy is Strategy.DEFAULT and update.subject.group.nodes:
        lines.append(_after(update))
    return lines


def _after(update: Update) -> str:
    setting = update.trials[0].played.how
    if setting.autoscaler:
        final = max(one.played.final for one in update.trials)
        return f"  the scale-down ends at once while the Cluster Autoscaler scales up: the group keeps {final} nodes and the raised maximum"
    return "  the surplus nodes go by a lower desired size: their pods are evicted for up to 15 minutes without regard to budgets"


def _most(trials: Sequence[Trial]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in trials:
        for zone, count in one.played.peak_by_zone.items():
            found[zone] = max(found.get(zone, 0), count)
    return found


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} or {high:,}"


def _times(seconds: Sequence[int]) -> str:
    low, high = min(seconds), max(seconds)
    return span(low) if low == high else f"{span(low)} to {span(high)}"


def addresses(update: Update) -> str:
    """The subnets that the group's nodes and pods are in, at the peak."""
    trial = max(update.trials, key=lambda one: one.played.peak)
    found = [
        [room.zone, ", ".join(room.subnets), f"{room.needed:,}", f"{room.usable:,}", f"{room.left:,}"]
        for room in trial.filled.rooms
        if room.needed
    ]
    if not found:
        return ""
    return "\n".join(
        f"  {line}" for line in aligned(["zone", "subnets", "at peak", "usable", "left"], found, left=2).splitlines()
    )


def troubles(found: Sequence[Diagnostic]) -> list[str]:
    """What stops the update, then what may; each with both numbers, the fix and the note."""
    lines: list[str] = []
    for one in sorted(found, key=lambda one: one.kind is Kind.NOTICE):
        lines.append(f"  {'note' if one.kind is Kind.NOTICE else 'STOPS'}: {one.summary}")
        lines += [f"    {name}: {value}" for name, value in _parts(one)]
    return lines


def _parts(one: Diagnostic) -> Iterator[tuple[str, str]]:
    for name, value in (("is", one.value), ("limit", one.limit), ("fix", one.fix), ("see", one.note)):
        if value:
            yield name, value


def recommendation(found: Recommendation, width: int) -> str:
    """The settings side by side, and why one of them is recommended."""
    if not found.options:
        return ""
    cells = [_cells(one) for one in found.options]
    table = aligned(["", "at once", "strategy", "rounds", "expected", "worst", "peak"], cells, left=3)
    lines = [f"  {line}" for line in table.splitlines()]
    for number, one in enumerate(found.options):
        if one.verdict != "fits":
            lines[number + 1] += "  *"
    wrong = [f"  * {one.trial.played.how.at_once}: {one.verdict}" for one in found.options if one.verdict != "fits"]
    chosen = found.chosen
    if chosen is not None:
        setting = chosen.trial.played.how
        said = f"  recommended: maxUnavailable {setting.at_once}, strategy {setting.strategy.lower()}: {found.why}"
    else:
        said = f"  recommended: none; {found.why}"
    return "\n".join([*lines, *paragraphs([*wrong, said], width).splitlines()])


def _cells(one: Option) -> list[str]:
    played = one.trial.played
    mark = "→" if one.chosen else "now" if one.current else ""
    if one.chosen and one.current:
        mark = "→ now"
    ended = not one.trial.works
    return [
        mark,
        str(played.how.at_once),
        str(played.how.strategy),
        f"{played.rounds:,}",
        "fails" if ended else span(played.expected),
        "" if ended else span(played.worst),
        f"{played.peak:,}",
    ]


def together(updates: Sequence[Update]) -> str:
    """How long several groups take one after the other; empty where one fails or stands alone."""
    if len(updates) < 2 or not all(one.works for one in updates):
        return ""
    ends = [[trial.played.expected for trial in one.trials] for one in updates]
    return f"all groups one after the other: expected {_times([sum(map(min, ends)), sum(map(max, ends))])}\n"


def assumptions(times: Timings) -> list[str]:
    """Which times are AWS's and which are ours."""
    ours = ", ".join(
        f"{name} {value}" for name, value in dataclasses.asdict(times).items() if name not in ("wait", "limit")
    )
    return [
        f"Times: AWS documents {times.limit} s for a drain and {times.wait} s before a termination. The others are assumptions in seconds ({ours}); change them with --boot-seconds and the like. A termination lifecycle hook of your own lengthens every round.",
        "A new node starts when the one before it is gone; where EC2 is quicker, as many nodes more as are replaced at once hold addresses for some seconds.",
        "NodeCreationFailure also comes from an EC2 instance quota, a zone without capacity for the types, user data that breaks the join, and nodes that never become Ready.",
    ]


def deleted(found: Deletion, width: int) -> str:
    """A group that is deleted, and what becomes of its pods."""
    lines = [
        f"{found.group}: minimum, maximum and desired size go to 0, so all {found.nodes} nodes end; each is drained for a few minutes (AWS names no number) and then ended, whatever is left on it and whatever budgets say"
    ]
    text = paragraphs(lines, width)
    if not found.displaced:
        return f"{text}\n  no declared pod loses its node"
    rows = [
        [one.workload, f"{one.pods:,}", f"{one.fit_running:,}", f"{one.fit_most:,}", f"{one.stay:,}"]
        for one in found.displaced
    ]
    table = aligned(["workload", "pods", "fit elsewhere now", "at maxSize", "stay without"], rows, left=1)
    why = [f"  {one.workload}: {one.why}" for one in found.displaced if one.why]
    return "\n".join([text, *(f"  {line}" for line in table.splitlines()), *paragraphs(why, width).splitlines()])
