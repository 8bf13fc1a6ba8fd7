"""A review as tables for terminals; right in 80 columns and without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.diagnostics import printable
from planner.report.findings.closing import closing_line, title_of
from planner.report.findings.words import said
from planner.report.text import SEVERITY_STYLES, table_of
from planner.review.judged import Judged, Review

if TYPE_CHECKING:
    from rich.console import RenderableType


def tables(review: Review) -> list[RenderableType]:
    """Findings, what is waived and known, what could not be evaluated, and the closing count."""
    from rich.text import Text

    shown: list[RenderableType] = []
    many = len(review.reports) > 1
    if review.counting:
        table = table_of(
            f"Findings ({title_of(review)})",
            ("rule", "left"),
            ("severity", "left"),
            ("resource", "left"),
            ("finding", "left"),
        )
        for one in review.counting:
            severity = one.finding.severity
            table.add_row(
                one.finding.rule,
                Text(severity, style=SEVERITY_STYLES[severity]),
                Text(printable(f"{one.subject}: {one.finding.resource}" if many else one.finding.resource)),
                Text(_text(one)),
            )
        shown += [table, ""]
    if review.waived or review.known:
        table = table_of("Agreed to", ("rule", "left"), ("resource", "left"), ("because", "left"))
        for one in (*review.waived, *review.known):
            table.add_row(one.finding.rule, Text(printable(one.finding.resource)), Text(printable(_why(one))))
        shown += [table, ""]
    unseen = [(report, one) for report in review.reports for one in report.not_evaluated]
    if unseen:
        table = table_of("Not evaluated", ("rule", "left"), ("resource", "left"), ("because", "left"))
        for report, each in unseen:
            resource = f"{report.subject}: {each.resource}" if many else each.resource
            table.add_row(each.rule, Text(printable(resource)), Text(printable(f"{each.reason} ({each.call})")))
        shown += [table, ""]
    shown += [Text(printable(f"waiver of {one.rule} on {one.resource} waives nothing")) for one in review.unused]
    shown.append(Text(printable(closing_line(review))))
    return shown


def _text(one: Judged) -> str:
    text = printable(said(one))
    if one.finding.fix:
        text += f"\nfix: {printable(one.finding.fix)}"
    return text + (f"\nat: {printable(str(one.place))}" if str(one.place) else "")


def _why(one: Judged) -> str:
    if one.waiver is None:
        return "the baseline has it"
    return f"{one.waiver.reason} ({one.waiver.owner}, until {one.waiver.expires})"
