"""Fewer than two zones have a subnet tagged for internal load balancers.

## What it does
Counts the zones with a subnet tagged `kubernetes.io/role/internal-elb=1`, always.

## Why it matters
The AWS Load Balancer Controller finds its subnets by this tag, and an Application Load Balancer needs two
zones. Since version 2.12.1 the controller falls back to reachable subnets when none is tagged; older ones fail.

## How to fix
Tag one private subnet in each zone with `kubernetes.io/role/internal-elb=1`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_INTERNAL_ELB, first_undescribed, zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    tagged = [subnet for subnet in design.subnets if subnet.tag(ROLE_INTERNAL_ELB) in ("1", "")]
    zones = zones_of(tagged)
    hidden = first_undescribed(design)
    if isinstance(zones, Unknown):
        yield Unseen(design.vpc.name, zones)
    elif len(zones) < 2 and hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    elif len(zones) < 2:
        yield Problem(
            design.vpc.name,
            "too few zones have a subnet for internal load balancers",
            measured=f"{len(zones)} ({', '.join(sorted(zones)) or 'none'})",
            limit="two zones or more",
            fix=f"tag a subnet in each zone with {ROLE_INTERNAL_ELB}=1",
        )


RULE = Rule(
    code="LBS002",
    name="few-subnets-for-internal-load-balancers",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html",
    notes=("N33",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
