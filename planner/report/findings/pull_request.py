"""A review as Markdown for a comment on a pull request: the worst first, never too long to be posted."""

from __future__ import annotations

import re

from planner.diagnostics import printable
from planner.report.findings.closing import closing_line
from planner.report.findings.words import said
from planner.review.judged import Judged, Review

LIMIT = 65_535
"""Characters of a comment; GitHub refuses longer ones ("body is too long (maximum is 65536 characters)")."""
_ROOM = 400
"""Characters kept for saying how much was left out, and for the tags around."""
_MARKUP = re.compile(r"([\\`*_{}\[\]|~])")
_LIVE = re.compile(r"(?<=[@#])|(?<=://)|(?<=www\.)|(?<=[Gg][Hh]-)", re.ASCII)


def escape(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no link, nobody is mentioned."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LIVE.sub("<!-- -->", _MARKUP.sub(r"\\\1", plain))


def render(review: Review, limit: int = LIMIT) -> str:
    """The Markdown, of at most ``limit`` characters."""
    verdict = "fails" if review.failed else "passes"
    parts = [f"## eksplan: the review {verdict}", escape(closing_line(review)) + "."]
    left = limit - sum(len(part) + 2 for part in parts) - _ROOM
    sections = (
        (
            "",
            "| rule | severity | resource | finding | fix |",
            [_row(one, many=len(review.reports) > 1) for one in review.counting],
        ),
        ("Waived and known", "| rule | resource | because |", _agreed(review)),
        ("Not evaluated", "| rule | resource | because |", _unseen(review)),
        ("Gone since the baseline", "| rule | resource |", [_cells(one.rule, one.resource) for one in review.gone]),
        (
            "Waivers that waive nothing",
            "| rule | resource |",
            [_cells(one.rule, one.resource) for one in review.unused],
        ),
    )
    missing: list[str] = []
    for title, header, rows in sections:
        if not rows:
            continue
        text, kept = _section(title, header, rows, left)
        if kept:
            parts.append(text)
            left -= len(text) + 2
        if kept < len(rows):
            missing.append(f"{len(rows) - kept} of {len(rows)} {title.lower() or 'findings'}")
    if missing:
        parts.append(f"Left out for the length of a comment: {', '.join(missing)}; `eksplan review -o json` has all.")
    return "\n\n".join(parts) + "\n"


def _section(title: str, header: str, rows: list[str], room: int) -> tuple[str, int]:
    """A table with as many rows as there is room for, and how many these are."""
    before = f"<details><summary>{title} ({len(rows)})</summary>\n\n" if title else ""
    after = "\n\n</details>" if title else ""
    head = f"{header}\n|{'---|' * (header.count('|') - 1)}"
    room -= len(before) + len(head) + len(after)
    kept = 0
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            break
        kept += 1
    return before + "\n".join([head, *rows[:kept]]) + after, kept


def _row(one: Judged, *, many: bool) -> str:
    finding = one.finding
    resource = escape(f"{one.subject}: {finding.resource}" if many else finding.resource)
    resource += f"<br>{escape(str(one.place))}" if str(one.place) else ""
    severity = f"**{finding.severity}**" if finding.severity.rank < 2 else finding.severity.value
    return f"| {finding.rule} | {severity} | {resource} | {escape(said(one))} | {escape(finding.fix)} |"


def _agreed(review: Review) -> list[str]:
    rows = [
        _cells(one.finding.rule, one.finding.resource, f"{waiver.reason} ({waiver.owner}, until {waiver.expires})")
        for one in review.waived
        if (waiver := one.waiver)
    ]
    return rows + [_cells(one.finding.rule, one.finding.resource, "the baseline has it") for one in review.known]


def _unseen(review: Review) -> list[str]:
    return [
        _cells(one.rule, one.resource, f"{one.reason} ({one.call})")
        for report in review.reports
        for one in report.not_evaluated
    ]


def _cells(*cells: str) -> str:
    return f"| {' | '.join(map(escape, cells))} |"
