"""Nodes run Amazon Linux 2, for which EKS publishes no AMIs any more.

## What it does
Finds node groups with an AMI type of Amazon Linux 2: a blocker from Kubernetes 1.33, for which there are none, and a
warning before, for the next update of the control plane leads there. With a planned upgrade (`--target`) its version
counts.

## Why it matters
AL2 nodes get no fixes, and a cluster whose nodes cannot follow cannot be updated.

## How to fix
Make a new group with AL2023 or Bottlerocket: EKS cannot change the AMI type of a group. User data has to be written
anew, for AL2023 takes a NodeConfig and not bootstrap.sh.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.amis import ami_row
from planner.catalog.model import Version
from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    for group in known_groups(design):
        row = ami_row(group.ami_type or "", context.facts)
        if row is None or row["os"] != "al2" or design.cluster is None:
            continue
        version = context.target or design.cluster.version
        ended = Version.parse(version) > Version.parse(row["last"])
        yield Problem(
            group.name,
            f"Amazon Linux 2 has no AMIs for Kubernetes {version}"
            if ended
            else f"Amazon Linux 2 gets no new AMIs since {context.facts['ami.al2_end'].value}",
            measured=f"{group.ami_type} with Kubernetes {version}",
            limit=f"Kubernetes {row['last']} at most",
            fix="make a group with AL2023 or Bottlerocket beside it, and remove this one",
            severity=None if ended else Severity.WARNING,
        )


RULE = Rule(
    code="NGP004",
    name="al2-nodes",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html",
    notes=("N14",),
    confidence="high",
    limits=("ami.al2_end",),
    check=check,
    doc=__doc__ or "",
)
