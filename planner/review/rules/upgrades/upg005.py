"""The way back from an upgrade is not open.

## What it does
Passes on EKS's insights of the category ROLLBACK_READINESS that are not passing. EKS gives them for some days after an
update, while a cluster can go back by one minor version. A cluster without such insights has no way back to judge.

## Why it matters
Whoever counts on going back when an upgrade goes wrong should know before that it will be refused.

## How to fix
`aws eks describe-insight` names what only the newer version knows; remove it, or roll nodes and add-ons back first.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
* https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.insights import fix_of, hidden_insights, known_insights
from planner.review.rule import Outcome, Problem, ReviewContext, Rule

_CATEGORY = "ROLLBACK_READINESS"


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_insights(design, _CATEGORY)
    for one in known_insights(design, _CATEGORY):
        if one.status in ("ERROR", "WARNING") and design.cluster is not None:
            yield Problem(
                one.name,
                f"it stands against going back{f' to {one.version}' if one.version else ''}"
                f"{f': {one.reason}' if one.reason else ''}",
                measured=one.status,
                limit="PASSING",
                fix=fix_of(one, design.cluster.name),
            )


RULE = Rule(
    code="UPG005",
    name="rollback-insight",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html",
    notes=("N03",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
