"""EKS's own insights about a cluster, for the rules that pass them on."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.model import Version
from planner.design import Design, Insight, Unknown
from planner.review.rule import ReviewContext, Unseen

LISTED = "eks:ListInsights"


def known_insights(design: Design, *categories: str) -> Iterator[Insight]:
    """Insights of these categories that could be read."""
    if design.operations is not None and not isinstance(design.operations.insights, Unknown):
        yield from (one for one in design.operations.insights if one.category in categories)


def hidden_insights(design: Design, *categories: str) -> Iterator[Unseen]:
    """Why insights could not be read, all of them or one whose check EKS could not run."""
    if design.planned or design.cluster is None:
        return
    if design.operations is None:
        yield Unseen(design.cluster.name, Unknown(LISTED, "was not asked"))
    elif isinstance(design.operations.insights, Unknown):
        yield Unseen(design.cluster.name, design.operations.insights)
    for one in known_insights(design, *categories):
        if one.status not in ("PASSING", "WARNING", "ERROR"):
            yield Unseen(one.name, Unknown(LISTED, f"EKS says {one.status}{f': {one.reason}' if one.reason else ''}"))


def concerns(insight: Insight, context: ReviewContext) -> bool:
    """Whether an insight is about the way to the planned version; without one every insight is."""
    if context.target is None or insight.version is None:
        return True
    try:
        return Version.parse(insight.version) <= Version.parse(context.target)
    except ValueError:
        return True


def fix_of(insight: Insight, cluster: str) -> str:
    """What EKS recommends, else the call that says it."""
    asked = f"aws eks describe-insight --cluster-name {cluster} --id {insight.id}"
    return f"{insight.recommendation} ({asked} names the resources)" if insight.recommendation else asked
