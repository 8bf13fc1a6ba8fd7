"""A block of the VPC overlaps a connected network.

## What it does
Compares the VPC's blocks with those of peers and of the networks named in the spec.

## Why it matters
Traffic to an overlapping address stays inside the VPC, so the other network is out of reach; AWS refuses to
peer such VPCs.

## How to fix
Plan with the other network in `avoid`, so that the VPC gets another block.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    peers = design.vpc.peer_cidrs
    if isinstance(peers, Unknown):
        yield Unseen(design.vpc.name, peers)
        return
    for name, other in peers:
        for block in design.vpc.cidrs:
            if block.overlaps(other):
                yield Problem(
                    design.vpc.name,
                    f"a block of the VPC overlaps {name}",
                    measured=str(block),
                    limit=f"clear of {other}",
                    fix="use another block, or renumber one of the two",
                )


RULE = Rule(
    code="VPC007",
    name="cidr-overlaps-peer",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N29",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
