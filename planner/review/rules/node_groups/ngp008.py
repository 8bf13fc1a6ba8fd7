"""Launch template names security groups at the instance and at its interfaces.

## What it does
Looks for security groups at both levels of a launch template. Network interfaces without groups of their own beside
groups of the instance count too, for EC2 takes groups in one place only.

## Why it matters
EC2 starts no instance from it.

## How to fix
Keep the groups at the interfaces where there are interfaces, else at the instance. Name the cluster security group among
them: with any group there EKS no longer adds it.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_templates
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for template in known_templates(design):
        if template.security_groups and template.interfaces:
            inside = sorted({name for one in template.interfaces for name in one.security_groups})
            yield Problem(
                template.name,
                "security groups stand at the instance and its interfaces are named as well",
                measured=f"instance: {', '.join(template.security_groups)}; interfaces: {', '.join(inside) or 'none'}",
                limit="one level",
                fix=f"make a version of {template.name} with the groups in NetworkInterfaces only",
            )


RULE = Rule(
    code="NGP008",
    name="groups-at-two-levels",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N24",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
