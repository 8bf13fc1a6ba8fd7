"""A cluster's spec from its layers: defaults below, template over them, its own fields on top."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from planner.diagnostics import Path
from planner.spec.layers import laid_over
from planner.spec.source import Source

#: Fields that say which blocks a cluster has; clusters that differ in nothing else are alike.
PINS: tuple[tuple[str, ...], ...] = (
    ("vpc", "cidr"),
    ("vpc", "secondaryCidrs"),
    ("serviceCidr",),
    ("hybrid", "nodeCidrs"),
    ("hybrid", "podCidrs"),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of a spec and where it stands in the fleet's file."""

    path: Path
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pins:
    """The blocks that a cluster is given by hand."""

    primary: IPv4Network | None = None
    secondary: tuple[IPv4Network, ...] = ()
    service: IPv4Network | None = None
    hybrid_nodes: tuple[IPv4Network, ...] = ()
    hybrid_pods: tuple[IPv4Network, ...] = ()


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """All layers in one, the first on top: maps are merged, everything else is replaced."""
    result: dict[str, Any] = {}
    for layer in reversed(layers):
        result = laid_over(result, layer.data)
    return result


def get(data: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The value at a path of keys, or None."""
    value: Any = data
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def pinned(layers: Sequence[Layer]) -> dict[str, Any]:
    """The pins of a cluster as a part of a spec, from the topmost layer that has each."""
    found: dict[str, Any] = {}
    for path in PINS:
        value = next((one for layer in layers if (one := get(layer.data, path)) is not None), None)
        if value is not None:
            found = laid_over(found, _nested(path, value))
    return found


def _nested(path: Sequence[str], value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return value  # type: ignore[no-any-return]


def without_pins(data: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a spec without its pins, and without a `hybrid` that would be empty then."""
    result = dict(data)
    for path in PINS:
        inner = result.get(path[0])
        if len(path) == 1:
            result.pop(path[0], None)
        elif isinstance(inner, Mapping) and path[1] in inner:
            rest = {key: value for key, value in inner.items() if key != path[1]}
            if rest or path[0] != "hybrid":
                result[path[0]] = rest
            else:
                del result[path[0]]
    return result


def canonical(data: Any) -> str:
    """Text that is the same for the same data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def origin(path: Path, layers: Sequence[Layer], entry: Path, source: Source) -> Path:
    """Where a part of a merged spec comes from: ``path`` begins with ``spec`` as in a cluster's own
    file. What stands in no layer is the entry's own matter; a list comes from one layer as a whole.
    """
    inside = path[1:]
    alive = list(layers)
    for depth in range(1, len(inside) + 1):
        having = [layer for layer in alive if (*layer.path, *inside[:depth]) in source.values]
        if not having:
            return (*(alive[0].path if depth > 1 else (*entry, "spec")), *inside)
        alive = having
        if not isinstance(get(having[0].data, [str(key) for key in inside[:depth]]), Mapping):
            break
    return (*alive[0].path, *inside) if inside else entry
