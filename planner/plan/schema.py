"""JSON Schemas of what is written."""

from __future__ import annotations

from typing import Any

from planner.plan.file import API_VERSION, KIND
from planner.plan.model import SCHEMA_VERSION, Plan
from planner.plan.plain import TABLES, camel

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT_TABLE = {"type": "object", "additionalProperties": {"type": "string"}}


def plan_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a plan file."""
    from planner.spec.schema import SCHEMA_ID

    schema = schema_of(Plan)
    properties = {
        "apiVersion": {"const": API_VERSION},
        "kind": {"const": KIND},
        "schema": {"const": SCHEMA_VERSION},
        **schema["properties"],
        "spec": {"$ref": SCHEMA_ID},
    }
    return {
        "$schema": _DRAFT,
        "$id": "urn:eksplan:schema:v1:plan",
        **schema,
        "title": "Plan",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def schema_of(kind: type) -> dict[str, Any]:
    """JSON Schema of a type of the house, as ``plain`` writes it."""
    from pydantic import TypeAdapter

    schema: dict[str, Any] = _camelled(TypeAdapter(kind).json_schema(mode="serialization"))
    definitions = schema.get("$defs", {})
    if "Unknown" in definitions:
        definitions["Unknown"] = {
            "type": "object",
            "description": "What AWS did not let us see: the call, and why.",
            "properties": {"unknown": {"type": "string"}, "reason": {"type": "string"}},
            "required": ["unknown", "reason"],
            "additionalProperties": False,
        }
    if "Decision" in definitions:
        definitions["Decision"]["required"] = ["id", "title", "value"]
    return schema


def _camelled(node: Any) -> Any:
    if isinstance(node, list):
        return [_camelled(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _camelled(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict):
        result["properties"] = {
            camel(name): _TEXT_TABLE if name in TABLES else _camelled(value)
            for name, value in node["properties"].items()
        }
        # every field is written, also those with defaults
        result["required"] = sorted(camel(name) for name in node["properties"])
        result["additionalProperties"] = False
    return result
