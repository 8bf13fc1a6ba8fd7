"""Security groups close DNS between nodes.

## What it does
Asks for every pair of zones and node groups whether pods reach port 53 (TCP and UDP) of pods on other nodes, where
CoreDNS runs.

## Why it matters
Names resolve on some nodes and not on others; a second node group with a group of its own is the usual cause.

## How to fix
Let the groups of all nodes in on port 53, TCP and UDP, from each other.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.flows import stopped
from planner.review.rule import Outcome, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from stopped(design, context, ("dns",), ("SECURITY_GROUP",), "ec2:DescribeSecurityGroups")


RULE = Rule(
    code="SGR004",
    name="dns-between-nodes-closed",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
    notes=("N35",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
