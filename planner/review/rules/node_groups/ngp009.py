"""Node group uses an older version of its launch template.

## What it does
Compares the version of the launch template that a group uses with the latest one.

## Why it matters
What was changed in the template (disk, user data, metadata settings) does not reach the nodes until the group is
updated to it; a version that was meant to be tried can also be forgotten.

## How to fix
`aws eks update-nodegroup-version --launch-template`, or delete the version that nobody wants.

## References
* https://clowdhaus.github.io/eksup/info/checks
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
        used, latest = template.version, template.latest_version
        if used is not None and latest is not None and used != latest:
            yield Problem(
                group.name,
                f"uses version {used} of {template.name}",
                measured=f"version {used}",
                limit=f"version {latest}, the latest",
                fix=f"aws eks update-nodegroup-version --nodegroup-name {group.name} --launch-template "
                f"version={latest} replaces the nodes",
            )


RULE = Rule(
    code="NGP009",
    name="template-version-behind",
    severity=Severity.WARNING,
    source="https://clowdhaus.github.io/eksup/info/checks",
    notes=("N20",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
