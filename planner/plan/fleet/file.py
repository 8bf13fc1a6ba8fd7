"""The fleet plan file: JSON with a digest, one cluster a line, so that differences can be read."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from planner.plan.file import API_VERSION, PlanFileError, canonical_json, digest_of, without_mark
from planner.plan.fleet.model import SCHEMA_VERSION, FleetPlan
from planner.plan.plain import parse, plain

KIND = "FleetPlan"


def to_document(plan: FleetPlan) -> dict[str, Any]:
    """A plan as the document that is written to a file, digest included."""
    body = plain(plan)
    del body["digest"]
    document = {"apiVersion": API_VERSION, "kind": KIND, "schema": SCHEMA_VERSION, **body}
    document["digest"] = digest_of(document)
    return document


def write_text(document: dict[str, Any]) -> str:
    """A document's text: sorted keys, items of lists on lines of their own."""
    lines = []
    for key in sorted(document):
        value = document[key]
        if isinstance(value, list) and value:
            items = ",\n".join(f"  {canonical_json(item)}" for item in value)
            lines.append(f" {json.dumps(key)}: [\n{items}\n ]")
        else:
            lines.append(f" {json.dumps(key)}: {canonical_json(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read_text(text: str | bytes, name: str) -> FleetPlan:
    """A plan from a file's text. Raises PlanFileError if it is none, of another schema, or changed."""
    again = "plan again with `eksplan fleet plan --out`"
    try:
        document = json.loads(without_mark(text))
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{name} is not JSON ({error}); {again}") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise PlanFileError(f"{name} is not a fleet plan (kind: {KIND}); {again}")
    if document.get("schema") != SCHEMA_VERSION:
        raise PlanFileError(
            f"{name} has fleet plan schema {document.get('schema')}, this eksplan reads {SCHEMA_VERSION}; {again}"
        )
    digest, actual = document.get("digest"), digest_of(document)
    if digest != actual:
        raise PlanFileError(
            f"{name} was changed after it was written: its digest says {digest}, its content gives {actual}; {again}"
        )
    body = {key: value for key, value in document.items() if key not in ("apiVersion", "kind", "schema")}
    try:
        plan = parse(FleetPlan, body)
    except ValueError as error:
        raise PlanFileError(f"{name} is a fleet plan of another eksplan ({error}); {again}") from None
    return dataclasses.replace(plan, digest=str(digest))
