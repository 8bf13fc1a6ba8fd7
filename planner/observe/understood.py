"""Parses answers even where some of them have a form that this eksplan does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planner import __version__
from planner.design import Design
from planner.observe.parse import NotObservedError, parse
from planner.observe.raw import Raw

#: What a parser runs into where a field is missing, of another type, or has a value that is new.
_STRANGE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


def understood(raw: Raw) -> Design:
    """The design of answers. One that is not understood counts as one that was not seen: what needs it is
    Unknown, with the call named. Raises NotObservedError as ``parse`` does, and where that does not help."""
    strange = ""
    for _ in range(len(raw.answers) + 1):
        found = _tried(raw)
        if isinstance(found, Design):
            return found
        strange = f"eksplan {__version__} does not understand the answer ({found})"
        guilty = next((one for call in sorted(raw.answers) if _helps(one := _without(raw, call, strange), found)), None)
        if guilty is None:
            break
        raw = guilty
    raise NotObservedError(f"{raw.subject}: {strange}")


def _tried(raw: Raw) -> Design | str:
    """The design, or what the parser ran into."""
    try:
        return parse(raw)
    except _STRANGE as error:
        return f"{type(error).__name__}: {error}"


def _helps(raw: Raw, before: str) -> bool:
    """Whether the parser comes further than before. Without the VPC it comes to nothing."""
    try:
        return _tried(raw) != before
    except NotObservedError:
        return False


def _without(raw: Raw, call: str, reason: str) -> Raw:
    unseen: Mapping[str, Any] = {key: {"error": reason} for key in raw.answers[call]}
    return replace(raw, answers={**raw.answers, call: dict(unseen)})
