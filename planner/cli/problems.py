"""Shows diagnostics: file, line and column first, then value, limit, fix and source."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence

from planner.cli import streams
from planner.cli.exits import Exit, SilentExit
from planner.diagnostics import Diagnostic, Kind, printable
from planner.plan.plain import plain

_WORDS = {Kind.INVALID: ("error", "red"), Kind.INFEASIBLE: ("infeasible", "red"), Kind.NOTICE: ("note", "yellow")}


def text_of(one: Diagnostic) -> str:
    """One diagnostic for people."""
    word, color = _WORDS[one.kind]
    place = printable(f"{one.range}: ") if one.range else ""
    where = printable(f" {one.field}") if one.field else ""
    label = streams.style(f"{word}[{one.code}]", stream=sys.stderr, fg=color, bold=True)
    lines = [f"{place}{label}{where}: {printable(one.summary)}"]
    for name, value in (("value", one.value), ("limit", one.limit), ("fix", one.fix), ("source", _source(one))):
        if value:
            lines += textwrap.wrap(
                printable(value),
                max(streams.width(), 60),
                initial_indent=f"  {name + ':':<8}",
                subsequent_indent=" " * 10,
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join(lines)


def _source(one: Diagnostic) -> str:
    return " ".join(part for part in (one.source, f"({one.note})" if one.note else "") if part)


def show(diagnostics: Sequence[Diagnostic]) -> None:
    """All diagnostics to standard error."""
    for one in diagnostics:
        streams.note(text_of(one))


def stop_if_wrong(diagnostics: Sequence[Diagnostic], *, as_json: bool = False) -> None:
    """Show all diagnostics; raise SilentExit if any says that there can be no plan.

    With ``as_json`` they also go to standard output as a document.
    """
    show(diagnostics)
    kinds = {one.kind for one in diagnostics}
    if not kinds & {Kind.INVALID, Kind.INFEASIBLE}:
        return
    if as_json:
        document = {
            "apiVersion": "eksplan/v1",
            "kind": "Diagnostics",
            "diagnostics": [{**plain(one), "field": one.field} for one in diagnostics],
        }
        streams.document(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))
    raise SilentExit(Exit.USAGE if Kind.INVALID in kinds else Exit.INFEASIBLE)
