"""A line for each cluster and VPC of a review of many, the worst first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from planner.diagnostics import Severity, printable
from planner.report.text import table_of
from planner.review.judged import Report, Review

if TYPE_CHECKING:
    from rich.table import Table


def worst_first(review: Review) -> tuple[Report, ...]:
    """The reports by blockers, then errors, warnings, information, and what could not be evaluated."""
    return tuple(sorted(review.reports, key=lambda one: ([-count for count in _counts(one)], one.subject)))


def summary(review: Review) -> Table:
    """Findings that count, by severity, and what was not evaluated."""
    names = [f"{one.value}s" if one is not Severity.INFO else "info" for one in Severity]
    table = table_of("Clusters and VPCs", ("subject", "left"), *((name, "right") for name in (*names, "not evaluated")))
    for one in worst_first(review):
        table.add_row(printable(one.subject), *(f"{count:,}" if count else "-" for count in _counts(one)))
    return table


def _counts(one: Report) -> list[int]:
    found = Counter(each.finding.severity for each in one.findings if each.counts)
    return [*(found[severity] for severity in Severity), len(one.not_evaluated)]
