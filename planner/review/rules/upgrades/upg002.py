"""The cluster's Kubernetes version has left standard support.

## What it does
Asks EKS for the support of the cluster's version (`DescribeClusterVersions`); where it does not answer, the catalog's
dated table is used. Extended support is a warning, a version without support a blocker. A version older than all that are
known has ended with them. The table is believed for half a year (`version.table_days`): after that a version whose end
it does not show is *not evaluated*, and a newer one than it knows likewise.

## Why it matters
Extended support costs six times as much per hour as standard support. At its end EKS updates the control plane by itself,
whether nodes and add-ons are ready or not.

## How to fix
Upgrade: `eksplan review --target VERSION` says whether the cluster is ready for the next version.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
* https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.support import support_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    support = support_of(design, context)
    if support is None or design.cluster is None:
        return
    if isinstance(support, Unknown):
        yield Unseen(design.cluster.name, support)
        return
    if support.status == "STANDARD_SUPPORT":
        return
    ended = support.status == "UNSUPPORTED"
    last = support.extended_until if ended else support.standard_until
    yield Problem(
        design.cluster.name,
        f"Kubernetes {design.cluster.version} has no support any more"
        if ended
        else f"Kubernetes {design.cluster.version} is in extended support",
        measured=f"{design.cluster.version}, {'extended' if ended else 'standard'} support ended"
        + (f" on {last}" if last else ""),
        limit="a version in standard support",
        fix=f"upgrade {design.cluster.name} by one minor version at a time; review it with --target first",
        severity=None if ended else Severity.WARNING,
    )


RULE = Rule(
    code="UPG002",
    name="version-out-of-support",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html",
    notes=("N10",),
    confidence="high",
    parameters=("version.table_days",),
    check=check,
    doc=__doc__ or "",
)
