"""All node groups together reach only one Availability Zone.

## What it does
Counts the zones of all node subnets.

## Why it matters
When that zone fails, nothing runs any more.

## How to fix
Give the groups subnets in a second zone.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import node_subnets, zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if isinstance(design.node_groups, Unknown):
        yield Unseen(design.vpc.name, design.node_groups)
        return
    if not design.node_groups:
        return
    subnets = node_subnets(design)
    zones = subnets if isinstance(subnets, Unknown) else zones_of(subnets)
    if isinstance(zones, Unknown):
        yield Unseen(design.vpc.name, zones)
    elif len(zones) < 2:
        yield Problem(
            design.cluster.name if design.cluster else design.vpc.name,
            "all nodes live in one zone",
            measured=", ".join(sorted(zones)) or "none",
            limit="two zones or more",
            fix="add subnets of a second zone to the node groups",
        )


RULE = Rule(
    code="NSN005",
    name="nodes-in-one-zone",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N42",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
