"""A review as GitHub Actions' workflow commands, which mark lines of a pull request.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from planner.diagnostics import Severity, printable
from planner.report.findings.closing import closing_line
from planner.report.findings.words import in_full
from planner.review.judged import Judged, Review

_COMMANDS = {
    Severity.BLOCKER: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def render(review: Review) -> str:
    """A line for each finding that nobody has agreed to, and the count."""
    lines = [_line(one) for one in review.counting]
    return "\n".join([*lines, f"::notice title=eksplan::{_data(closing_line(review))}"]) + "\n"


def _line(one: Judged) -> str:
    place = one.place
    parts = {"title": f"{one.finding.rule} {one.finding.resource}"}
    if place.file and not place.file.startswith("<"):
        parts = {"file": place.file, "line": str(place.line or 1), "col": str(place.column or 1), **parts}
    properties = ",".join(f"{key}={_property(value)}" for key, value in parts.items())
    return f"::{_COMMANDS[one.finding.severity]} {properties}::{_data(in_full(one))}"


def _data(text: str) -> str:
    """Text of a command: one line, whose per cent signs stay what they are."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property of a command, which colons and commas would end."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
