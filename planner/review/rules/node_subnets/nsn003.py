"""Nodes in a public subnet get no public address.

## What it does
Looks at public node subnets: `MapPublicIpOnLaunch` must be on there, unless nodes find the API and all
services inside the VPC. Generic scanners ask for the opposite;
for nodes in a public subnet EKS requires it.

## Why it matters
Such a node has a route to the internet and no address to use it with: it reaches neither AWS nor the API
and never joins.

## How to fix
`aws ec2 modify-subnet-attribute --subnet-id SUBNET --map-public-ip-on-launch`, or better: move the nodes to
private subnets.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.egress import needed_services, working
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import is_public, node_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    subnets = node_subnets(design)
    if isinstance(subnets, Unknown):
        yield Unseen(design.vpc.name, subnets)
        return
    for subnet in subnets:
        public = is_public(design, subnet)
        if isinstance(public, Unknown):
            yield Unseen(subnet.name, public)
        elif public and isinstance(subnet.map_public_ip, Unknown):
            yield Unseen(subnet.name, subnet.map_public_ip)
        elif public and not subnet.map_public_ip and not _reaches_all_inside(design, context):
            yield Problem(
                subnet.name,
                "nodes in this public subnet get no public address and cannot join",
                measured="MapPublicIpOnLaunch off",
                limit="on",
                fix="turn it on, or move the nodes to private subnets",
            )


def _reaches_all_inside(design: Design, context: ReviewContext) -> bool:
    """Whether nodes find the API and every service that they need inside the VPC."""
    if design.cluster is None or not design.cluster.endpoint.private or isinstance(design.vpc_endpoints, Unknown):
        return False
    there = {endpoint.short_service for endpoint in design.vpc_endpoints if working(endpoint)}
    return set(needed_services(design, context.facts)) <= there


RULE = Rule(
    code="NSN003",
    name="public-nodes-without-public-address",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html",
    notes=("N32",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
