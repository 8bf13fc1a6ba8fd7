"""A cluster subnet lies in a zone where EKS puts no interfaces.

## What it does
Compares zone ids with use1-az3, usw1-az2 and cac1-az3. Zone names do not help: they mean another place in
every account.

## Why it matters
EKS refuses to create a cluster with such a subnet.

## How to fix
Use a subnet in another zone for the control plane; nodes may stay in this one.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    forbidden = context.facts.strings("cluster.disallowed_zone_ids")
    for subnet in cluster_subnets(design):
        if isinstance(subnet.zone_id, Unknown):
            yield Unseen(subnet.name, subnet.zone_id)
        elif subnet.zone_id in forbidden:
            yield Problem(
                subnet.name,
                "EKS puts no control-plane interfaces into this zone",
                measured=subnet.zone_id,
                limit="not " + ", ".join(forbidden),
                fix="give the cluster a subnet in another zone",
            )


RULE = Rule(
    code="CSN005",
    name="cluster-subnet-in-forbidden-zone",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N31",),
    confidence="high",
    limits=("cluster.disallowed_zone_ids",),
    check=check,
    doc=__doc__ or "",
)
