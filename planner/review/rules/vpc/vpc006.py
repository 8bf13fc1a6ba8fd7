"""The VPC's blocks leave too little room for growth.

## What it does
Works out what no subnet of a running VPC takes, and whether it holds a further subnet of each tier (for cluster,
nodes, pods and internet-facing load balancers; as large as the smallest of the tier), and one for every node
subnet that is too small for its groups at maxSize. Blocks are placed as EC2 would: aligned to their size. Of a
plan the user decides what to leave; `plan` shows it.

## Why it matters
When a subnet is full its block cannot grow. Without unallocated blocks the way out is a secondary block, with new
routes, NAT gateways and agreement with everybody who routes to the VPC, on the day on which pods already wait.

## How to fix
Associate a secondary block in time: `aws ec2 associate-vpc-cidr-block --vpc-id VPC --cidr-block BLOCK`; for pods
100.64.0.0/10 with custom networking.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Subnet, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.growth import misfits, unallocated
from planner.review.node_addresses import node_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, cluster_subnets, meant_for, node_subnets, pod_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None or design.planned:
        return
    nodes, pods, needs = node_subnets(design), pod_subnets(design), node_addresses(design, context)
    hidden = next((one for one in (nodes, pods, needs) if isinstance(one, Unknown)), None)
    if isinstance(nodes, Unknown) or isinstance(pods, Unknown) or isinstance(needs, Unknown):
        yield Unseen(design.vpc.name, hidden or Unknown("eks:ListNodegroups", "was not asked"))
        return
    shared = {subnet.name for subnet in (*nodes, *pods)}
    tiers: dict[str, tuple[Subnet, ...]] = {
        "cluster": tuple(one for one in cluster_subnets(design) if one.name not in shared),
        "nodes": nodes,
        "pods": pods,
        "load balancers": tuple(one for one in design.subnets if meant_for(one, ROLE_ELB)),
    }
    wanted = [(max(one.cidr.prefixlen for one in some), what) for what, some in tiers.items() if some]
    reserved, smallest = context.facts.number("subnet.reserved"), context.facts.number("subnet.smallest_prefix_length")
    for need in needs:
        free = [free_addresses(design, one, context.facts, prefixes=True) for one in design.named_subnets(need.subnets)]
        unread = next((one for one in (need.addresses, *free) if isinstance(one, Unknown)), None)
        if unread is not None:
            yield Unseen(", ".join(need.subnets), unread)
            continue
        total = need.addresses if isinstance(need.addresses, int) else 0
        short = total - sum(one for one in free if isinstance(one, int))
        if short > 0:
            length = min(32 - (short + reserved - 1).bit_length(), smallest)
            wanted.append((length, f"{short} addresses more beside {', '.join(need.subnets)}"))
    gaps = unallocated(design)
    left = misfits(gaps, wanted)
    if left:
        yield Problem(
            design.vpc.name,
            "the VPC has no room for a further subnet for " + ", ".join(f"{what} (/{length})" for length, what in left),
            measured=f"{sum(one.num_addresses for one in gaps)} addresses unallocated, the largest block "
            + (f"/{min(one.prefixlen for one in gaps)}" if gaps else "none"),
            limit=", ".join(f"/{length} for {what}" for length, what in sorted(wanted)),
            fix="aws ec2 associate-vpc-cidr-block with a secondary block, before a subnet is full",
        )


RULE = Rule(
    code="VPC006",
    name="little-room-for-growth",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html",
    notes=("N29",),
    confidence="medium",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
