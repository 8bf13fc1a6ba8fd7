"""Readiness for an upgrade as text: the verdict, what stands against it by aspect, what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from planner.review.readiness import ASPECTS, Readiness

_STYLES = {"ready": "green", "not ready": "red", "not proven ready": "yellow"}


def readiness_lines(ready: Readiness) -> list[RenderableType]:
    """The heading, a line for each aspect, and an empty line."""
    lines = [Text(ready.heading, style=f"bold {_STYLES[ready.state]}")]
    lines += [Text(f"  {line}") for line in _aspects(ready)]
    return [*lines, ""]


def _aspects(ready: Readiness) -> Iterator[str]:
    for name, codes in ASPECTS:
        against = [one for one in ready.against if one.rule in codes]
        unseen = sorted({one.rule for one in ready.unseen if one.rule in codes})
        parts = [f"{one.rule} {one.resource}: {one.summary}" for one in against]
        if unseen:
            parts.append(f"not evaluated: {', '.join(unseen)}")
        if not parts:
            yield f"{name}: nothing against it"
        for part in parts:
            yield f"{name}: {part}"
