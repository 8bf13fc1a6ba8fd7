"""Spot nodes are not replaced before they are taken.

## What it does
Looks whether the Auto Scaling group of a Spot node group has capacity rebalancing on, as EKS makes it.

## Why it matters
With it a replacement starts when an instance is at risk; without it pods have the two minutes of the interruption notice.

## How to fix
`aws autoscaling update-auto-scaling-group --capacity-rebalance`: somebody has turned it off.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_groups(design)
    for group in known_groups(design):
        if group.capacity_type != "SPOT":
            continue
        elif isinstance(group.capacity_rebalance, Unknown):
            yield Unseen(group.name, group.capacity_rebalance)
        elif not group.capacity_rebalance:
            yield Problem(
                group.name,
                "Spot instances at risk are not replaced early",
                measured="CapacityRebalance off",
                limit="CapacityRebalance on",
                fix="aws autoscaling update-auto-scaling-group --capacity-rebalance",
            )


RULE = Rule(
    code="NGP014",
    name="spot-without-rebalance",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
    notes=("N17",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
