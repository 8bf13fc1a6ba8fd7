"""Nodes use the public endpoint, and its blocks omit their NAT gateways.

## What it does
When the private endpoint is off and the public one is limited to blocks, checks that the public
address of every NAT gateway in the nodes' routes is in one of them.

## Why it matters
Nodes leave the VPC through a NAT gateway to reach the API; with its address left out they never join.

## How to fix
Turn the private endpoint on (nodes then stay inside the VPC), or add the NAT gateways' addresses to
`publicCidrs`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, collapse_addresses

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import default_route, node_subnets, routes_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or cluster.endpoint.private or cluster.endpoint.nat_egress:
        return
    blocks = list(collapse_addresses([IPv4Network(text) for text in cluster.endpoint.public_cidrs if ":" not in text]))
    if IPv4Network("0.0.0.0/0") in blocks:
        return
    subnets = node_subnets(design)
    if isinstance(subnets, Unknown) or isinstance(design.nat_gateways, Unknown):
        yield Unseen(cluster.name, subnets if isinstance(subnets, Unknown) else design.nat_gateways)  # type: ignore[arg-type]
        return
    used: set[str] = set()
    for subnet in subnets:
        routes = routes_of(design, subnet)
        if isinstance(routes, Unknown):
            yield Unseen(subnet.name, routes)
        elif (route := default_route(routes)) is not None:
            used.add(route.target)
    for gateway in design.nat_gateways:
        if gateway.name not in used or not gateway.public:
            continue
        if not gateway.public_ips:
            yield Unseen(gateway.name, Unknown("ec2:DescribeNatGateways", "its public address is not known"))
        for address in gateway.public_ips:
            if not any(IPv4Network(f"{address}/32").subnet_of(block) for block in blocks):
                yield Problem(
                    gateway.name,
                    "nodes behind this NAT gateway are refused by the public endpoint",
                    measured=address,
                    limit=", ".join(cluster.endpoint.public_cidrs) or "no blocks",
                    fix=f"turn the private endpoint on, or add {address}/32 to publicCidrs",
                )


RULE = Rule(
    code="API001",
    name="public-endpoint-without-nat-addresses",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
    notes=("N04",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
