"""Small things that every component needs."""

from __future__ import annotations

from typing import TypeVar

from planner.design import Tags, Unknown

T = TypeVar("T")


def known(value: T | Unknown) -> T:
    """A part of a design that must be known to be declared. Raises ValueError if it is not."""
    if isinstance(value, Unknown):
        raise ValueError(f"cannot declare what is {value}")
    return value


def tags(pairs: Tags) -> dict[str, str] | None:
    """Tags as Pulumi takes them."""
    return dict(pairs) or None
