"""The service block overlaps the VPC.

## What it does
Compares the cluster's IPv4 service block with every block of the VPC.

## Why it matters
An address in both is taken for a service inside the cluster: pods can no longer reach what lives there.

## How to fix
The service block can never be changed: make a new cluster with `serviceCidr` clear of the VPC, or remove
the overlapping secondary block.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    service = design.cluster.service_cidr if design.cluster else None
    if service is None:
        return
    for block in design.vpc.cidrs:
        if service.overlaps(block):
            yield Problem(
                design.cluster.name if design.cluster else "",
                "the service block overlaps the VPC",
                measured=str(service),
                limit=f"clear of {block}",
                fix="a new cluster with another serviceCidr; it cannot be changed",
            )


RULE = Rule(
    code="VPC004",
    name="service-cidr-overlaps-vpc",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html",
    notes=("N41",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
