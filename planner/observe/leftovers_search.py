"""How leftovers are looked for: finders, by Pulumi's types, and what they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Found = Iterator[tuple[tuple[str, str], str]]
"""Pulumi's type and name, and the id that the provider imports it by."""


@dataclass(frozen=True, slots=True)
class Search:
    """What one finder is asked for: ``wanted`` are types and names of its own types."""

    session: Any
    region: str
    wanted: frozenset[tuple[str, str]]

    @property
    def names(self) -> frozenset[str]:
        """The names that are wanted."""
        return frozenset(name for _, name in self.wanted)

    def client(self, service: str) -> Any:
        """boto3's client of a service."""
        return self.session.client(service, region_name=self.region)

    def begins(self, name: str) -> bool:
        """Whether something wanted is called after ``name``: a part of it."""
        return any(one.startswith(f"{name}-") for one in self.names)


Finder = Callable[[Search], Found]
FINDERS: list[tuple[tuple[str, ...], Finder]] = []
"""All finders with the types that they find."""


def finds(*kinds: str) -> Callable[[Finder], Finder]:
    """Registers a finder of these types. It may give more than is wanted, never less."""

    def register(finder: Finder) -> Finder:
        FINDERS.append((kinds, finder))
        return finder

    return register


def name_tag(owner: dict[str, Any]) -> str:
    """The Name tag of what EC2 describes."""
    return next((tag["Value"] for tag in owner.get("Tags", []) if tag["Key"] == "Name"), "")


def pages(client: Any, operation: str, key: str, **asked: Any) -> Iterator[Any]:
    """All items of an operation that answers in pages."""
    for page in client.get_paginator(operation).paginate(**asked):
        yield from page[key]
