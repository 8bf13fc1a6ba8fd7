"""Nodes have no way to the internet and not all VPC endpoints that they need.

## What it does
For node subnets without a default route looks for endpoints of ec2, ecr.api, ecr.dkr and S3, and of what
the add-ons use.

## Why it matters
Nodes that reach neither the internet nor the endpoints cannot join the cluster or pull images.

## How to fix
Add the endpoints named in the finding, or a NAT gateway (`nat: perZone`).

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets, needed_services
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(design.vpc.name, isolated)
        return
    if not isolated:
        return
    if isinstance(design.vpc_endpoints, Unknown):
        yield Unseen(design.vpc.name, design.vpc_endpoints)
        return
    there = {endpoint.short_service for endpoint in design.vpc_endpoints}
    for service, why in needed_services(design, context.facts).items():
        if service not in there:
            yield Problem(
                design.vpc.name,
                f"no VPC endpoint for {service}: {why}",
                measured=", ".join(sorted(there)) or "no endpoints",
                limit=service,
                fix=f"add a VPC endpoint for {service}, or a NAT gateway",
            )


RULE = Rule(
    code="RTE001",
    name="isolated-nodes-without-endpoints",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07", "N32"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
