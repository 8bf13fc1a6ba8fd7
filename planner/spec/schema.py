"""The spec's JSON Schema, and looking things up in it by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from planner.diagnostics import Path, dotted

SCHEMA_ID = "urn:eksplan:schema:v1:cluster"

Root = Callable[[], Mapping[str, Any]]
"""Gives the schema of a whole document, to look things up in."""


@cache
def spec_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a cluster spec, with descriptions and defaults."""
    from planner.spec.cluster import ClusterDocument

    schema = ClusterDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def _resolved(node: Mapping[str, Any], root: Root) -> Mapping[str, Any]:
    """The object behind ``$ref``, ``anyOf`` with null, or ``allOf`` of one."""
    while True:
        if "$ref" in node:
            node = {**root()["$defs"][node["$ref"].rpartition("/")[2]], **_without_ref(node)}
            continue
        options = [one for one in node.get("anyOf", ()) if one.get("type") != "null"]
        objects = [one for one in options if "$ref" in one] or (options if len(options) == 1 else [])
        if len(objects) == 1 and "properties" not in node:
            node = {**objects[0], **{key: value for key, value in node.items() if key != "anyOf"}, "_short": options}
            continue
        return node


def _without_ref(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "$ref"}


def node_at(path: Path, root: Root = spec_schema) -> Mapping[str, Any] | None:
    """The schema of the field at ``path`` (list indexes are skipped), or None."""
    node: Mapping[str, Any] = _resolved(root(), root)
    for part in path:
        if isinstance(part, int):
            node = _item(node, root)
            continue
        properties = node.get("properties", {})
        if part not in properties:
            node = _item(node, root)
            properties = node.get("properties", {})
            if part not in properties:
                return None
        node = _resolved(properties[part], root)
    return node


def _item(node: Mapping[str, Any], root: Root) -> Mapping[str, Any]:
    for option in (node, *node.get("anyOf", ())):
        if "items" in option:
            return _resolved(option["items"], root)
    return node


def keys_at(path: Path, root: Root = spec_schema) -> list[str]:
    """The keys that a mapping at ``path`` may have."""
    node = node_at(path, root)
    if node is None:
        return []
    return list(node.get("properties", _item(node, root).get("properties", {})))


def description_at(path: Path, root: Root = spec_schema) -> str:
    """The description of the field at ``path``, or an empty text."""
    node = node_at(path, root)
    return str(node.get("description", "")) if node else ""


@dataclass(frozen=True, slots=True)
class FieldDoc:
    """One field of the spec, for `explain` and the reference page."""

    path: str
    type: str
    default: str
    description: str
    required: bool


def fields(root: Root = spec_schema) -> Iterator[FieldDoc]:
    """Every field of the spec, parents first, in the order of the schema."""
    yield from _fields(_resolved(root(), root), (), root)


def _fields(node: Mapping[str, Any], path: Path, root: Root) -> Iterator[FieldDoc]:
    required = set(node.get("required", ()))
    for name, raw in node.get("properties", {}).items():
        child = _resolved(raw, root)
        place = (*path, name)
        inner = child if "properties" in child else _item(child, root)
        yield FieldDoc(
            path=dotted(place),
            type=type_text(child, root),
            default=_default_text(child),
            description=str(child.get("description", "")),
            required=name in required,
        )
        if "properties" in inner:
            suffix = (*path, f"{name}[]") if inner is not child else place
            yield from _fields(inner, suffix, root)


def type_text(node: Mapping[str, Any], root: Root = spec_schema) -> str:
    """A field's type for people."""
    if "enum" in node:
        return " | ".join(map(str, node["enum"]))
    if "const" in node:
        return str(node["const"])
    options = [one for one in node.get("_short", node.get("anyOf", ())) if one.get("type") != "null"]
    if len(options) > 1:
        return " or ".join(dict.fromkeys(type_text(_resolved(one, root), root) for one in options))
    if node.get("type") == "array":
        return f"list of {type_text(_resolved(node.get('items', {}), root), root)}"
    if "properties" in node:
        return "object"
    return str(node.get("type", "any")) + _bounds_text(node)


def _bounds_text(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is None and high is None:
        return ""
    return f" {low if low is not None else ''}–{high if high is not None else ''}"


def _default_text(node: Mapping[str, Any]) -> str:
    if "default" not in node or node["default"] is None:
        return ""
    default = node["default"]
    if isinstance(default, dict | list) and (not default or isinstance(default, dict)):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return ", ".join(map(str, default)) if isinstance(default, list) else str(default)
