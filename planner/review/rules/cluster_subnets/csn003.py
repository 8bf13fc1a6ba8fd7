"""A cluster subnet has fewer than six free addresses.

## What it does
Reads the free addresses of every cluster subnet; in a plan, what is left when all control-plane interfaces
land in it.

## Why it matters
EKS asks for six addresses in each cluster subnet for its own interfaces.

## How to fix
Free addresses in the subnet (`aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=SUBNET`
lists their users), or give the cluster other subnets in the same zones.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    least = context.facts.number("cluster.subnet_free_min")
    for subnet in cluster_subnets(design):
        free = free_addresses(design, subnet, context.facts)
        if isinstance(free, Unknown):
            yield Unseen(subnet.name, free)
        elif context.facts.number("cluster.update_free") <= free < least:
            yield Problem(
                subnet.name,
                "too few free addresses for the control plane",
                measured=f"{free} free in {subnet.cidr}",
                limit=f"{least} or more",
                fix="free addresses, or move the cluster to dedicated /28 subnets in the same zones",
            )


RULE = Rule(
    code="CSN003",
    name="cluster-subnet-nearly-full",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N31", "N06"),
    confidence="high",
    limits=("cluster.subnet_free_min", "cluster.update_free"),
    check=check,
    doc=__doc__ or "",
)
