"""Instance types stand in the launch template and in the node group.

## What it does
Looks for an instance type in the launch template of a group that names types itself.

## Why it matters
EKS takes one type from the template or up to 20 from the group; with both every create and update is refused.

## How to fix
Remove InstanceType from the template. The exception is a Capacity Block, which takes it from the template only.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_pairs
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for group, template in known_pairs(design):
        if template.instance_type is not None and group.instance_types:
            yield Problem(
                group.name,
                "EKS takes instance types from the launch template or from the group, never from both",
                measured=f"instanceTypes {', '.join(group.instance_types)} and InstanceType {template.instance_type}",
                limit="one of the two",
                fix=f"make a version of {template.name} without InstanceType",
            )


RULE = Rule(
    code="NGP007",
    name="types-in-both",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N23",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
