"""A NAT gateway is not available.

## What it does
Reads the state of every NAT gateway of the VPC, with EC2's failure code (such as Gateway.NotAttached,
InsufficientFreeAddressesInSubnet or Resource.AlreadyAssociated) where it failed. One that is being made (pending)
is a warning.

## Why it matters
Routes to a failed gateway stay in their tables, so it looks like a way out: nodes behind it do not reach the API,
registries or AWS services. EC2 deletes failed gateways after about an hour, and the routes become black holes.

## How to fix
Put right what the failure code names, make a new gateway and point the routes to it; a failed one cannot be
repaired.

## References
* https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if isinstance(design.nat_gateways, Unknown):
        yield Unseen(design.vpc.name, design.nat_gateways)
        return
    tables = () if isinstance(design.route_tables, Unknown) else design.route_tables
    for gateway in design.nat_gateways:
        if gateway.state == "available":
            continue
        used = sorted(table.name for table in tables if any(route.target == gateway.name for route in table.routes))
        behind = f"; routes in {', '.join(used)} lead to it" if used else ""
        waiting = gateway.state == "pending"
        yield Problem(
            gateway.name,
            f"the NAT gateway lets nothing pass{' yet' if waiting else ''}{behind}",
            measured=" ".join(filter(None, (gateway.state, gateway.failure))),
            limit="available",
            fix="wait until it is available"
            if waiting
            else f"aws ec2 create-nat-gateway for a new one, point the routes to it, and delete {gateway.id or gateway.name}",
            severity=Severity.WARNING if waiting else None,
        )


RULE = Rule(
    code="RTE004",
    name="nat-gateway-not-available",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html",
    notes=("N32",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
