"""What is said of a finding, the same in every format."""

from __future__ import annotations

from planner.review.judged import Judged


def said(one: Judged) -> str:
    """The summary with both numbers: ``too few free addresses: 3 free (limit: 6 or more)``."""
    finding = one.finding
    text = finding.summary
    if finding.measured or finding.limit:
        text += f": {finding.measured}" + (f" (limit: {finding.limit})" if finding.limit else "")
    return text


def in_full(one: Judged) -> str:
    """What is said, and the fix, as one sentence after the other."""
    return said(one) + (f". Fix: {one.finding.fix}" if one.finding.fix else "")
