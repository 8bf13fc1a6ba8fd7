"""A cluster subnet lies in an Outpost, a Local Zone or a Wavelength Zone.

## What it does
Looks at the subnet's Outpost and the kind of its zone.

## Why it matters
The control plane's interfaces live in Availability Zones of the region only.

## How to fix
Give the cluster subnets in Availability Zones; nodes may run in Local Zones.

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

    del context
    for subnet in cluster_subnets(design):
        if subnet.outpost_arn:
            yield Problem(
                subnet.name,
                "the control plane cannot live on an Outpost subnet",
                measured=subnet.outpost_arn,
                limit="a subnet in an Availability Zone",
                fix="give the cluster a subnet in the region",
            )
        if isinstance(subnet.zone_kind, Unknown):
            yield Unseen(subnet.name, subnet.zone_kind)
        elif subnet.zone_kind != "availability-zone":
            yield Problem(
                subnet.name,
                "the control plane cannot live in this kind of zone",
                measured=subnet.zone_kind,
                limit="availability-zone",
                fix="give the cluster a subnet in an Availability Zone",
            )


RULE = Rule(
    code="CSN006",
    name="cluster-subnet-outside-region-zones",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N31",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
