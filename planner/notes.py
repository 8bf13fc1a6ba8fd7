"""The notes behind rules and decisions: N01 to N44, each one fact about EKS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "notes.json"


@dataclass(frozen=True, slots=True)
class Note:
    """One fact, and what the program does about it today."""

    id: str
    section: str
    text: str
    does: str


@cache
def notes() -> dict[str, Note]:
    """All notes by id."""
    raw = json.loads(_FILE.read_text("utf-8"))["notes"]
    return {key: Note(key, entry["section"], entry["text"], entry["does"]) for key, entry in raw.items()}
