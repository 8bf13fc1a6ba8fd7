"""Flows and single answers for the terminal and as plain data."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from planner.catalog.facts import Facts
from planner.report.columns import aligned
from planner.security.flows.matrix import Asked, Row
from planner.security.reach.model import Answer, Question, Status
from planner.security.reach.ranges import ICMP

_WORDS = {Status.REACHABLE: "reachable", Status.BLOCKED: "BLOCKED", Status.UNKNOWN: "unknown"}


def matrix(rows: Sequence[Row], facts: Facts) -> str:
    """One line for each flow: who calls whom on which ports, and the verdict over all pairs of places.
    Flows that differ in the called service alone stand together."""
    lines: list[list[str]] = []
    for many in _together(rows):
        one = many[0].intent
        details = ", ".join(dict.fromkeys(row.intent.detail for row in many if row.intent.detail))
        targets = details if one.key == "service" else str(one.target)
        title = one.title(facts) + (f": {details}" if one.key in ("webhook", "hybrid-webhook") else "")
        fine = sum(asked.answer.status is Status.REACHABLE for row in many for asked in row.asked)
        pairs = sum(len(row.asked) for row in many)
        known = any(row.asked or row.unknown for row in many)
        cells = [
            [one.ports_text],
            [_WORDS[_worst(many)] if known else "-"],
            [f"{fine}/{pairs}"],
        ]
        wide = [textwrap.wrap(title, 20), textwrap.wrap(f"{one.source} to {targets}", 24)]
        lines += [list(line) for line in zip_longest(*wide, *cells, fillvalue="")]
    return aligned(["flow", "between", "ports", "verdict", "pairs"], lines, left=4)


def _together(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that are told in one line: AWS services by who calls them and how it went, others alone."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        one = row.intent
        same = (one.key, one.source, row.status) if one.key == "service" else (one,)
        found.setdefault(same, []).append(row)
    return list(found.values())


def _worst(rows: Sequence[Row]) -> Status:
    statuses = {row.status for row in rows}
    return next(one for one in (Status.BLOCKED, Status.UNKNOWN, Status.REACHABLE) if one in statuses)


def reasons(rows: Sequence[Row], facts: Facts) -> list[str]:
    """For every flow that is not reachable: which component, what breaks, what to change. Pairs that
    stop at the same component with the same advice are told once."""
    lines: list[str] = []
    for row in rows:
        if row.status is Status.REACHABLE:
            continue
        name = f"{row.intent.title(facts)} ({row.intent.source} to {row.intent.target})"
        lines.append(f"{name}: {_WORDS[row.status]}")
        if row.unknown is not None:
            lines.append(f"  {row.unknown.call}: {row.unknown.reason}")
        told: dict[tuple[str, str], list[Asked]] = {}
        for asked in row.asked:
            if asked.answer.status is not Status.REACHABLE:
                told.setdefault((asked.answer.reason, asked.answer.change), []).append(asked)
        for (reason, change), many in told.items():
            where = f"{many[0].source} to {many[0].target}" + (f" and {len(many) - 1} more" if len(many) > 1 else "")
            lines.append(f"  {where}: {reason}")
            if change:
                lines.append(f"    change: {change}")
        if row.status is Status.BLOCKED:
            lines.append(f"  without it: {row.intent.breaks(facts)} ({row.intent.source_url(facts)})")
    return lines


def answer(question: Question, found: Answer) -> list[str]:
    """A single answer, step by step."""
    port = f" port {question.from_port}" if question.from_port is not None else ""
    if question.to_port != question.from_port:
        port += f"-{question.to_port}"
    protocol = "all protocols" if question.protocol == "-1" else question.protocol
    if question.protocol in ICMP:
        protocol, port = question.port_text, ""
    lines = [f"{question.source.label} to {question.target.label}, {protocol}{port}: {_WORDS[found.status]}"]
    lines += [f"  {_step(one)}" for one in found.steps]
    lines.append(f"  {found.reason}")
    if found.change:
        lines.append(f"  change: {found.change}")
    return lines


def answers(asked: Sequence[tuple[Question, Answer]], *, everything: bool) -> list[str]:
    """Answers to one question for many pairs of places; of those that end alike one is told."""
    alike: dict[tuple[str, ...], list[tuple[Question, Answer]]] = {}
    for number, (question, found) in enumerate(asked):
        same = (str(number),) if everything else (found.status, found.code, found.change)
        alike.setdefault(same, []).append((question, found))
    lines: list[str] = []
    for many in alike.values():
        lines += answer(*many[0])
        if len(many) > 1:
            lines.append(f"  and {len(many) - 1} more pairs alike (--all shows them)")
    return lines


def _step(step: Any) -> str:
    return f"{step.component} {step.name}: {step.what}".strip()


def paragraphs(lines: Sequence[str], width: int) -> str:
    """Lines within the width; what is wrapped hangs under its beginning."""
    return "\n".join(
        wrapped
        for line in lines
        for wrapped in textwrap.wrap(
            line, width, subsequent_indent=" " * (len(line) - len(line.lstrip()) + 2), break_long_words=False
        )
        or [""]
    )


def plain(rows: Sequence[Row], facts: Facts) -> list[dict[str, Any]]:
    """The matrix as plain data."""
    return [
        {
            "flow": row.intent.key,
            "title": row.intent.title(facts),
            "from": str(row.intent.source),
            "to": str(row.intent.target),
            "protocol": row.intent.protocol,
            "ports": row.intent.ports,
            "for": row.intent.detail,
            "verdict": row.status.value,
            "breaks": row.intent.breaks(facts),
            "source": row.intent.source_url(facts),
            "note": row.intent.note(facts),
            "unknown": str(row.unknown) if row.unknown else "",
            "pairs": [
                {"from": one.source, "to": one.target, **plain_answer(one.question, one.answer)} for one in row.asked
            ],
        }
        for row in rows
    ]


def plain_answer(question: Question, found: Answer) -> dict[str, Any]:
    """One answer as plain data."""
    return {
        "source": question.source.label,
        "target": question.target.label,
        "verdict": found.status.value,
        "code": found.code,
        "reason": found.reason,
        "change": found.change,
        "blockedBy": None
        if found.blocked_by is None
        else {
            "component": found.blocked_by.component.value,
            "name": found.blocked_by.name,
            "what": found.blocked_by.what,
        },
        "steps": [{"component": one.component.value, "name": one.name, "what": one.what} for one in found.steps],
    }
