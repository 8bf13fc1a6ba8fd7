"""A node subnet cannot hold its node groups at their largest.

## What it does
For each node group takes maxSize over its zones and the addresses that a node holds with its pods (the
spec's `podsPerNode`, else kubelet's maxPods), as the VPC CNI is configured, and compares the sum with the
free addresses of its subnets in each zone: the node subnets, and with custom networking the pod subnets
too. Several subnets of a zone count together. In a design that
runs already only the nodes beyond the desired size count, because the others hold theirs already. Where the CNI's settings are
not to be seen, each node still takes one address: too many nodes are found all the same.

## Why it matters
Subnets cannot be resized. When addresses run out, nodes start without room for pods, and pods wait for
addresses.

## How to fix
Lower maxSize, keep fewer warm addresses (`WARM_IP_TARGET`), use prefix delegation in a large subnet, or
move pods to a secondary block with custom networking.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.node_addresses import node_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    demand = node_addresses(design, context)
    if isinstance(demand, Unknown):
        yield Unseen(design.cluster.name if design.cluster else design.vpc.name, demand)
        return
    for need in sorted(demand, key=lambda one: one.subnets):
        subnets = design.named_subnets(need.subnets)
        place = ", ".join(need.subnets)
        free = [free_addresses(design, subnet, context.facts, prefixes=True) for subnet in subnets]
        hidden = next((one for one in free if isinstance(one, Unknown)), None)
        if hidden is not None:
            yield Unseen(place, hidden)
            continue
        have = sum(one for one in free if not isinstance(one, Unknown))
        # nodes alone may be too many, whatever the CNI does
        needed = need.least if isinstance(need.addresses, Unknown) else need.addresses
        if needed > have:
            yield Problem(
                place,
                "not enough addresses for the node groups at maxSize",
                measured=f"{have} free in {', '.join(str(subnet.cidr) for subnet in subnets)}",
                limit=f"{needed} needed"
                + (" for the nodes alone, one each" if isinstance(need.addresses, Unknown) else ""),
                fix="lower maxSize, keep fewer warm addresses, or give the groups a further subnet in this zone",
            )
        elif isinstance(need.addresses, Unknown):
            yield Unseen(place, need.addresses)


RULE = Rule(
    code="NSN001",
    name="node-subnet-too-small",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N29", "N32"),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
