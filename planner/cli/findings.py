"""``--fail-on``: from which severity on findings fail a command."""

from __future__ import annotations

import click

from planner.diagnostics import Severity, Verdict

FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice([*(one.value for one in Severity), "never"]),
    default=Severity.ERROR.value,
    show_default=True,
    help="End with exit code 4 for findings of this severity or worse.",
)


def fails(verdict: Verdict, fail_on: str) -> bool:
    """Whether a verdict has findings at or above the severity."""
    if fail_on == "never":
        return False
    limit = Severity(fail_on).rank
    return any(finding.severity.rank <= limit for finding in verdict.findings)
