"""Snapshots: what AWS answered, as a file that replays without AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planner import __version__
from planner.observe.raw import SCHEMA, Raw

KIND = "Snapshot"
API_VERSION = "eksplan/v1"
_TEXTS = ("region", "cluster", "vpc", "account", "taken")


class SnapshotError(Exception):
    """A file that is no usable snapshot; the message says what to do."""


def write_snapshot(raw: Raw) -> str:
    """The text of a snapshot file: the same answers give the same bytes."""
    document = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "schema": SCHEMA,
        "eksplan": __version__,
        **{name: getattr(raw, name) for name in _TEXTS},
        "redacted": raw.redacted,
        "answers": raw.answers,
    }
    # halves of characters, which AWS cannot send and a file cannot hold, become escapes
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def read_snapshot(content: str | bytes, name: str) -> Raw:
    """The answers in a snapshot file. Raises SnapshotError if it is none, broken off, or of a newer schema."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{name}: is no whole JSON ({error}); take it again with `eksplan snapshot`") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise SnapshotError(f"{name}: is no snapshot (kind: {KIND}); take one with `eksplan snapshot --out {name}`")
    schema = document.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise SnapshotError(f"{name}: has no schema number; take it again with `eksplan snapshot`")
    if schema > SCHEMA:
        wrote = document.get("eksplan", "a newer one")
        raise SnapshotError(
            f"{name}: has snapshot schema {schema}, this eksplan {__version__} reads up to {SCHEMA}; "
            f"read it with the eksplan that wrote it ({wrote}) or a newer one"
        )
    wrong = _wrong(document)
    if wrong:
        raise SnapshotError(f"{name}: {wrong}; take it again with `eksplan snapshot`")
    texts = {key: document.get(key, "") for key in _TEXTS}
    return Raw(answers=document["answers"], redacted=document.get("redacted", False), **texts)


def _wrong(document: Mapping[str, Any]) -> str:
    """What is wrong with the form of a snapshot of a schema that is known; empty if nothing is."""
    for key in _TEXTS:
        if not isinstance(document.get(key, ""), str):
            return f"{key} is no text"
    if not document.get("region"):
        return "region is missing"
    if not document.get("cluster") and not document.get("vpc"):
        return "it names neither a cluster nor a VPC"
    if not isinstance(document.get("redacted", False), bool):
        return "redacted is neither true nor false"
    if document.get("taken") and _time(document["taken"]) is None:
        return f"taken is no ISO time: {document['taken']}"
    answers = document.get("answers")
    if not isinstance(answers, dict):
        return "answers are missing"
    for call, entries in answers.items():
        if not isinstance(entries, dict):
            return f"answers of {call} are no table"
        for entry in entries.values():
            if not isinstance(entry, dict) or not ("ok" in entry or isinstance(entry.get("error"), str)):
                return f"an answer of {call} is neither ok nor an error"
    return ""


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def snapshot_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a snapshot file."""
    text = {"type": "string"}
    answer = {
        "oneOf": [
            {
                "type": "object",
                "description": "What AWS answered, in the words of its API.",
                "properties": {"ok": {}},
                "required": ["ok"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "description": "Why there is no answer.",
                "properties": {"error": text},
                "required": ["error"],
                "additionalProperties": False,
            },
        ]
    }
    properties = {
        "apiVersion": {"const": API_VERSION},
        "kind": {"const": KIND},
        "schema": {"type": "integer", "minimum": 1, "maximum": SCHEMA},
        "eksplan": {**text, "description": "Version of eksplan that wrote it."},
        "region": {**text, "minLength": 1},
        "cluster": {**text, "description": "Name of the cluster; empty for a VPC without one."},
        "vpc": {**text, "description": "Id of the VPC; empty for a cluster."},
        "account": {**text, "description": "Number of the account; empty where it is not known."},
        "taken": {**text, "description": "When AWS was asked: an ISO time in UTC; empty where nobody said."},
        "redacted": {"type": "boolean"},
        "answers": {
            "type": "object",
            "description": "By call, such as ec2:DescribeVpcs, then by what it is about (empty for a call made once).",
            "additionalProperties": {"type": "object", "additionalProperties": answer},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:eksplan:schema:v1:snapshot",
        "title": "Snapshot",
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
