"""Nodes live in a public subnet.

## What it does
Looks for a default route to an internet gateway in the routes of each node subnet.

## Why it matters
Every node then has a public address; one wrong security-group rule exposes it.

## How to fix
Put the group into private subnets (`subnets: private`) with a NAT gateway or VPC endpoints.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import is_public, node_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    subnets = node_subnets(design)
    if isinstance(subnets, Unknown):
        yield Unseen(design.vpc.name, subnets)
        return
    for subnet in subnets:
        public = is_public(design, subnet)
        if isinstance(public, Unknown):
            yield Unseen(subnet.name, public)
        elif public:
            yield Problem(
                subnet.name,
                "nodes live in a public subnet",
                measured="default route to an internet gateway",
                limit="private",
                fix="use private subnets for nodes",
            )


RULE = Rule(
    code="NSN004",
    name="nodes-in-public-subnet",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N32",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
