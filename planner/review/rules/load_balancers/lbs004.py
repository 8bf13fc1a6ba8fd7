"""A subnet's load-balancer tag contradicts its routes.

## What it does
Compares `kubernetes.io/role/elb` and `kubernetes.io/role/internal-elb` with whether the subnet is public.

## Why it matters
An internet-facing load balancer in a private subnet cannot be reached; an internal one in a public subnet
is usually a mistake.

## How to fix
Move the tag to a subnet of the right kind.

## References
* https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, ROLE_INTERNAL_ELB, first_undescribed, is_public, meant_for


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    hidden = first_undescribed(design)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    for subnet in design.subnets:
        facing, internal = meant_for(subnet, ROLE_ELB), meant_for(subnet, ROLE_INTERNAL_ELB)
        if not facing and not internal:
            continue
        public = is_public(design, subnet)
        if isinstance(public, Unknown):
            yield Unseen(subnet.name, public)
            continue
        if facing and not public:
            yield Problem(
                subnet.name,
                "tagged for internet-facing load balancers, but private",
                measured="no route to an internet gateway",
                limit="a public subnet",
                fix=f"remove {ROLE_ELB}, or route the subnet to an internet gateway",
            )
        if internal and public:
            yield Problem(
                subnet.name,
                "tagged for internal load balancers, but public",
                measured="default route to an internet gateway",
                limit="a private subnet",
                fix=f"remove {ROLE_INTERNAL_ELB}, or tag a private subnet",
                severity=Severity.WARNING,
            )


RULE = Rule(
    code="LBS004",
    name="load-balancer-tag-contradicts-route",
    severity=Severity.ERROR,
    source="https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery",
    notes=("N33",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
