"""Plans as plain data and back: camelCase keys, tags as objects, blocks as text.

Writing uses nothing but the dataclasses themselves, so that making a plan stays fast; reading
validates every type through pydantic.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from typing import Any, TypeVar, cast

from planner.decisions import Decision
from planner.design import Unknown

T = TypeVar("T")

#: Fields that hold pairs of key and value, written as objects.
TABLES = frozenset({"tags", "added_tags", "labels", "instance_tags"})


def camel(name: str) -> str:
    """``max_pods`` as ``maxPods``."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def snake(name: str) -> str:
    """``maxPods`` as ``max_pods``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@cache
def _fields(kind: Hashable) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (field.name, camel(field.name), field.name in TABLES) for field in dataclasses.fields(cast("Any", kind))
    )


def plain(value: Any) -> Any:
    """Any value of the house as JSON-ready data."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Unknown):
        return {"unknown": value.call, "reason": value.reason}
    if isinstance(value, IPv4Network | IPv6Network):
        return str(value)
    if isinstance(value, Decision):
        return _decision(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return {
        key: dict(getattr(value, name)) if table else plain(getattr(value, name))
        for name, key, table in _fields(cast("Hashable", type(value)))
    }


def _decision(value: Decision) -> dict[str, Any]:
    """A decision without its empty parts; inputs in their order."""
    parts = {camel(field.name): getattr(value, field.name) for field in dataclasses.fields(Decision)}
    return {key: plain(part) for key, part in parts.items() if part not in ("", ())}


def parse(kind: type[T], data: Any) -> T:
    """Plain data as a value of ``kind``. Raises pydantic's ValidationError for anything else."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_python(_snaked(data))


def _snaked(value: Any) -> Any:
    if isinstance(value, list):
        return [_snaked(item) for item in value]
    if isinstance(value, Mapping):
        if set(value) == {"unknown", "reason"}:
            return Unknown(value["unknown"], value["reason"])
        return {
            snake(key): tuple(item.items()) if snake(key) in TABLES and isinstance(item, Mapping) else _snaked(item)
            for key, item in value.items()
        }
    return value
