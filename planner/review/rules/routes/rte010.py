"""The VPC has no gateway endpoint for S3.

## What it does
Looks for a gateway endpoint of S3, where any route leads to a NAT gateway.

## Why it matters
Image layers come from S3. A gateway endpoint costs nothing and keeps them off the NAT gateways, which
charge for every byte.

## How to fix
`aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --service-name com.amazonaws.REGION.s3` with the
private route tables.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, RouteTarget, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    endpoints = design.vpc_endpoints
    if _without_nat(design):
        return
    if isinstance(endpoints, Unknown):
        yield Unseen(design.vpc.name, endpoints)
    elif any(one.kind == "Gateway" and one.short_service == "s3" and one.route_tables for one in endpoints):
        return
    elif design.vpc.existing and design.planned:
        hidden = Unknown("ec2:DescribeVpcEndpoints", "an existing VPC; the spec does not describe it")
        yield Unseen(design.vpc.name, hidden)
    else:
        yield Problem(
            design.vpc.name,
            "image layers go through the NAT gateways",
            measured="none",
            limit="a gateway endpoint for S3 in the route tables",
            fix="add a gateway endpoint for S3 to the private route tables",
        )


def _without_nat(design: Design) -> bool:
    """Whether it is known that no route leads to a NAT gateway: then no layer goes through one."""
    tables = design.route_tables
    return not isinstance(tables, Unknown) and not any(
        route.target_kind is RouteTarget.NAT_GATEWAY for table in tables for route in table.routes
    )


RULE = Rule(
    code="RTE010",
    name="no-s3-gateway-endpoint",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
    notes=("N32",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
