"""A cluster subnet has fewer free addresses than AWS advises.

## What it does
Compares free addresses with the sixteen that AWS recommends, except in a dedicated /28, which is advised
all the same and has eleven usable addresses.

## Why it matters
The advice leaves room for updates and for a second cluster. In a subnet shared with nodes the number can
fall at any time.

## How to fix
Give the control plane dedicated /28 subnets, or larger ones.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets, node_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    advised = context.facts.number("cluster.subnet_free_recommended")
    least = context.facts.number("cluster.subnet_free_min")
    dedicated = context.facts.number("cluster.dedicated_prefix_length")
    nodes = node_subnets(design)
    for subnet in cluster_subnets(design):
        free = free_addresses(design, subnet, context.facts)
        if isinstance(free, Unknown):
            yield Unseen(subnet.name, free)
            continue
        if not least <= free < advised:
            continue
        if subnet.cidr.prefixlen == dedicated:
            if isinstance(nodes, Unknown):
                yield Unseen(subnet.name, nodes)
                continue
            if subnet not in nodes:
                continue
        yield Problem(
            subnet.name,
            "fewer free addresses than advised for the control plane",
            measured=f"{free} free in {subnet.cidr}",
            limit=f"{advised} advised",
            fix="use dedicated /28 cluster subnets, or free addresses",
        )


RULE = Rule(
    code="CSN004",
    name="cluster-subnet-below-advice",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N31",),
    confidence="high",
    limits=("cluster.dedicated_prefix_length", "cluster.subnet_free_min", "cluster.subnet_free_recommended"),
    check=check,
    doc=__doc__ or "",
)
