"""Launch template of a node group is not there.

## What it does
Looks for every launch template that a node group names.

## Why it matters
Without its template EKS can neither scale nor update the group, and the group can never get another one.

## How to fix
Make a new group with a launch template, and remove this one. EKS may also offer to restore the template in the health
issue that it reports.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
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
        if group.launch_template is not None and isinstance(design.launch_templates, Unknown):
            yield Unseen(group.name, design.launch_templates)
        elif group.launch_template is not None and design.launch_template(group.launch_template) is None:
            yield Problem(
                group.name,
                "its launch template is not there",
                measured=group.launch_template,
                limit="the template that the group was made with",
                fix="make a group with a launch template, and remove this one",
            )


RULE = Rule(
    code="NGP024",
    name="template-gone",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N20",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
