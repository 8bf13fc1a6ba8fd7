"""AMI type, version or release stands in the node group beside an AMI id.

## What it does
Looks for amiType, version or releaseVersion of a group whose launch template has an AMI id. EKS itself answers CUSTOM as
the type of such a group; that counts as none.

## Why it matters
EKS refuses to create or update such a group.

## How to fix
Remove the fields from the group, or ImageId from the template of a new group: a group cannot switch between an AMI of
your own and EKS's.

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
        said = (("amiType", group.ami_type), ("version", group.version), ("releaseVersion", group.release_version))
        both = [f"{field} {value}" for field, value in said if value is not None and value != "CUSTOM"]
        if template.image_id is not None and both:
            yield Problem(
                group.name,
                "EKS takes the AMI from the launch template or by type and version from the group, never both",
                measured=f"ImageId {template.image_id} and {', '.join(both)}",
                limit="one of the two",
                fix=f"remove {', '.join(one.split(' ')[0] for one in both)} from the group",
            )


RULE = Rule(
    code="NGP019",
    name="ami-in-both",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N23", "N26"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
