"""Disk size or remote access stands in the node group beside a launch template.

## What it does
Looks for diskSize or remoteAccess of a group that has a launch template.

## Why it matters
EKS takes both only from groups without a template, and refuses them otherwise. Other tools drop the value without a
word, and the disk stays at 20 GiB.

## How to fix
Put the volume into BlockDeviceMappings and the key into KeyName of the template, and remove the fields from the group.

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
            continue
        access = group.remote_access
        for field, value, instead in (
            ("diskSize", group.disk_size, "BlockDeviceMappings"),
            ("remoteAccess", (access.key or "source groups") if access else None, "KeyName and security groups"),
        ):
            if value is not None:
                yield Problem(
                    group.name,
                    f"EKS refuses {field} beside a launch template",
                    measured=f"{field} {value} and launch template {group.launch_template}",
                    limit="one of the two",
                    fix=f"remove {field}, and put {instead} into {group.launch_template}",
                )


RULE = Rule(
    code="NGP018",
    name="disk-or-ssh-in-both",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N23",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
