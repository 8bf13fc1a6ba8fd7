"""When subnets run out of addresses, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.design import Unknown
from planner.diagnostics import printable
from planner.report.text import table_of
from planner.review.blocks import Blocks
from planner.review.forecast import Forecast, Trend

if TYPE_CHECKING:
    from rich.console import RenderableType

Found = Mapping[str, Blocks | Unknown]
"""Blocks of subnets by their names."""


def tables(name: str, found: Forecast, blocks: Found) -> list[RenderableType]:
    """A table of subnets and one of zones, those that run out first first."""
    subnets = table_of(
        f"Subnets of {printable(name)}",
        ("subnet", "left"),
        ("zone", "left"),
        ("use", "left"),
        ("free", "right"),
        ("per day", "right"),
        ("looks", "right"),
        ("runs out", "left"),
        ("whole /28s", "right"),
    )
    for one in found.subnets:
        subnets.add_row(printable(one.name), *_cells(one), _whole(blocks.get(one.name)))
    zones = table_of(
        "Zones, all subnets of one use together",
        ("zone", "left"),
        ("use", "left"),
        ("free", "right"),
        ("per day", "right"),
        ("looks", "right"),
        ("runs out", "left"),
    )
    for one in found.zones:
        zones.add_row(*_cells(one))
    return [subnets, "", zones]


def _cells(one: Trend) -> tuple[str, ...]:
    rate = f"{one.per_day:+,.1f}" if one.points > 1 else "?"
    ends = one.exhausted.isoformat() if one.exhausted else "one look only" if one.points < 2 else "not in sight"
    return (one.zone, one.use, f"{one.free:,}", rate, str(one.points), ends)


def _whole(found: Blocks | Unknown | None) -> str:
    if found is None or isinstance(found, Unknown):
        return "?"
    return f"{found.whole:,}" + (f" ({found.fragmented} % broken)" if found.fragmented else "")


def plain(name: str, found: Forecast, blocks: Found) -> dict[str, object]:
    """The same as JSON: dates in ISO 8601, addresses a day."""
    return {
        "subject": name,
        "subnets": [{**_plain(one), **_plain_blocks(blocks.get(one.name))} for one in found.subnets],
        "zones": [_plain(one) for one in found.zones],
    }


def _plain(one: Trend) -> dict[str, object]:
    return {
        "name": one.name,
        "zone": one.zone,
        "use": one.use,
        "free": one.free,
        "perDay": round(one.per_day, 3) if one.points > 1 else None,
        "looks": one.points,
        "since": one.since.isoformat(),
        "exhausted": one.exhausted.isoformat() if one.exhausted else None,
    }


def _plain_blocks(found: Blocks | Unknown | None) -> dict[str, object]:
    if found is None:
        return {"blocks": None}
    if isinstance(found, Unknown):
        return {"blocks": None, "blocksNotEvaluated": str(found)}
    return {"blocks": {"whole": found.whole, "loose": found.loose, "fragmentedPercent": found.fragmented}}
