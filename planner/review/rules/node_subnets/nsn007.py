"""A subnet tagged for the VPC CNI is nearly full.

## What it does
Looks at subnets tagged `kubernetes.io/role/cni` (not 0), which the CNI uses for further interfaces, and at
the pod subnets of custom networking: less than 10 % free is too little.

## Why it matters
When the last address is taken, new pods wait for one, although other subnets may have room.

## How to fix
Add a further subnet with this tag in the same zone, or widen the pods' block.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_CNI, first_undescribed, pod_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    pods = pod_subnets(design)
    if isinstance(pods, Unknown):
        yield Unseen(design.vpc.name, pods)
    names = set() if isinstance(pods, Unknown) else {subnet.name for subnet in pods}
    hidden = first_undescribed(design)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    for subnet in design.subnets:
        if subnet.name not in names and subnet.tag(ROLE_CNI) in (None, "0"):
            continue
        free = free_addresses(design, subnet, context.facts, prefixes=True)
        if isinstance(free, Unknown):
            yield Unseen(subnet.name, free)
            continue
        least = subnet.cidr.num_addresses // 10
        if free < least:
            yield Problem(
                subnet.name,
                "few addresses are left for pods",
                measured=f"{free} free in {subnet.cidr}",
                limit=f"{least} (10 %)",
                fix="add a further pod subnet in this zone",
            )


RULE = Rule(
    code="NSN007",
    name="cni-subnet-low",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html",
    notes=("N29",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
