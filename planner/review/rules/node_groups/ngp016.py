"""EKS does not replace unhealthy nodes of a group.

## What it does
Looks whether node auto repair is on for every node group.

## Why it matters
EC2 status checks see a machine, not a kubelet that has hung or a disk that is full; without repair somebody has to.

## How to fix
`aws eks update-nodegroup-config --node-repair-config enabled=true`; no node is replaced for it.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/node-health.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_groups(design)
    for group in known_groups(design):
        if not group.node_repair.enabled:
            yield Problem(
                group.name,
                "unhealthy nodes are not replaced by EKS",
                measured="node repair off",
                limit="node repair on",
                fix=f"aws eks update-nodegroup-config --nodegroup-name {group.name} --node-repair-config enabled=true",
            )


RULE = Rule(
    code="NGP016",
    name="node-repair-off",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/node-health.html",
    notes=("N15",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
