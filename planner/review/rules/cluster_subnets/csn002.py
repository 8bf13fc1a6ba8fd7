"""A cluster subnet has fewer free addresses than a version update needs.

## What it does
Reads the free addresses of every cluster subnet; in a plan, what is left when all control-plane interfaces
land in it.

## Why it matters
EKS puts new interfaces beside the old ones when it updates the control plane; its API asks for five free
addresses in each cluster subnet and refuses the update otherwise. Counts are judged for every subnet by
itself: a sum hides the one that is full.

## How to fix
Free addresses in the subnet (`aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=SUBNET`
lists their users), or give the cluster other subnets in the same zones.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    least = context.facts.number("cluster.update_free")
    for subnet in cluster_subnets(design):
        free = free_addresses(design, subnet, context.facts)
        if isinstance(free, Unknown):
            yield Unseen(subnet.name, free)
        elif free < least:
            yield Problem(
                subnet.name,
                "a version update of the control plane will be refused",
                measured=f"{free} free in {subnet.cidr}",
                limit=f"{least} or more",
                fix="free addresses, or move the cluster to dedicated /28 subnets in the same zones",
            )


RULE = Rule(
    code="CSN002",
    name="cluster-subnet-blocks-updates",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
    notes=("N31", "N06"),
    confidence="high",
    limits=("cluster.update_free",),
    check=check,
    doc=__doc__ or "",
)
