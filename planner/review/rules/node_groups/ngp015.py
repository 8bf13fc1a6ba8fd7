"""Spot node group draws from a single instance type.

## What it does
Counts the instance types of Spot node groups, those in the launch template included.

## Why it matters
One type has one pool of spare capacity in each zone. When it is empty no node starts, and an update stops with
NodeCreationFailure.

## How to fix
Name several types of the same vCPU and memory; ten are advised. EKS cannot change the types of a group, so it takes a new
one.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
* https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
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
        types = design.types_of(group)
        if group.capacity_type != "SPOT" or len(types) > 1:
            continue
        if not types and isinstance(design.launch_templates, Unknown):
            yield Unseen(group.name, design.launch_templates)
            continue
        yield Problem(
            group.name,
            "a Spot group with one type has one pool in each zone",
            measured=", ".join(types) or "t3.medium, EKS's default",
            limit="several types of one shape",
            fix="make a group with several types of the same vCPU and memory, and remove this one",
        )


RULE = Rule(
    code="NGP015",
    name="spot-single-type",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
    notes=("N17", "N27"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
