"""EKS's insights are older than a day.

## What it does
Compares the time of each insight's last refresh with the moment at which the cluster was observed. EKS refreshes them
every 24 hours; one finding names the oldest.

## Why it matters
An old insight neither knows what was repaired since nor what was broken.

## How to fix
`aws eks start-insights-refresh --cluster-name NAME` asks EKS to look now; read them again some minutes later.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from planner.design import Design, Insight, Unknown
from planner.diagnostics import Severity
from planner.review.insights import LISTED, hidden_insights
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    operations, cluster = design.operations, design.cluster
    hidden = list(hidden_insights(design))
    yield from hidden
    if hidden or cluster is None or operations is None or isinstance(operations.insights, Unknown):
        return
    if not operations.insights:
        return
    now = _moment(operations.observed)
    dated = [(when, one) for one in operations.insights if (when := _moment(one.refreshed)) is not None]
    if now is None or not dated:
        missing = "the insights do not say when they were refreshed" if now else "the time of the look is not known"
        yield Unseen(cluster.name, Unknown(LISTED, missing))
        return
    when, oldest = min(dated, key=lambda pair: (pair[0], pair[1].name))
    limit, hours = context.facts.number("insight.hours"), int((now - when).total_seconds() // 3600)
    if hours > limit:
        yield Problem(
            cluster.name,
            f"the insights are old, the oldest of them is {_named(oldest)}",
            measured=f"{hours} hours old",
            limit=f"{limit} hours",
            fix=f"aws eks start-insights-refresh --cluster-name {cluster.name}, then review again",
        )


def _named(insight: Insight) -> str:
    return f"{insight.name} of {insight.refreshed}"


def _moment(text: str | None) -> datetime | None:
    """A moment in UTC; None for none, and for what is no time."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


RULE = Rule(
    code="UPG004",
    name="insights-old",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html",
    notes=("N03",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
