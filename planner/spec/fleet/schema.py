"""JSON Schema of a fleet; parts of cluster specs follow the cluster's own schema."""

from __future__ import annotations

from functools import cache
from typing import Any

from planner.spec.schema import spec_schema

FLEET_SCHEMA_ID = "urn:eksplan:schema:v1:fleet"
PART = "ClusterSpecPart"


@cache
def fleet_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a fleet, with descriptions and defaults."""
    from planner.spec.fleet.document import FleetDocument

    schema = _with_parts(FleetDocument.model_json_schema(by_alias=True))
    cluster = spec_schema()["$defs"]
    whole = cluster["ClusterSpec"]
    part = {key: value for key, value in whole.items() if key not in ("required", "title", "description")}
    part["description"] = "Fields of a cluster's spec; none is required before everything is merged."
    definitions = {**{key: value for key, value in cluster.items() if key != "ClusterSpec"}, **schema["$defs"]}
    schema["$defs"] = {**definitions, PART: part}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": FLEET_SCHEMA_ID, **schema}


def _with_parts(node: Any) -> Any:
    """The schema with a reference where a part of a cluster's spec stands."""
    if isinstance(node, list):
        return [_with_parts(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("x-part"):
        rest = {key: value for key, value in node.items() if key not in ("x-part", "type")}
        return {**rest, "$ref": f"#/$defs/{PART}"}
    return {key: _with_parts(value) for key, value in node.items()}


@cache
def bare_fleet_schema() -> dict[str, Any]:
    """The same without the fields of cluster specs: to look up the fields that are the fleet's own."""
    schema = fleet_schema()
    return {**schema, "$defs": {**schema["$defs"], PART: {"type": "object"}}}
