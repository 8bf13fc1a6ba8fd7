"""An IPv6 cluster in a VPC without an IPv6 block.

## What it does
Checks that the VPC has an IPv6 block when the cluster's IP family is ipv6.

## Why it matters
Pods and services get IPv6 addresses only; without a block there are none.

## How to fix
`aws ec2 associate-vpc-cidr-block --amazon-provided-ipv6-cidr-block --vpc-id VPC`, then give every subnet a
/64.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster and design.cluster.ip_family == "ipv6" and not design.vpc.ipv6:
        yield Problem(
            design.vpc.name,
            "the cluster is IPv6, the VPC has no IPv6 block",
            measured="none",
            limit="a /56 of the VPC",
            fix="associate an Amazon-provided IPv6 block with the VPC",
        )


RULE = Rule(
    code="VPC009",
    name="ipv6-cluster-without-ipv6-vpc",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N29",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
