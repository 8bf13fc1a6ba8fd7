"""The plan file: canonical JSON with a schema version and a digest over everything in it."""

from __future__ import annotations

import codecs
import dataclasses
import hashlib
import json
from typing import Any

from planner.plan.model import SCHEMA_VERSION, Plan
from planner.plan.plain import parse, plain

KIND = "Plan"
API_VERSION = "eksplan/v1"


class PlanFileError(Exception):
    """A file that is no usable plan; the message says what to do."""


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces, and text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(document: dict[str, Any]) -> str:
    """``sha256:`` over the canonical JSON of a plan document without its digest."""
    bare = {key: value for key, value in document.items() if key != "digest"}
    return "sha256:" + hashlib.sha256(canonical_json(bare).encode("utf-8", "surrogatepass")).hexdigest()


def to_document(plan: Plan) -> dict[str, Any]:
    """A plan as the document that is written to a file, digest included."""
    spec = plan.spec
    body = plain(dataclasses.replace(plan, spec={}))
    del body["digest"]
    document = {"apiVersion": API_VERSION, "kind": KIND, "schema": SCHEMA_VERSION, **body, "spec": spec}
    document["digest"] = digest_of(document)
    return document


def write_text(plan: Plan) -> str:
    """The plan file's text: the same plan gives the same bytes."""
    return json.dumps(to_document(plan), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def sealed(plan: Plan) -> Plan:
    """The plan with its digest filled in."""
    return dataclasses.replace(plan, digest=str(to_document(plan)["digest"]))


def read_text(text: str | bytes, name: str) -> Plan:
    """A plan from a file's text. Raises PlanFileError if it is none, of another schema, or changed."""
    try:
        document = json.loads(without_mark(text))
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{name} is not JSON ({error}); write plans with `eksplan plan --out`") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise PlanFileError(f"{name} is not a plan (kind: {KIND}); write plans with `eksplan plan --out`")
    schema = document.get("schema")
    if schema != SCHEMA_VERSION:
        raise PlanFileError(
            f"{name} has plan schema {schema}, this eksplan reads {SCHEMA_VERSION}; plan again from the spec"
        )
    digest, actual = document.get("digest"), digest_of(document)
    if digest != actual:
        raise PlanFileError(
            f"{name} was changed after it was written: its digest says {digest}, its content gives {actual}; plan again from the spec"
        )
    try:
        return _understood(document)
    except ValueError as error:
        raise PlanFileError(f"{name} is a plan of another eksplan ({error}); plan again from the spec") from None


def _understood(document: dict[str, Any]) -> Plan:
    """The plan in a document. Raises ValueError if it says less or more than a plan does."""
    if not isinstance(document.get("spec"), dict):
        raise ValueError("spec: missing")
    body = {key: value for key, value in document.items() if key not in ("apiVersion", "kind", "schema", "spec")}
    plan = dataclasses.replace(parse(Plan, {**body, "spec": {}}), spec=document["spec"])
    canonical_json(document).encode()  # refuses halves of characters
    if to_document(plan) != document:
        raise ValueError("it says more than this eksplan understands")
    return plan


def without_mark(text: str | bytes) -> str | bytes:
    """Text without the byte order mark that some editors write."""
    return text.removeprefix(codecs.BOM_UTF8) if isinstance(text, bytes) else text.removeprefix("\ufeff")


def looks_like_plan(text: str | bytes, kind: str = KIND) -> bool:
    """Whether a file is meant as a plan rather than a spec: JSON of kind Plan (or another kind)."""
    text = without_mark(text)
    head = text[:4096] if isinstance(text, str) else text[:4096].decode("utf-8", "replace")
    if not head.lstrip().startswith("{"):
        return False
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("kind") == kind
