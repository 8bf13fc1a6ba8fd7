"""What a changed input does to a resource of the AWS provider: nothing, an update or a replacement.

The table is in changes.json. A type that it does not know is replaced whatever changes.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Tables of names that a user chooses: a name that is missing was taken away.
_FREE = {"tags", "labels"}


@dataclass(frozen=True, slots=True)
class Rules:
    """Inputs of a type: those that force a replacement, those updated in place (dotted paths), the
    one that names it in AWS, the outputs that every update moves, the inputs that are left to AWS
    when a program does not say them (the provider's Optional and Computed), and those that force a
    replacement only where one value follows another."""

    replace: tuple[str, ...]
    update: tuple[str, ...]
    name: str = ""
    computed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Inputs that changed, those of them that force a replacement, and whether the old one must go first."""

    changed: tuple[str, ...]
    replaces: tuple[str, ...]
    delete_first: bool


@functools.cache
def _table() -> dict[str, Rules]:
    kinds = json.loads(Path(__file__).with_name("changes.json").read_text("utf-8"))["types"]
    return {
        kind: Rules(
            tuple(row["replace"]),
            tuple(row["update"]),
            row.get("name", ""),
            tuple(row.get("computed", ())),
            tuple(row.get("left", ())),
            tuple(row.get("once", ())),
        )
        for kind, row in kinds.items()
    }


def rules(kind: str) -> Rules | None:
    """The rules of a type."""
    return _table().get(kind)


def same(old: Any, new: Any, key: str = "") -> bool:
    """Whether two values mean the same: order in a list and the spelling of JSON do not count, and
    what a table does not say any more stays as AWS has it."""
    if isinstance(old, dict) and isinstance(new, dict):
        if key in _FREE:
            return bool(old == new)
        return all(same(old.get(name), value, name) for name, value in new.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(
            same(one, other) for one, other in zip(_sorted(old), _sorted(new), strict=True)
        )
    if isinstance(old, str) and isinstance(new, str) and old != new and new[:1] in "{[":
        return bool(_json(old) == _json(new))
    if old is None or new is None:
        return not old and not new
    return bool(old == new)


def change(kind: str, old: dict[str, Any], new: dict[str, Any], ignored: frozenset[str] = frozenset()) -> Change:
    """What changed between two sets of inputs. Raises LookupError for an input that the table does not class."""
    known = rules(kind)
    left = {key for key in known.left if new.get(key) is None} if known else set()
    changed = tuple(key for key in sorted({*old, *new} - left - ignored) if not same(old.get(key), new.get(key), key))
    if known is None:
        return Change(changed, changed, delete_first=True)
    replaces = tuple(
        path
        for path in known.replace
        if path.partition(".")[0] in changed and not same(_at(old, path), _at(new, path), path.rpartition(".")[2])
    )
    replaces += tuple(
        path for path in known.once if _at(old, path) and _at(new, path) and not same(_at(old, path), _at(new, path))
    )
    classed = {path.partition(".")[0] for path in (*known.replace, *known.update)}
    if set(changed) - classed:
        raise LookupError(f"{kind}: nothing is known of a change of {sorted(set(changed) - classed)}")
    named = bool(known.name) and old.get(known.name) == new.get(known.name)
    return Change(changed, replaces, delete_first=named)


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda one: json.dumps(one, sort_keys=True))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
