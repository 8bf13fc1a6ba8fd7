"""Bars for terminals, drawn with block characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.report.chart.bars import LEGEND_HEAD, LOOKS, Bar, clean, counted

if TYPE_CHECKING:
    from rich.style import Style

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEAST_BAR = 10
_LEAST_LABEL = 8
_Part = tuple[str, str]  # text, style


def terminal(bars: Sequence[Bar], *, width: int, colored: bool) -> str:
    """Horizontal bars with their values, never wider than ``width`` cells, and a legend.

    Where there is little room the notes go first, then the limiters' words, then the ends of the
    labels.
    """
    if not bars:
        return "nothing to draw"
    from rich.cells import cell_len

    labels = [clean(bar.label) for bar in bars]
    longest = max(map(cell_len, labels))
    tails = _tails(bars, width - min(longest, width // 3))
    tail_room = max(cell_len("".join(text for text, _ in tail)) for tail in tails)
    label_room = min(longest, max(width - 1 - tail_room - _LEAST_BAR, min(_LEAST_LABEL, width // 3)))
    room = max(width - label_room - 1 - tail_room, 1)
    largest = max(*(bar.value for bar in bars), 1)
    lines = [
        _line(
            [
                (_fitted(label, label_room) + " ", ""),
                (_drawn(bar, room, largest, colored=colored), LOOKS[bar.limiter].terminal),
                *tail,
            ],
            width,
            colored=colored,
        )
        for bar, label, tail in zip(bars, labels, tails, strict=True)
    ]
    return "\n".join([*lines, "", *_legend(bars, width, colored=colored)])


def _tails(bars: Sequence[Bar], room: int) -> list[list[_Part]]:
    """What stands behind each bar: the value, and as much more as leaves room for bars."""
    from rich.cells import cell_len

    values: list[list[_Part]] = [[(f" {bar.value:,}", "bold")] for bar in bars]
    words = [[*tail, (f" {bar.limiter}", "")] for bar, tail in zip(bars, values, strict=True)]
    notes = [
        [*tail, (f" ({clean(bar.note)})" if bar.note else "", "dim")] for bar, tail in zip(bars, words, strict=True)
    ]
    for tails in (notes, words):
        if room - 1 - max(cell_len("".join(text for text, _ in tail)) for tail in tails) >= _LEAST_BAR:
            return tails
    return values


def _fitted(label: str, room: int) -> str:
    from rich.cells import cell_len, set_cell_size

    if cell_len(label) > room:
        return set_cell_size(label, max(room - 1, 0)) + "…" * (room > 0)
    return set_cell_size(label, room)


def _drawn(bar: Bar, room: int, largest: int, *, colored: bool) -> str:
    """The bar itself; what is not zero is never invisible."""
    if bar.value <= 0:
        return ""
    if not colored:
        return LOOKS[bar.limiter].fill * max(round(room * bar.value / largest), 1)
    whole, eighths = divmod(max(round(room * 8 * bar.value / largest), 1), 8)
    return _EIGHTHS[8] * whole + (_EIGHTHS[eighths] if eighths else "")


def _legend(bars: Sequence[Bar], width: int, *, colored: bool) -> list[str]:
    """What the fills mean, in as many lines as it takes."""
    from rich.cells import cell_len

    lines: list[list[_Part]] = [[(LEGEND_HEAD, "")]]
    used = len(LEGEND_HEAD)
    for one, count in counted(bars).items():
        look = LOOKS[one]
        fill = (_EIGHTHS[8] if colored else look.fill) * 2
        text = f" {one} ({count:,})"
        needed = 4 + cell_len(text)
        if used + needed > width:
            lines.append([(" ", "")])
            used = 1
        lines[-1] += [("  ", ""), (fill, look.terminal), (text, "")]
        used += needed
    return [_line(line, width, colored=colored) for line in lines]


def _line(parts: Sequence[_Part], width: int, *, colored: bool) -> str:
    """Parts of a line one after another, cut where the line is full."""
    from rich.cells import cell_len, set_cell_size

    written = ""
    left = width
    for text, style in parts:
        shown = text if cell_len(text) <= left else set_cell_size(text, left)
        left -= cell_len(shown)
        written += _style(style).render(shown) if colored and style else shown
    return written if colored else written.rstrip()


def _style(name: str) -> Style:
    from rich.style import Style

    return Style.parse(name)
