"""Bars as an SVG that needs nothing else: no scripts, no fonts, no addresses."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.report.chart.bars import LEGEND_HEAD, LOOKS, Bar, clean, counted

Renderer = Callable[[str, Mapping[str, Any]], str]
"""Renders a template of ``templates/`` by name."""

#: Widest advance of the monospaced fonts that systems have, in em.
_ADVANCE = 0.62
_FONT = 12
_TITLE_FONT = 16
_ROW = 22
_LINE = 18
_PLOT = 480
_MARGIN = 16
_GAP = 8
_SWATCH = 12
#: Bars beyond which the axis is named below them as well.
_LONG = 24
_MOST_STEPS = 6
#: What XML 1.0 cannot hold, not even escaped. Source: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its place: ``y`` is its middle; ``kind`` is the place of its limiter in Limiter."""

    label: str
    value: str
    word: str
    note: str
    kind: int
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Text that begins (on the axis: is centred) at a place; in the legend with its limiter."""

    text: str
    x: float
    y: float
    kind: int = 0


def svg(bars: Sequence[Bar], title: str, subtitle: str, render: Renderer) -> str:
    """The bars under a title, with an axis and a legend, in the reader's light or dark scheme.

    The column of labels is as wide as the longest; the height grows with the number of bars.
    """
    labels = [safe(bar.label) for bar in bars]
    left = _MARGIN + max(map(wide, labels), default=0) + _GAP
    steps = ticks(max((bar.value for bar in bars), default=0))
    body = max(left + _PLOT, 640)
    titles = list(_lines(safe(title), _MARGIN, body, _TITLE_FONT))
    top = _MARGIN + _TITLE_FONT * len(titles) * 1.25
    subtitles = list(_lines(safe(subtitle), top, body, _FONT))
    top += _LINE * len(subtitles) + _GAP
    legend = list(_legend(bars, top, body))
    top = (legend[-1].y if legend else top) + _LINE * 2.75
    drawn = [
        DrawnBar(
            label,
            f"{bar.value:,}",
            str(bar.limiter),
            safe(f"({bar.note})") if bar.note else "",
            list(LOOKS).index(bar.limiter),
            top + _ROW * number + _ROW / 2,
            round(_PLOT * bar.value / steps[-1], 1),
        )
        for number, (label, bar) in enumerate(zip(labels, bars, strict=True))
    ]
    bottom = top + _ROW * len(bars)
    long = len(bars) > _LONG
    ends = [left + one.width + _GAP + wide(f"{one.value} {one.word} {one.note}") for one in drawn]
    ends += [_MARGIN + wide(one.text, _TITLE_FONT) for one in titles]
    ends += [one.x + wide(one.text) for one in (*subtitles, *legend)]
    ends += [left + _PLOT + wide(f"{steps[-1]:,}") / 2]
    return render(
        "chart.svg.j2",
        {
            "width": round(max(ends) + _MARGIN),
            "height": round(bottom + (_LINE * 1.5 if long else 0) + _MARGIN),
            "title": safe(title),
            "description": _description(bars),
            "titles": titles,
            "subtitles": subtitles,
            "legend": legend,
            "legend_head": LEGEND_HEAD,
            "ticks": [Placed(f"{one:,}", round(left + _PLOT * one / steps[-1], 1), top - _GAP) for one in steps],
            "axis": Placed("pods per node", left, top - _LINE * 1.5),
            "bars": drawn,
            "left": left,
            "top": top,
            "bottom": bottom,
            "long": long,
            "margin": _MARGIN,
            "gap": _GAP,
            "swatch": _SWATCH,
            "looks": list(LOOKS.values()),
        },
    )


def ticks(largest: int) -> tuple[int, ...]:
    """Round values from 0 to at least ``largest``, evenly apart: by 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            count = max(-(-largest // step), 1)
            if count <= _MOST_STEPS:
                return tuple(step * number for number in range(count + 1))
        power *= 10


def safe(text: str) -> str:
    """Text that XML can hold; the template escapes it."""
    return _NOT_XML.sub("\ufffd", clean(text))


def wide(text: str, font: int = _FONT) -> float:
    """Width of monospaced text in pixels; wide characters count twice."""
    from rich.cells import cell_len

    return cell_len(text) * font * _ADVANCE


def _lines(text: str, top: float, right: float, font: int) -> Iterator[Placed]:
    """Text below ``top`` in as many lines as it takes."""
    room = int((right - _MARGIN) / (font * _ADVANCE))
    high = font * 1.25 if font == _TITLE_FONT else _LINE
    for number, line in enumerate(textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)):
        yield Placed(line, _MARGIN, top + high * (number + 1) - font * 0.25)


def _legend(bars: Sequence[Bar], top: float, right: float) -> Iterator[Placed]:
    """Limiters one beside the other; a new row where there is no room."""
    first = _MARGIN + wide(LEGEND_HEAD) + _GAP
    x, y = first, top + _LINE / 2
    for limiter, count in counted(bars).items():
        text = f"{limiter} ({count:,})"
        if x > first and x + _SWATCH + _GAP + wide(text) > right:
            x, y = first, y + _LINE
        yield Placed(text, x + _SWATCH + _GAP, y, list(LOOKS).index(limiter))
        x += _SWATCH + _GAP + wide(text) + 2 * _GAP


def _description(bars: Sequence[Bar]) -> str:
    """The picture in words, for those who do not see it."""
    if not bars:
        return "Nothing to draw."
    values = [bar.value for bar in bars]
    limits = ", ".join(f"{limiter} {count:,}" for limiter, count in counted(bars).items())
    return f"{len(bars):,} horizontal bar{'s' * (len(bars) > 1)}: {min(values):,} to {max(values):,} pods per node. Limited by: {limits}."
