"""Node group was made without a launch template.

## What it does
Finds node groups that have no launch template of yours.

## Why it matters
EKS made one with its own defaults: volumes that nobody asked to encrypt, a metadata service open to pods, no tags on
instances and no own user data. Such a group can never get a template.

## How to fix
Make a new group with a launch template beside it, move the pods, and remove this one.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
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
        if group.launch_template is None:
            yield Problem(
                group.name,
                "a group made without a launch template can never get one",
                measured="no launch template",
                limit="a launch template from the beginning",
                fix="make a group with a launch template, and remove this one",
            )


RULE = Rule(
    code="NGP020",
    name="group-without-template",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N20",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
