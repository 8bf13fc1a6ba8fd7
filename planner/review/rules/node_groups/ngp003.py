"""Nodes have another Kubernetes version than the control plane.

## What it does
Compares the Kubernetes version of every node group with that of the cluster.

## Why it matters
EKS updates the control plane by one minor version at a time, and each version that nodes stay behind is one update
less before EKS refuses. Nodes that stay behind also miss the fixes of their AMIs.

## How to fix
`aws eks update-nodegroup-version`, group by group, after the control plane.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.model import Version
from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_groups(design)
    for group in known_groups(design):
        if design.cluster is not None and group.version is not None:
            cluster = design.cluster.version
            if Version.parse(group.version) < Version.parse(cluster):
                yield Problem(
                    group.name,
                    "nodes are behind the control plane",
                    measured=group.version,
                    limit=cluster,
                    fix=f"aws eks update-nodegroup-version --cluster-name {design.cluster.name} "
                    f"--nodegroup-name {group.name}",
                )


RULE = Rule(
    code="NGP003",
    name="group-behind-control-plane",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
    notes=("N20",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
