"""Updates as an SVG: for each group its phases as bars over time, and below them the number of nodes."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan.updates.update import Update
from planner.report.clock import clock
from planner.report.pictures.as_svg import Box, Renderer, Text, rendered
from planner.report.update.bars import Row, rows
from planner.report.update.text import head

_MARGIN, _ROW, _LABEL, _WIDE, _HIGH = 16, 24, 160, 640, 60
#: Places in the palette of the template.
_KINDS = {"setup": 4, "scale-up": 5, "round": 1, "scale-down": 3, "failed": 0}
_LEGEND = [(4, "setup"), (5, "scale-up"), (1, "rounds"), (3, "scale-down"), (0, "not drained"), (2, "nodes")]


def picture(updates: Sequence[Update], title: str, render: Renderer) -> str:
    """One block for each group, one below the other; each to its own time."""
    boxes: list[Box] = []
    texts: list[Text] = []
    said: list[str] = []
    y = _MARGIN + 40.0
    for update in updates:
        played = update.trials[0].played
        found = rows(played)
        texts.append(Text(_MARGIN, y, head(update), "strong"))
        said.append(f"{head(update)}: {played.rounds} rounds, {clock(played.expected)}, at most {played.peak} nodes.")
        y += 12
        whole = max(played.expected, 1)
        for row in found:
            texts.append(Text(_MARGIN + _LABEL - 8, y + _ROW / 2 - 1, row.label, "", "end"))
            x, width = _span(row, whole)
            boxes.append(Box(x, y, width, _ROW - 6, _KINDS[row.kind], _pointed(row)))
            texts.append(Text(_MARGIN + _LABEL + _WIDE + 6, y + _ROW / 2 - 1, clock(row.end), "muted"))
            y += _ROW
        y += 4
        for row in found:
            x, width = _span(row, whole)
            high = round(_HIGH * row.nodes / max(played.peak, 1), 2)
            boxes.append(Box(x, y + _HIGH - high, width, high, 2, f"{row.nodes:,} nodes: {row.label}"))
        texts.append(Text(_MARGIN + _LABEL - 8, y + _HIGH - 8, f"at most {played.peak:,} nodes", "", "end"))
        y += _HIGH + 34
    return rendered(render, title, boxes, texts, _LEGEND, y, " ".join(said))


def _span(row: Row, whole: int) -> tuple[float, float]:
    x = round(_MARGIN + _LABEL + _WIDE * row.start / whole, 2)
    return x, round(max(_WIDE * (row.end - row.start) / whole, 0.5), 2)


def _pointed(row: Row) -> str:
    detail = f", {row.detail}" if row.detail else ""
    return f"{row.label}: {clock(row.start)} to {clock(row.end)}, {row.nodes:,} nodes{detail}"
