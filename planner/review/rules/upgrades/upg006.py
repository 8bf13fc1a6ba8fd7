"""EKS will soon upgrade the cluster by itself.

## What it does
Counts the days to the end of the support that the cluster's upgrade policy gives it: standard support for STANDARD,
extended support for EXTENDED. It warns from 90 days on (`version.warn_days`), and where the day has passed. A plan is
not judged: its cluster may still be made with a newer version, and UPG002 says what its own is worth.

## Why it matters
On that day EKS updates the control plane to the next version, at a time of its own choosing, ready or not.

## How to fix
Upgrade before, or take extended support: `aws eks update-cluster-config --name NAME --upgrade-policy
supportType=EXTENDED` (spec: `supportType: extended`).

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html
* https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.support import CALL, day_of, support_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    support, day = support_of(design, context), day_of(design, context)
    cluster = design.cluster
    if design.planned or support is None or cluster is None:
        return
    for one in (support, cluster.support_type):
        if isinstance(one, Unknown):
            yield Unseen(cluster.name, one)
            return
    if isinstance(support, Unknown) or day is None:
        return
    extended = cluster.support_type == "EXTENDED"
    end = support.extended_until if extended else support.standard_until
    if end is None:
        if support.status != "UNSUPPORTED":  # which UPG002 says
            yield Unseen(cluster.name, Unknown(CALL, f"no end of support of {cluster.version} is in the answer"))
        return
    left, limit = (end - day).days, context.number("version.warn_days")
    if left > limit:
        return
    kind = "extended" if extended else "standard"
    yield Problem(
        cluster.name,
        f"EKS upgrades it by itself when {kind} support of {cluster.version} ends"
        if left >= 0
        else f"{kind} support of {cluster.version} has ended: EKS upgrades it by itself",
        measured=f"{left} days, on {end}" if left >= 0 else f"{-left} days ago, on {end}",
        limit=f"more than {limit} days",
        fix=f"upgrade {cluster.name}" + ("" if extended else ", or set supportType EXTENDED in its upgrade policy"),
    )


RULE = Rule(
    code="UPG006",
    name="automatic-upgrade-near",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html",
    notes=("N10",),
    confidence="high",
    parameters=("version.warn_days", "version.table_days"),
    check=check,
    doc=__doc__ or "",
)
