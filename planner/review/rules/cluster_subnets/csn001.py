"""The cluster subnets do not reach two Availability Zones.

## What it does
Counts the zones of the subnets given to the cluster.

## Why it matters
EKS spreads the control plane's interfaces over two zones and refuses fewer.

## How to fix
Give the cluster a subnet in a second zone.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets, zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if design.cluster is None:
        return
    zones = zones_of(cluster_subnets(design))
    least = context.facts.number("cluster.zones_min")
    if isinstance(zones, Unknown):
        yield Unseen(design.cluster.name, zones)
    elif len(zones) < least:
        yield Problem(
            design.cluster.name,
            "the cluster subnets lie in too few zones",
            measured=f"{len(zones)} ({', '.join(sorted(zones)) or 'none'})",
            limit=f"{least} or more",
            fix="add a cluster subnet in another zone",
        )


RULE = Rule(
    code="CSN001",
    name="cluster-subnets-in-one-zone",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N31",),
    confidence="high",
    limits=("cluster.zones_min",),
    check=check,
    doc=__doc__ or "",
)
