"""What AWS did not let us see, or what is only known once AWS has made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that could not be read: the call that would have shown it, and why it did not.

    A rule that needs an unknown value answers *not evaluated*, never *pass*.
    """

    call: str
    reason: str

    def __str__(self) -> str:
        return f"unknown ({self.call}: {self.reason})"


def known(value: T | Unknown) -> TypeGuard[T]:
    """Whether the value was read."""
    return not isinstance(value, Unknown)
