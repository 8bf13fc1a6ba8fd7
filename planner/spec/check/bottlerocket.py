"""User data of Bottlerocket: TOML that the node reads, and that EKS can merge (note N25)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.nodes import NodeGroupSpec

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_SETTINGS = "https://bottlerocket.dev/en/os/latest/#/api/settings/"
#: One token of TOML that can hide others: comments and the four kinds of text.
_TOKEN = re.compile(r'#[^\n]*|"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_KEY_END = re.compile(r"[ \t]*[=.]")


def check_bottlerocket(text: str, place: Path, group: NodeGroupSpec) -> Iterator[Diagnostic]:
    """One TOML text of a group's user data."""
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        yield _wrong(
            "group-user-data-toml",
            place,
            f"Bottlerocket's user data must be TOML: {error}",
            text.lstrip("\n").partition("\n")[0][:60],
            "TOML",
            "write settings such as [settings.host-containers.admin]; scripts belong into a bootstrap container",
        )
        return
    if not data:
        return
    strange = [key for key in data if key != "settings"]
    settings = data.get("settings")
    if strange or not isinstance(settings, dict):
        yield _wrong(
            "group-user-data-toml",
            place,
            "Bottlerocket reads nothing but the table settings",
            ", ".join(strange)[:60] or f"settings = {settings!r}"[:60],
            "[settings. …]",
            "begin every table with settings, such as [settings.kubernetes]",
        )
        return
    kubernetes = settings.get("kubernetes", {})
    for name, table in (
        ("kubernetes", kubernetes),
        *((f"kubernetes.{key}", kubernetes.get(key, {})) for key in _TABLES if isinstance(kubernetes, dict)),
    ):
        if not isinstance(table, dict):
            yield _wrong(
                "group-user-data-toml",
                place,
                f"settings.{name} is a table",
                f"{name} = {table!r}"[:60],
                f"[settings.{name}]",
                "write it as a table",
            )
    yield from _types(kubernetes, place)
    if group.ami_id is None:
        yield from _traps(text.replace("\r\n", "\n"), data, place)


def _types(kubernetes: Any, place: Path) -> Iterator[Diagnostic]:
    """Values that Bottlerocket's API refuses, of the settings that the plan writes too."""
    if not isinstance(kubernetes, dict):
        return
    for path, value in kubernetes.items():
        number = path == "max-pods" and (not isinstance(value, int) or isinstance(value, bool))
        address = path == "cluster-dns-ip" and not _texts(value)
        if number or address:
            limit = "a whole number" if number else "text, or a list of texts"
            yield _type(place, f"{path} = {value!r}", limit)
        elif path in _TABLES and isinstance(value, dict):
            for key, one in value.items():
                if not (isinstance(one, str) or (path == "node-taints" and _texts(one))):
                    yield _type(place, f"{path}.{key} = {one!r}", "text in quotes")


def _texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _type(place: Path, value: str, limit: str) -> Diagnostic:
    return _wrong(
        "group-user-data-toml",
        place,
        "Bottlerocket refuses all settings when one has the wrong type",
        f"settings.kubernetes.{value}"[:80],
        limit,
        "correct the value",
    )


_TABLES = ("node-labels", "node-taints", "system-reserved", "kube-reserved")


def _traps(text: str, data: Mapping[str, Any], place: Path) -> Iterator[Diagnostic]:
    """Valid TOML that EKS cannot merge; AWS's own list."""
    quoted = 'put the key below the header: [a] and "b.c".d = 1'
    headers = [(start, header.partition("#")[0]) for start, header in _headers(text)]
    found = [(start, "a header with a quoted key", one, quoted) for start, one in headers if re.search("[\"']", one)]
    for token in _TOKEN.finditer(text):
        is_key = bool(_KEY_END.match(text, token.end()))
        body = token[0].strip("\"'")
        if is_key and token[0][0] in "\"'" and re.search("[\"']", body):
            found.append((token.start(), "quotes within a quoted key", token[0], "rename the key"))
        elif token[0].startswith('"') and '\\"' in token[0]:
            found.append((token.start(), "escaped quotes in a value", token[0], "write the value in single quotes"))
    for offset, what, shown, fix in sorted(found):
        line = text[:offset].count("\n") + 1
        yield _trap(place, what, f"line {line}: {shown[:60]}", fix)
    for path, _ in _mixed(data, ()):
        yield _trap(place, "an array of mixed types", ".".join(path), "give every item the same type")


def _headers(text: str) -> Iterator[tuple[int, str]]:
    """Every [table] and [[table]], with the offset where it begins; arrays in values are none."""
    position, depth, fresh = 0, 0, True
    while position < len(text):
        token, letter = _TOKEN.match(text, position), text[position]
        if token:
            position, fresh = token.end(), False
        elif fresh and letter == "[" and depth == 0:
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            yield position, text[position:end].strip()
            position = end
        else:
            depth += (letter in "[{") - (letter in "]}")
            fresh = letter == "\n" or (fresh and letter in " \t")
            position += 1


def _trap(place: Path, what: str, value: str, fix: str) -> Diagnostic:
    return _wrong(
        "group-user-data-merge",
        place,
        f"{what}: valid TOML that EKS cannot merge",
        value,
        "TOML without quotes in quoted keys, escaped quotes, arrays of mixed types and headers with quoted keys",
        fix,
        source=_TEMPLATES,
    )


def _mixed(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Sequence[Any]]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _mixed(one, (*path, key))
    elif isinstance(value, list):
        if len({type(one) for one in value}) > 1:
            yield path, value
        for one in value:
            yield from _mixed(one, path)


def _wrong(
    code: str, place: Path, summary: str, value: str, limit: str, fix: str, source: str = _SETTINGS
) -> Diagnostic:
    return invalid(code, place, summary, value=value, limit=limit, fix=fix, source=source, note="N25")
