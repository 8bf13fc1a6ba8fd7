"""A subnet for load balancers has fewer than eight free addresses.

## What it does
Reads size and free addresses of every subnet tagged for load balancers (value 1 or empty).

## Why it matters
Elastic Load Balancing asks for eight free addresses in each subnet to create and to scale a load balancer;
the controller reports such a subnet as missing.

## How to fix
Free addresses, or tag a larger subnet (an Application Load Balancer needs a /27 at least).

## References
* https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, ROLE_INTERNAL_ELB, first_undescribed, meant_for


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    least = context.facts.number("load_balancer.addresses")
    longest = context.facts.number("load_balancer.prefix_length")
    hidden = first_undescribed(design)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    for subnet in design.subnets:
        if not (meant_for(subnet, ROLE_ELB) or meant_for(subnet, ROLE_INTERNAL_ELB)):
            continue
        if subnet.cidr.prefixlen > longest:
            yield Problem(
                subnet.name,
                "too small for an Application Load Balancer",
                measured=str(subnet.cidr),
                limit=f"/{longest} or larger",
                fix="tag a larger subnet in this zone",
            )
        free = free_addresses(design, subnet, context.facts)
        if isinstance(free, Unknown):
            yield Unseen(subnet.name, free)
        elif free < least:
            yield Problem(
                subnet.name,
                "too few free addresses for a load balancer",
                measured=f"{free} free in {subnet.cidr}",
                limit=f"{least} or more",
                fix="free addresses, or tag a larger subnet in this zone",
            )


RULE = Rule(
    code="LBS003",
    name="load-balancer-subnet-full",
    severity=Severity.ERROR,
    source="https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery",
    notes=("N33", "N44"),
    confidence="high",
    limits=("load_balancer.addresses", "load_balancer.prefix_length"),
    check=check,
    doc=__doc__ or "",
)
