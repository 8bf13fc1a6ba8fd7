"""An insight of EKS stands against the upgrade.

## What it does
Passes on EKS's insights of the categories UPGRADE_READINESS and MISCONFIGURATION. EKS gives ERROR where the next version
fails and WARNING where the one after it may: here a blocker and a warning, and an error for a misconfiguration. With
`--target` insights about later versions are left out. An insight that EKS could not run is *not evaluated*.

## Why it matters
Insights see what the control plane saw in thirty days: calls of APIs that are removed, add-ons and kubelets that do not
fit. EKS refuses an update with such errors unless it is forced.

## How to fix
`aws eks describe-insight` names the resources and clients; change them and ask for a refresh
(`aws eks start-insights-refresh`), for EKS looks only once a day.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.insights import concerns, fix_of, hidden_insights, known_insights
from planner.review.rule import Outcome, Problem, ReviewContext, Rule

_CATEGORIES = ("UPGRADE_READINESS", "MISCONFIGURATION")


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_insights(design, *_CATEGORIES)
    for one in known_insights(design, *_CATEGORIES):
        if one.status not in ("ERROR", "WARNING") or not concerns(one, context) or design.cluster is None:
            continue
        severity = Severity.ERROR if one.category == "MISCONFIGURATION" else Severity.BLOCKER
        about = f" for {one.version}" if one.version else ""
        yield Problem(
            one.name,
            f"EKS reports it{about}{f': {one.reason}' if one.reason else ''}",
            measured=one.status,
            limit="PASSING",
            fix=fix_of(one, design.cluster.name),
            severity=severity if one.status == "ERROR" else Severity.WARNING,
        )


RULE = Rule(
    code="UPG003",
    name="upgrade-insight",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html",
    notes=("N03",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
