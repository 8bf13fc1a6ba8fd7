"""Ranges as options take them: ``4``, ``4-8``, ``4-`` and ``-8``, both ends included."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import click

from planner.capacity.instances import Span

if TYPE_CHECKING:
    SpanParameter = click.ParamType[Span]
    GenerationParameter = click.ParamType[Span | Literal["current"]]
else:  # click before 8.4 has no generic types
    SpanParameter = GenerationParameter = click.ParamType

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")
#: A CPU of more cores than this is taken for millicores that lack their m.
_MOST_CORES = 1_000


def whole(text: str) -> float:
    """A whole number. Raises ValueError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def decimal(text: str) -> float:
    """A number such as 0.25. Raises ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number")
    return float(text)


def gib(text: str) -> float:
    """GiB, two decimals; with a suffix any Kubernetes quantity of memory. Raises ValueError."""
    return round(decimal(text) if _NUMBER.fullmatch(text) else _bytes(text) / 1024**3, 2)


def mib(text: str) -> float:
    """MiB from a Kubernetes quantity of memory such as 6Gi. Raises ValueError."""
    found = _bytes(text)
    if found < 1024**2:
        raise ValueError(f"{text!r} would be {found} bytes")
    return found / 1024**2


def millicores(text: str) -> float:
    """Millicores from a Kubernetes quantity of CPU: 1900m, or cores such as 2. Raises ValueError."""
    from planner.spec.quantity import cpu_millicores

    try:
        found = cpu_millicores(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None
    if found > _MOST_CORES * 1000:
        raise ValueError(f"{text!r} would be {found // 1000:,} cores")
    return found


def _bytes(text: str) -> int:
    from planner.spec.quantity import memory_bytes

    try:
        return memory_bytes(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


class RangeType(SpanParameter):
    """A range of numbers. ``read`` gives an end from its text, ``example`` is a good range, ``also``
    says what else may be written."""

    name = "range"

    def __init__(self, read: Callable[[str], float], example: str, also: str = "") -> None:
        self.read = read
        self.example = example
        self.also = also

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Span:
        """The range behind a text, or a number of a settings file."""
        if isinstance(value, Span):
            return value
        text = str(value).strip()
        low, dash, high = text.partition("-")
        try:
            span = Span(self._end(low), self._end(high) if dash else self._end(low))
        except ValueError as error:
            self.fail(f"{error}; {self._hint()}", param, ctx)
        if span == Span():
            self.fail(f"{text!r} has no end; {self._hint()}", param, ctx)
        if span.low is not None and span.high is not None and span.low > span.high:
            self.fail(f"{text!r} is empty: {low} is more than {high}; {self._hint()}", param, ctx)
        return span

    def _end(self, text: str) -> float | None:
        return self.read(text.strip()) if text.strip() else None

    def _hint(self) -> str:
        low, _, high = self.example.partition("-")
        return f"write {low}, {self.example}, {low}- or -{high}{self.also}"


class GenerationType(GenerationParameter):
    """A range of generations, or the word ``current``."""

    name = "generation"
    _range = RangeType(whole, "6-8", also=", or current")

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Span | Literal["current"]:
        """The word itself, else a range."""
        return "current" if value == "current" else self._range.convert(value, param, ctx)
