"""A review as CSV for spreadsheets, where no cell is taken for a formula.

Source: https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io

from planner.diagnostics import printable
from planner.review.judged import Review

HEADER = (
    *("state", "severity", "rule", "subject", "resource", "summary", "measured", "limit", "fix"),
    *("place", "fingerprint"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(review: Review) -> str:
    """A row for each finding and for everything that could not be judged."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for one in review.findings:
        finding = one.finding
        said = (finding.rule, one.subject, finding.resource, finding.summary, finding.measured, finding.limit)
        row = (one.state, finding.severity.value, *said, finding.fix, str(one.place), one.fingerprint)
        writer.writerow([_cell(cell) for cell in row])
    for report in review.reports:
        for unseen in report.not_evaluated:
            blank = ("not evaluated", "", unseen.rule, report.subject, unseen.resource, unseen.reason, unseen.call)
            writer.writerow([_cell(cell) for cell in (*blank, "", "", "", "")])
    return text.getvalue()


def _cell(text: str) -> str:
    shown = printable(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
