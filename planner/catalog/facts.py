"""Limits and constants of AWS, EKS and Kubernetes as dated data, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fact:
    """One published number, list or table: its value, unit, source and the day it was read."""

    key: str
    value: Any
    unit: str
    source: str
    retrieved: str
    note: str = ""


class Facts(Mapping[str, Fact]):
    """Read-only table of facts by key, such as ``subnet.reserved``."""

    __slots__ = ("_facts",)

    def __init__(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        self._facts = {
            key: Fact(
                key=key,
                value=_frozen(entry["value"]),
                unit=entry.get("unit", ""),
                source=entry["source"],
                retrieved=entry["retrieved"],
                note=entry.get("note", ""),
            )
            for key, entry in raw.items()
        }

    def __getitem__(self, key: str) -> Fact:
        return self._facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def number(self, key: str) -> int:
        """The whole number under ``key``. Raises KeyError for an unknown key, TypeError if the
        fact is not a whole number."""
        value = self._facts[key].value
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"fact {key} is not a whole number: {value!r}")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """The list of words under ``key``. Raises KeyError for an unknown key."""
        return tuple(str(item) for item in self._facts[key].value)

    def table(self, key: str) -> Mapping[str, Any]:
        """The table under ``key``. Raises KeyError for an unknown key, TypeError if the fact is
        not a table."""
        value = self._facts[key].value
        if not isinstance(value, Mapping):
            raise TypeError(f"fact {key} is not a table: {value!r}")
        return value

    def source(self, key: str) -> str:
        """The URL that states the fact."""
        return self._facts[key].source


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value
