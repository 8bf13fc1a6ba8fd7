"""A subnet will soon have no free address.

## What it does
Draws a line of least squares through the free addresses of each subnet that the cluster uses, over earlier looks and this
one, and warns where it comes to nothing within 90 days (`forecast.warn_days`). `eksplan forecast` shows all subnets and
zones. One look makes no trend: then the rule is *not evaluated*. A plan is not judged.

## Why it matters
Subnets cannot be resized, and address space takes weeks to be granted. The day on which they run out should not be the
day on which it is noticed.

## How to fix
Add a subnet to the groups of that zone, move pods to a secondary block with custom networking, or find what takes the
addresses: `aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=ID`.

## References
* https://github.com/aws/amazon-vpc-cni-k8s/issues/757
* https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.forecast import forecast, looks_of
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.support import day_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if design.planned or design.cluster is None:
        return
    looks, day = looks_of((*context.history, design)), day_of(design, context)
    if len({one.moment for one in looks}) < 2 or day is None:
        reason = "one look makes no trend; give earlier snapshots too"
        yield Unseen(design.cluster.name, Unknown("ec2:DescribeSubnets", reason))
        return
    limit = context.number("forecast.warn_days")
    for one in forecast(looks).subnets:
        if one.exhausted is None or (one.exhausted - day).days > limit:
            continue
        left = max((one.exhausted - day).days, 0)
        yield Problem(
            one.name,
            f"it will have no free address {f'in {left} days' if left else 'today'}",
            measured=f"{one.free} free, {one.per_day:+.1f} a day over {one.points} looks since {one.since}",
            limit=f"more than {limit} days",
            fix="add a subnet in this zone, move pods to a secondary block, or find what takes the addresses",
        )


RULE = Rule(
    code="CAP005",
    name="addresses-run-out",
    severity=Severity.WARNING,
    source="https://github.com/aws/amazon-vpc-cni-k8s/issues/757",
    notes=("N29",),
    confidence="medium",
    parameters=("forecast.warn_days",),
    check=check,
    doc=__doc__ or "",
)
