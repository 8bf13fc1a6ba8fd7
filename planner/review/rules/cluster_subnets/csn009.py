"""A cluster subnet is public.

## What it does
Looks for a default route to an internet gateway in the routes of each cluster subnet.

## Why it matters
The control plane's interfaces need no way to the internet; in a private subnet a wrong security-group rule
exposes nothing.

## How to fix
Associate the subnet with a private route table, or give the cluster private subnets.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets, is_public


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    for subnet in cluster_subnets(design):
        public = is_public(design, subnet)
        if isinstance(public, Unknown):
            yield Unseen(subnet.name, public)
        elif public:
            yield Problem(
                subnet.name,
                "the control plane's interfaces lie in a public subnet",
                measured="default route to an internet gateway",
                limit="private",
                fix="use private subnets for the control plane",
            )


RULE = Rule(
    code="CSN009",
    name="cluster-subnet-public",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N31",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
