"""A subnet of the cluster does not exist any more.

## What it does
Looks for each of the cluster's subnets in the VPC.

## Why it matters
Updates of the control plane fail as soon as EKS wants to place an interface there.

## How to fix
`aws eks update-cluster-config --name CLUSTER --resources-vpc-config subnetIds=...` with subnets in the
original zones.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster is None:
        return
    known = {subnet.name for subnet in design.subnets}
    for name in design.cluster.subnets:
        if name not in known:
            yield Problem(
                design.cluster.name,
                "a subnet of the cluster is gone",
                measured=name,
                limit="a subnet of the VPC",
                fix="replace it by a subnet in the same zone",
            )


RULE = Rule(
    code="CSN007",
    name="cluster-subnet-missing",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
    notes=("N29",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
