"""What is drawn, and how each limiter looks.

Colour never tells anything alone: every bar has its limiter as a word, and a terminal without
colour has a fill for each. The colours of the SVG keep 3:1 to their background and stay apart for
every kind of colour blindness (simulated after Machado, Oliveira and Fernandes, 2009,
https://doi.org/10.1109/TVCG.2009.113).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.capacity.max_pods import Limiter
from planner.diagnostics import printable


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: pods per node of what ``label`` names, and what keeps them from being more."""

    label: str
    value: int
    limiter: Limiter
    note: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a limiter is drawn: fill without colour, colour of a terminal, colours of the SVG on a
    light and on a dark background."""

    fill: str
    terminal: str
    light: str
    dark: str


#: In the order of Limiter; one more than there are.
_LOOKS = (
    Look("█", "bright_blue", "#0072b2", "#5bb0f0"),
    Look("░", "yellow", "#d97706", "#f0b429"),
    Look("▒", "magenta", "#931eec", "#b118fa"),
    Look("▚", "red", "#79491c", "#c0301d"),
    Look("▓", "green", "#210504", "#c6dcbc"),
    Look("▞", "cyan", "#030b7b", "#5e7180"),
)
LOOKS: Mapping[Limiter, Look] = dict(zip(Limiter, _LOOKS, strict=False))
"""How each limiter is drawn."""
LEGEND_HEAD = "limited by:"


def counted(bars: Iterable[Bar]) -> dict[Limiter, int]:
    """How many bars each limiter has, in the order of Limiter and without those that have none."""
    found = [bar.limiter for bar in bars]
    return {one: found.count(one) for one in Limiter if one in found}


def clean(text: str) -> str:
    """Text on one line, without what steers terminals."""
    return printable(" ".join(text.split()))
