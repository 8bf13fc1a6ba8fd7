"""Scenarios for the terminal and as plain data."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from planner.plan.scenarios.moves import Move
from planner.plan.scenarios.play import Outcome
from planner.plan.scenarios.world import World
from planner.plan.scenarios.zone_loss import Moment
from planner.report.clock import clock
from planner.report.columns import aligned


def table(outcomes: Sequence[Outcome], required: Sequence[str]) -> str:
    """One line for each scenario: does it fit, how many nodes and pods do, what is left where least is."""
    rows = []
    for one in outcomes:
        verdict = "fits" if one.fits else "BREAKS"
        name = one.name + (" *" if one.name in required else "")
        if not one.applies or one.filled is None:
            rows.append([name, "-", "", "", one.note])
            continue
        filled = one.filled
        rows.append(
            [
                name,
                verdict,
                f"{filled.fit:,} of {filled.wanted:,}",
                f"{filled.pods_fit:,} of {filled.pods_wanted:,}",
                _tightest(one),
            ]
        )
    return aligned(["scenario", "verdict", "nodes", "pods", "least left over"], rows, left=5)


def _tightest(outcome: Outcome) -> str:
    rooms = [room for room in outcome.filled.rooms if room.needed] if outcome.filled else []
    if not rooms:
        return ""
    least = min(rooms, key=lambda room: room.left)
    return f"{least.left:,} in {least.key}"


def details(outcomes: Sequence[Outcome]) -> list[str]:
    """What each scenario was in its worst form, where it breaks first, and what to change."""
    lines: list[str] = []
    for one in outcomes:
        if not one.applies:
            continue
        worst = f" ({one.worst})" if one.worst else ""
        lines.append(f"{one.name}: {one.title}{worst}")
        if one.note:
            lines.append(f"  note: {one.note}")
        first = one.filled.first if one.filled else None
        if first is not None:
            prefixes = f" and {first.prefixes_needed} prefixes" if first.prefixes_needed else ""
            blocks = f" and {first.prefixes_free} whole /28 blocks" if first.prefixes_needed else ""
            lines.append(
                f"  breaks first: node {first.node} of {first.of} of {first.crowd} in {first.zone} needs "
                f"{first.singles_needed} addresses{prefixes}; {', '.join(first.subnets)} has {first.singles_free}{blocks}"
            )
        if one.change:
            lines.append(f"  change: {one.change}")
    return lines


def moments(timeline: Sequence[Moment], remarks: Sequence[str]) -> list[str]:
    """The timeline of a lost zone."""
    lines = [f"  {clock(one.seconds):>8}  {one.what}" for one in timeline]
    return [*lines, *(f"  {remark}" for remark in remarks)]


def moved(found: Sequence[Move]) -> str:
    """One line for each workload: its pods in the zone, when they move, and how many find room."""
    rows = [
        [
            one.workload,
            f"{one.pods:,}",
            "never" if one.first is None or one.last is None else f"{clock(one.first)} to {clock(one.last)}",
            f"{one.fit_running:,}",
            f"{one.fit_most:,}",
            f"{one.stay:,}",
        ]
        for one in found
    ]
    head = ["workload", "pods", "deleted", "fit now", "at maxSize", "stay"]
    return "\n".join(f"  {line}" for line in aligned(head, rows, left=1).splitlines())


def plain(
    world: World,
    outcomes: Sequence[Outcome],
    required: Sequence[str],
    timeline: Sequence[Moment],
    exhausted: str | None,
    moves: Sequence[Move] = (),
) -> dict[str, Any]:
    """Everything as JSON."""
    return {
        "name": world.name,
        "subject": world.subject,
        "zones": list(world.zones),
        "fits": all(one.fits for one in outcomes),
        "requiredFit": all(one.fits for one in outcomes if one.name in required),
        "scenarios": [_outcome(one, required) for one in outcomes],
        "zoneLossTimeline": [asdict(one) for one in timeline],
        "zoneLossMoves": [asdict(one) for one in moves],
        "exhausted": exhausted,
    }


def _outcome(one: Outcome, required: Sequence[str]) -> dict[str, Any]:
    filled = one.filled
    body: dict[str, Any] = {
        "name": one.name,
        "title": one.title,
        "applies": one.applies,
        "required": one.name in required,
        "fits": one.fits,
        "worst": one.worst,
        "change": one.change,
        "note": one.note,
    }
    if one.months is not None:
        body["months"] = one.months
    if filled is None:
        return body
    first = filled.first
    return body | {
        "nodes": {"wanted": filled.wanted, "fit": filled.fit},
        "pods": {"wanted": filled.pods_wanted, "fit": filled.pods_fit},
        "groups": [{"name": name, "fit": fit, "wanted": wanted} for name, fit, wanted in filled.fit_by_crowd],
        "breaksFirst": None
        if first is None
        else {
            "group": first.crowd,
            "zone": first.zone,
            "node": first.node,
            "subnets": list(first.subnets),
            "addressesNeeded": first.singles_needed,
            "addressesFree": first.singles_free,
            "prefixesNeeded": first.prefixes_needed,
            "prefixesFree": first.prefixes_free,
        },
        "subnets": [
            {
                "zone": room.zone,
                "subnets": list(room.subnets),
                "needed": room.needed,
                "usable": room.usable,
                "left": room.left,
                "prefixesNeeded": room.prefixes_needed,
                "prefixesRoom": room.prefixes_room,
            }
            for room in filled.rooms
        ],
    }


def paragraphs(lines: Sequence[str], width: int) -> str:
    """Lines folded to a width, with their own indent and two more."""
    folded: list[str] = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        folded += textwrap.wrap(
            line.lstrip(),
            width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(folded)
