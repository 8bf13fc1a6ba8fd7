"""The file of waivers: which findings somebody agreed to live with, why, who, and until when.

    waivers:
      - rule: RTE003
        resource: "hello-*"
        reason: one NAT gateway is enough for a test cluster
        owner: team-platform
        expires: 2027-03-31

Reading says every problem at once, with its line, as reading a spec does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from planner.catalog.nearest import nearest_names
from planner.diagnostics import Diagnostic, Kind, Path
from planner.review.judged import Waiver
from planner.review.registry import ALL_RULES, rule_by_code
from planner.spec.source import Limits, Source, parse

API_VERSION = "eksplan/v1"
KIND = "Waivers"
LIMITS = Limits(what="a file of waivers")
REQUIRED = ("rule", "resource", "reason", "owner", "expires")
KNOWN = (*REQUIRED, "subject")
_HEAD = {"apiVersion": API_VERSION, "kind": KIND}
_FLEET_RULES = ("FLT001", "FLT002", "FLT003", "FLT004", "FLT005")


def read_waivers(content: bytes | str, file: str) -> tuple[tuple[Waiver, ...], tuple[Diagnostic, ...]]:
    """The waivers of a file, and everything that is wrong with it; wrong ones are left out."""
    source = parse(content, file, bool, LIMITS)
    if isinstance(source, Diagnostic):
        return (), (source,)
    problems: list[Diagnostic] = []
    items, base = _items(source, problems)
    waivers: list[Waiver] = []
    for number, item in enumerate(items):
        path = (*base, number)
        wrong = list(_wrong(item, path, source))
        problems += wrong
        if not wrong:
            waivers.append(_waiver(item, source, path))
    return tuple(waivers), tuple(problems)


def _items(source: Source, problems: list[Diagnostic]) -> tuple[list[Any], Path]:
    """The list of waivers and where it stands: the file itself, or under ``waivers``."""
    data = source.data
    if isinstance(data, list):
        return data, ()
    if not isinstance(data, Mapping) or "waivers" not in data:
        problems.append(
            _problem(source, (), "the file has no list of waivers", fix="begin it with `waivers:` and a list below")
        )
        return [], ()
    for key, value in data.items():
        if key in _HEAD and value != _HEAD[key]:
            problems.append(_problem(source, (key,), f"not a file of waivers: {key} is {value!r}", limit=_HEAD[key]))
        elif key not in _HEAD and key != "waivers":
            problems.append(_unknown(source, (key,), (*_HEAD, "waivers")))
    items = data["waivers"]
    if items is None:
        return [], ()
    if not isinstance(items, list):
        problems.append(_problem(source, ("waivers",), "waivers must be a list", fix="begin each waiver with `- `"))
        return [], ()
    return items, ("waivers",)


def _wrong(item: Any, path: Path, source: Source) -> Iterator[Diagnostic]:
    """Everything that is wrong with one waiver."""
    if not isinstance(item, Mapping):
        yield _problem(source, path, "a waiver is a mapping", limit=", ".join(REQUIRED))
        return
    for key, value in item.items():
        if key not in KNOWN:
            yield _unknown(source, (*path, key), KNOWN)
        elif not isinstance(value, str) or not value.strip():
            yield _problem(source, (*path, key), f"{key} must be a text", value=str(value), fix="write it out")
    for key in REQUIRED:
        if key not in item:
            yield _problem(source, path, f"{key} is missing", limit=", ".join(REQUIRED), fix=f"add `{key}:`")
    rule = item.get("rule")
    if isinstance(rule, str) and rule.strip() and _code(rule) is None:
        near = nearest_names(rule, [one.code for one in ALL_RULES] + [one.name for one in ALL_RULES])
        fix = f"did you mean {', '.join(near)}?" if near else "`eksplan explain rules` lists all"
        yield _problem(source, (*path, "rule"), "no such rule", value=rule, limit="a code or a name", fix=fix)
    expires = item.get("expires")
    if isinstance(expires, str) and expires.strip() and _day(expires) is None:
        yield _problem(
            source,
            (*path, "expires"),
            "not a day",
            value=expires,
            limit="year-month-day",
            fix="write it as 2027-03-31; no waiver lasts for ever",
        )


def _waiver(item: Mapping[str, str], source: Source, path: Path) -> Waiver:
    """A waiver that nothing is wrong with."""
    return Waiver(
        _code(item["rule"]) or item["rule"],
        item["resource"],
        item["reason"],
        item["owner"],
        _day(item["expires"]) or date.min,
        item.get("subject", "*"),
        source.locate(path),
    )


def _code(text: str) -> str | None:
    """The code of a rule that is given by code or name, in any case; None for what is no rule."""
    rule = rule_by_code(text)
    if rule is not None:
        return rule.code
    return text.upper() if text.upper() in _FLEET_RULES else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _problem(source: Source, path: Path, summary: str, **parts: str) -> Diagnostic:
    return Diagnostic(Kind.INVALID, "waiver", summary, path=path, range=source.locate(path), **parts)


def _unknown(source: Source, path: Path, known: tuple[str, ...]) -> Diagnostic:
    near = nearest_names(str(path[-1]), known)
    return Diagnostic(
        Kind.INVALID,
        "unknown-key",
        "no such field",
        path=path,
        value=str(path[-1]),
        limit=", ".join(known),
        fix=f"did you mean {near[0]}?" if near else "remove it",
        range=source.locate(path, key=True),
    )
