"""A subnet has fewer free /28 blocks than its nodes need prefixes.

## What it does
With prefix delegation counts the whole free /28 blocks of every node subnet (of every pod subnet with custom networking)
from the network interfaces in it, those inside prefix reservations included, and compares them with the prefixes of the
nodes that are still to come: those between the desired size and maxSize. Several subnets of a zone count together. A plan
is not judged, for its subnets are sized for the prefixes already.

## Why it matters
EC2 reports free addresses, not blocks, and leaves prefix reservations out of its count. A subnet with thousands of free
addresses may hold no whole block, and one with hardly any may hold enough in its reservation. Without a block the VPC CNI
logs InsufficientCidrBlocks and pods wait.

## How to fix
Reserve a part of the subnet for prefixes (`aws ec2 create-subnet-cidr-reservation --reservation-type prefix`) before
nodes fill it, give the groups a new subnet, or lower maxSize. Replacing nodes one by one frees broken blocks.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
* https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.blocks import blocks_of, taken_by_subnet
from planner.review.node_addresses import node_addresses
from planner.review.pods import network_of
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    network = network_of(design)
    taken = taken_by_subnet(design)
    if design.cluster is None or taken is None:
        return
    if isinstance(network, Unknown):
        yield Unseen(design.cluster.name, network)
        return
    if not network.prefix or network.ipv6:
        return
    demand = node_addresses(design, context, prefixes=True)
    if isinstance(demand, Unknown) or isinstance(taken, Unknown):
        yield Unseen(design.cluster.name, demand if isinstance(demand, Unknown) else taken)  # type: ignore[arg-type]
        return
    for need in sorted(demand, key=lambda one: one.subnets):
        place, needed = ", ".join(need.subnets), need.addresses
        if needed == 0:
            continue
        found = [blocks_of(one, taken.get(one.name, [])) for one in design.named_subnets(need.subnets)]
        known = [one for one in found if not isinstance(one, Unknown)]
        if isinstance(needed, Unknown) or len(known) < len(found):
            yield Unseen(place, next(one for one in (needed, *found) if isinstance(one, Unknown)))
            continue
        whole = sum(one.whole for one in known)
        if whole < needed:
            yield Problem(
                place,
                "not enough whole /28 blocks for the prefixes of the nodes to come",
                measured=f"{whole} free blocks, {sum(one.free for one in known)} free addresses outside reservations",
                limit=f"{needed} prefixes at maxSize",
                fix="reserve a block for prefixes, give the groups a further subnet in this zone, or lower maxSize",
            )


RULE = Rule(
    code="CAP002",
    name="prefix-blocks-short",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html",
    notes=("N29",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
