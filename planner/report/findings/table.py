"""A review as tables for terminals; right in 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.diagnostics import printable
from planner.report.findings.closing import closing_line, title_of
from planner.report.findings.words import said
from planner.report.text import SEVERITY_STYLES, table_of
from planner.review.judged import Judged, Review

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

MOST_ROWS = 200
"""Findings that a table shows; more are listed line by line."""


def tables(review: Review) -> list[RenderableType]:
    """Findings, what is waived and known, what could not be evaluated, and the closing count."""
    from rich.text import Text

    shown: list[RenderableType] = []
    many = len(review.reports) > 1
    if len(review.counting) > MOST_ROWS:
        shown += [_Listing(review), ""]
    elif review.counting:
        shown += [_findings(review), ""]
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


def _findings(review: Review) -> RenderableType:
    """Findings as a table."""
    from rich.text import Text

    table = table_of(
        f"Findings ({printable(title_of(review))})",
        ("rule", "left"),
        ("severity", "left"),
        ("resource", "left"),
        ("finding", "left"),
    )
    for one in review.counting:
        severity = Text(one.finding.severity, style=SEVERITY_STYLES[one.finding.severity])
        table.add_row(one.finding.rule, severity, Text(_resource(one, review)), Text(_text(one)))
    return table


@dataclass(frozen=True, slots=True)
class _Listing:
    """More findings than a table is good for: line by line, which takes a tenth of the time."""

    review: Review

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment

        yield Segment(f"Findings ({printable(title_of(self.review))})\n", console.get_style("bold"))
        for one in self.review.counting:
            severity = one.finding.severity
            yield Segment(f"{one.finding.rule} ")
            yield Segment(severity.value, console.get_style(SEVERITY_STYLES[severity]))
            said = _text(one).replace("\n", "\n  ")
            yield Segment(f" {_resource(one, self.review)}\n  {said}\n")


def _resource(one: Judged, review: Review) -> str:
    resource = one.finding.resource
    return printable(f"{one.subject}: {resource}" if len(review.reports) > 1 else resource)


def _text(one: Judged) -> str:
    text = printable(said(one))
    if one.finding.fix:
        text += f"\nfix: {printable(one.finding.fix)}"
    return text + (f"\nat: {printable(str(one.place))}" if str(one.place) else "")


def _why(one: Judged) -> str:
    if one.waiver is None:
        return "the baseline has it"
    return f"{one.waiver.reason} ({one.waiver.owner}, until {one.waiver.expires})"
