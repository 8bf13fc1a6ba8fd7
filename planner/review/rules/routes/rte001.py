"""Nodes have no way to the internet and not all VPC endpoints that they need.

## What it does
For node subnets without a default route looks for available endpoints of ec2, ecr.api, ecr.dkr and S3 (the
gateway must be in their route tables), and of what the add-ons use.

## Why it matters
Nodes that reach neither the internet nor the endpoints cannot join the cluster or pull images.

## How to fix
Add the endpoints named in the finding, or a NAT gateway (`nat: perZone`).

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, RouteTable, Subnet, Unknown, VpcEndpoint
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets, needed_services, unknown_addons, working
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
    hidden = unknown_addons(design)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    there = {one.short_service for one in design.vpc_endpoints if working(one) and _serves(one, isolated, design)}
    for service, why in needed_services(design, context.facts).items():
        if service not in there:
            yield Problem(
                design.vpc.name,
                f"no VPC endpoint for {service}: {why}",
                measured=", ".join(sorted(there)) or "no endpoints",
                limit=service,
                fix=f"add a VPC endpoint for {service}, or a NAT gateway",
            )


def _serves(endpoint: VpcEndpoint, isolated: tuple[Subnet, ...], design: Design) -> bool:
    """Whether every isolated subnet's route table leads to a gateway endpoint; an interface serves all."""
    if endpoint.kind != "Gateway":
        return True
    tables = [design.route_table_of(subnet.name) for subnet in isolated]
    return all(isinstance(table, RouteTable) and table.name in endpoint.route_tables for table in tables)


RULE = Rule(
    code="RTE001",
    name="isolated-nodes-without-endpoints",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07", "N32"),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
