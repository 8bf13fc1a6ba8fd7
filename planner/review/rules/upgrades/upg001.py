"""The planned version is not the next one.

## What it does
Compares the version of a planned upgrade (`--target`) with that of the cluster. EKS goes up by one minor version at a
time. It goes down by one within seven days of an update, which a review cannot see, so that is said as a warning.
Without a target there is nothing to judge.

## Why it matters
EKS refuses an update over several minor versions, and each version in between needs its own look at nodes and add-ons.

## How to fix
Upgrade one minor version at a time: control plane, add-ons, nodes, and then the next. `eksplan update --control-plane`
gives the whole way with its steps.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.model import Version
from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if design.cluster is None or context.target is None:
        return
    here, target = Version.parse(design.cluster.version), Version.parse(context.target)
    if target.major != here.major or target.minor > here.minor + 1:
        following = Version(here.major, here.minor + 1)
        yield Problem(
            design.cluster.name,
            "EKS upgrades by one minor version at a time",
            measured=f"from {here} to {target}",
            limit=f"{following} is the next one",
            fix=f"aws eks update-cluster-version --name {design.cluster.name} --kubernetes-version {following} first",
        )
    elif target < here:
        days = context.facts.number("version.rollback_days")
        yield Problem(
            design.cluster.name,
            "the planned version is older than the cluster's",
            measured=f"from {here} to {target}",
            limit=f"one minor version back, within {days} days of an update",
            fix="name a newer version, or look at the insights of category ROLLBACK_READINESS first (UPG005)",
            severity=Severity.WARNING if here.minor - target.minor == 1 else None,
        )


RULE = Rule(
    code="UPG001",
    name="upgrade-skips-version",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
    notes=("N10",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
