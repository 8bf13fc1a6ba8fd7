"""Remote access to nodes is open to everyone.

## What it does
Looks for a node group whose remoteAccess has a key and no source security groups.

## Why it matters
EKS then opens TCP 22 (3389 on Windows) of the nodes to 0.0.0.0/0.

## How to fix
Make a new group with source groups, or better with a launch template and no key: Session Manager needs neither. EKS
cannot change remote access of a group.

## References
* https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html
* https://github.com/bridgecrewio/checkov/blob/main/checkov/terraform/checks/resource/aws/EKSNodeGroupRemoteAccess.py
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    for group in known_groups(design):
        access = group.remote_access
        if access is None or access.key is None or access.source_groups:
            continue
        windows = (group.ami_type or "").startswith("WINDOWS")
        port = context.facts.table("nodegroup.ports_opened")["windows" if windows else "linux"]
        yield Problem(
            group.name,
            f"EKS opened TCP {port} of its nodes to 0.0.0.0/0",
            measured=f"key {access.key}, no source groups",
            limit="source security groups, or no key",
            fix="make a group with sourceSecurityGroups or without a key, and remove this one",
        )


RULE = Rule(
    code="NGP017",
    name="ssh-open-to-everyone",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html",
    notes=("N23", "N24"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
