"""Node group reports a health issue.

## What it does
Reports every issue that EKS itself names for a node group, such as AsgInstanceLaunchFailures,
Ec2LaunchTemplateNotFound or AccessDenied.

## Why it matters
A group with an issue does not scale, repair or update as it should, although its nodes may still run.

## How to fix
EKS names the resource in the issue; `aws eks describe-nodegroup` shows it in full.

## References
* https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html
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
        for issue in group.health_issues:
            code, _, message = issue.partition(": ")
            yield Problem(
                group.name,
                f"EKS reports {code}: {message}",
                measured=code,
                limit="no issues",
                fix=f"aws eks describe-nodegroup --nodegroup-name {group.name} names the resource to put right",
            )


RULE = Rule(
    code="NGP001",
    name="node-group-health",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html",
    notes=("N15", "N20"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
