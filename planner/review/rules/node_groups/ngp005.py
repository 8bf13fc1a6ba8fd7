"""Nodes run an older AMI release than AWS publishes.

## What it does
Compares the release version of every node group with AWS's public SSM parameter for its AMI type and Kubernetes
version. Windows has no such parameter, and of an AMI of your own AWS knows nothing.

## Why it matters
Releases carry kernel and container runtime fixes. EKS never updates a group by itself.

## How to fix
`aws eks update-nodegroup-version` without a version takes the latest release; the nodes are replaced.

## References
* https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-eks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.amis import release_order
from planner.design import Design, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_groups(design)
    for group in known_groups(design):
        if isinstance(group.latest_release, Unknown):
            yield Unseen(group.name, group.latest_release)
        elif group.latest_release is not None and group.release_version is not None:
            yield from _older(group, group.release_version, group.latest_release)


def _older(group: NodeGroup, release: str, latest: str) -> Iterator[Outcome]:
    if release_order(release) < release_order(latest):
        yield Problem(
            group.name,
            "the AMI release is not the latest",
            measured=release,
            limit=latest,
            fix=f"aws eks update-nodegroup-version --nodegroup-name {group.name} replaces the nodes",
        )


RULE = Rule(
    code="NGP005",
    name="ami-release-behind",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-eks.html",
    notes=("N14", "N26"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
