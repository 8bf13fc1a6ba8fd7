"""Launch template holds what EKS forbids there.

## What it does
Looks in every launch template of a node group for a subnet, an instance profile, a shutdown behaviour or hibernation.

## Why it matters
EKS refuses to create or update a group with such a template; a group that runs an older version of it can no longer be
updated.

## How to fix
Make a version of the template without it: subnets and the node role are the group's, and EKS controls the life of nodes
itself.

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
        subnets = sorted(one.subnet for one in template.interfaces if one.subnet is not None)
        for field, value, instead in (
            ("SubnetId", ", ".join(subnets), "the group's subnets"),
            ("IamInstanceProfile", template.instance_profile, "the group's nodeRole"),
            ("InstanceInitiatedShutdownBehavior", template.shutdown_behavior, "nothing: EKS controls it"),
            ("HibernationOptions", "configured" if template.hibernation else None, "nothing: EKS controls it"),
        ):
            if value:
                yield Problem(
                    template.name,
                    f"EKS refuses {field} in a launch template",
                    measured=f"{field}: {value}",
                    limit=f"not in the template; {instead}",
                    fix=f"make a version of {template.name} without {field}, and update the group to it",
                )


RULE = Rule(
    code="NGP006",
    name="template-forbidden-field",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N23",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
