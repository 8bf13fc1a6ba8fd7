"""Fewer than two zones have a subnet tagged for internet-facing load balancers.

## What it does
Counts the zones with a subnet tagged `kubernetes.io/role/elb=1`, if the VPC has public subnets at all.

## Why it matters
The AWS Load Balancer Controller finds its subnets by this tag, and an Application Load Balancer needs two
zones. Since version 2.12.1 the controller falls back to reachable subnets when none is tagged; older ones fail.

## How to fix
Tag one public subnet in each zone with `kubernetes.io/role/elb=1`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, first_undescribed, is_public, zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:
    del context
    tagged = [subnet for subnet in design.subnets if subnet.tag(ROLE_ELB) in ("1", "")]
    zones = zones_of(tagged)
    if isinstance(zones, Unknown):
        yield Unseen(design.vpc.name, zones)
        return
    if len(zones) >= 2:
        return
    kinds = [is_public(design, subnet) for subnet in design.subnets]
    hidden = first_undescribed(design)
    unread = next((kind for kind in kinds if isinstance(kind, Unknown)), hidden)
    if unread is not None:
        yield Unseen(design.vpc.name, unread)
    elif any(kinds):
        yield Problem(
            design.vpc.name,
            "too few zones have a subnet for internet-facing load balancers",
            measured=f"{len(zones)} ({', '.join(sorted(zones)) or 'none'})",
            limit="two zones or more",
            fix=f"tag a public subnet in each zone with {ROLE_ELB}=1",
        )


RULE = Rule(
    code="LBS001",
    name="few-subnets-for-internet-facing-load-balancers",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html",
    notes=("N33",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
