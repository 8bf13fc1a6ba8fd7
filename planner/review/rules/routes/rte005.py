"""Nodes without a way out live in a zone where an interface endpoint has no subnet.

## What it does
For each interface endpoint of an AWS service compares its zones with those of isolated node subnets.

## Why it matters
The endpoint still answers across zones as long as its own zone works; when that zone fails, nodes elsewhere
lose AWS.

## How to fix
Add a subnet of the missing zone to the endpoint.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets, of_aws
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(design.vpc.name, isolated)
        return
    if not isolated:
        return
    if isinstance(design.vpc_endpoints, Unknown):
        yield Unseen(design.vpc.name, design.vpc_endpoints)
        return
    zones = zones_of(isolated)
    if isinstance(zones, Unknown):
        yield Unseen(design.vpc.name, zones)
        return
    for endpoint in design.vpc_endpoints:
        if not of_aws(endpoint):
            continue
        there = zones_of(design.named_subnets(endpoint.subnets))
        if isinstance(there, Unknown):
            yield Unseen(endpoint.name, there)
        elif zones - there:
            yield Problem(
                endpoint.name,
                "no interface of this endpoint in a zone with isolated nodes",
                measured=", ".join(sorted(there)) or "no zones",
                limit=", ".join(sorted(zones)),
                fix=f"add subnets in {', '.join(sorted(zones - there))} to the endpoint",
            )


RULE = Rule(
    code="RTE005",
    name="endpoint-not-in-zone",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
