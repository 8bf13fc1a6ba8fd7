"""The line that ends every report: how many rules passed, failed, were waived, were not evaluated."""

from __future__ import annotations

from planner.report.findings.document import counts
from planner.review.judged import Review


def title_of(review: Review) -> str:
    """``review of hello``, or ``review of 3 clusters and VPCs``."""
    if len(review.reports) == 1:
        return f"review of {review.reports[0].subject}"
    return f"review of {len(review.reports)} clusters and VPCs"


def closing_line(review: Review) -> str:
    """``review of hello: 60 rules passed, 1 failed with 2 findings (2 warning), 1 waived, 3 not evaluated``."""
    found = counts(review)
    severities = (
        (found.blockers, "blocker"),
        (found.errors, "error"),
        (found.warnings, "warning"),
        (found.infos, "info"),
    )
    listed = ", ".join(f"{count} {name}" for count, name in severities if count)
    findings = f"{found.new} finding{'s' if found.new > 1 else ''} ({listed})" if found.new else "no findings"
    parts = [
        f"{found.passed} rule{'' if found.passed == 1 else 's'} passed",
        f"{found.failed} failed with {findings}" if found.failed else findings,
    ]
    parts += [f"{found.waived} waived"] if found.waived else []
    if review.compared:
        parts.append(f"{found.known} known and {found.gone} gone of the baseline")
    parts += [f"{found.not_evaluated} not evaluated"] if found.not_evaluated else []
    parts += [f"{found.not_applicable} not applicable"] if found.not_applicable else []
    return f"{title_of(review)}: {', '.join(parts)}"
