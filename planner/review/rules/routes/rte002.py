"""A subnet meant to be public has no route to an internet gateway.

## What it does
Looks at subnets tagged for internet-facing load balancers, or with public addresses on launch.

## Why it matters
Load balancers and NAT gateways there are out of reach, although everything looks right.

## How to fix
Add `0.0.0.0/0 -> igw-...` to the subnet's route table.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, is_public, meant_for, undescribed


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    for subnet in design.subnets:
        hidden = subnet.map_public_ip if isinstance(subnet.map_public_ip, Unknown) else undescribed(design, subnet)
        meant = meant_for(subnet, ROLE_ELB) or subnet.map_public_ip is True
        if not meant and hidden is None:
            continue
        public = is_public(design, subnet)
        if not meant and hidden is not None:
            if public is not True:
                yield Unseen(subnet.name, hidden)
            continue
        if isinstance(public, Unknown):
            yield Unseen(subnet.name, public)
        elif not public:
            yield Problem(
                subnet.name,
                "meant to be public, but no route leads to an internet gateway",
                measured="no such route",
                limit="0.0.0.0/0 to an internet gateway",
                fix="add the route, or drop the tag and MapPublicIpOnLaunch",
            )


RULE = Rule(
    code="RTE002",
    name="public-subnet-without-internet-gateway",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N32",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
