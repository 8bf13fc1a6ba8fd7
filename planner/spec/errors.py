"""Pydantic's errors as diagnostics: what is wrong, the limit, and what to write instead."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.schema import Root, description_at, keys_at, spec_schema

_KINDS = {
    "bool_type": ("not true or false", "true or false", "write true or false without quotes"),
    "bool_parsing": ("not true or false", "true or false", "write true or false without quotes"),
    "int_type": ("not a whole number", "a whole number", "write a number without quotes"),
    "int_parsing": ("not a whole number", "a whole number", "write a number without quotes"),
    "int_from_float": ("not a whole number", "a whole number", "round it"),
    "float_type": ("not a number", "a number", "write a number without quotes"),
    "string_type": ("not text", "text", "put it in quotes"),
    "tuple_type": ("not a list", "a list", "write [a, b], or one item a line after '- '"),
    "dict_type": ("not a mapping", "keys and values", "write `key: value` lines below it"),
    "model_type": ("not a mapping", "keys and values", "write `key: value` lines below it"),
    "model_attributes_type": ("not a mapping", "keys and values", "write `key: value` lines below it"),
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
    "too_long": ("max_length", "at most"),
    "too_short": ("min_length", "at least"),
    "string_too_long": ("max_length", "at most"),
    "string_too_short": ("min_length", "at least"),
}


def diagnostic_of(error: ErrorDetails, data: Any, root: Root = spec_schema) -> Diagnostic:
    """One pydantic error as a diagnostic; ``data`` is the document, to show the value, and ``root``
    its schema."""
    path = _existing_path(error["loc"], data)
    kind = error["type"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind == "missing":
        path = tuple(error["loc"])
        return _made(
            "missing", "is missing", path, limit="required", fix=f"add `{path[-1]}`: {description_at(path, root)}"
        )
    value = shown(_value_at(data, path))
    if kind == "extra_forbidden":
        return _unknown_key(path, root)
    if "summary" in context:
        parts = {name: str(context.get(name, "")) for name in ("limit", "fix", "source")}
        return _made(kind, str(context["summary"]), path, value=value, **parts)
    if kind == "literal_error":
        return _literal(path, value, str(context["expected"]))
    if kind in _KINDS:
        summary, limit, fix = _KINDS[kind]
        given = _value_at(data, path)
        if kind.startswith("int") and isinstance(given, float) and math.isfinite(given):
            near = sorted({math.floor(given), math.ceil(given)})
            fix = f"write {' or '.join(map(str, near))}"
        return _made("type", summary, path, value=value, limit=limit, fix=fix)
    if kind in _BOUNDS:
        return _bound(kind, context, path, value)
    return _made(kind.replace("_", "-"), error["msg"], path, value=value, fix=description_at(path, root))


def _made(code: str, summary: str, path: Path, **parts: Any) -> Diagnostic:
    return Diagnostic(Kind.INVALID, code, summary, path=path, **parts)


def _bound(kind: str, context: Mapping[str, Any], path: Path, value: str) -> Diagnostic:
    name, words = _BOUNDS[kind]
    bound = context[name]
    counted = kind.startswith(("too_", "string_too_"))
    unit = " characters" if kind.startswith("string_") else " items" if counted else ""
    actual = context.get("actual_length", value)
    shown_value = f"{actual}{unit}" if counted and not kind.startswith("string_") else value
    return _made(
        "range",
        f"out of range: {shown_value} where {words} {bound}{unit} may stand",
        path,
        value=shown_value,
        limit=f"{words} {bound}{unit}",
        fix=f"give {words} {bound}{unit}",
    )


def _literal(path: Path, value: str, expected: str) -> Diagnostic:
    choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
    guess = nearest(value.strip("'\""), choices)
    return _made(
        "choice",
        "not one of the allowed words",
        path,
        value=value,
        limit=", ".join(choices),
        fix=f"did you mean {guess}?" if guess else f"choose one of: {', '.join(choices)}",
    )


def _unknown_key(path: Path, root: Root) -> Diagnostic:
    known = keys_at(path[:-1], root)
    guess = nearest(str(path[-1]), known)
    return _made(
        "unknown-key",
        "unknown key",
        path,
        value=str(path[-1]),
        limit=", ".join(known),
        fix=f"did you mean `{guess}`?"
        if guess
        else f"remove it; `eksplan explain {'spec' if root is spec_schema else 'fleet'}` lists the keys",
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, or None. Case and ``_``/``-`` do not count."""
    known = list(known)
    folded = {_fold(name): name for name in known}
    if _fold(word) in folded:
        return folded[_fold(word)]
    close = difflib.get_close_matches(_fold(word), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")


def shown(value: Any) -> str:
    """A value for a message: short, on one line."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 60 else text[:57] + "..."


def _existing_path(loc: tuple[int | str, ...], data: Any) -> Path:
    """The part of a pydantic location that leads through the document."""
    node: Any = data
    path: list[int | str] = []
    for part in loc:
        present = (
            part in node
            if isinstance(node, Mapping)
            else isinstance(node, list) and isinstance(part, int) and part < len(node)
        )
        if not present:
            # pydantic names the alternative of a union as if it were a key
            if isinstance(part, str) and not isinstance(node, Mapping):
                continue
            # and counts what stands alone for a list of one
            if isinstance(part, int) and isinstance(node, Mapping):
                continue
            break
        node = node[part]
        path.append(part)
    return tuple(path)


def _value_at(data: Any, path: Path) -> Any:
    value: Any = data
    for part in path:
        value = value[part]
    return value
