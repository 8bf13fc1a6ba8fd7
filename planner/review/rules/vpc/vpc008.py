"""Pods of custom networking do not live in the shared address space.

## What it does
Looks at the subnets of custom networking's ENIConfigs.

## Why it matters
Blocks of 100.64.0.0/10 are not routed between networks, so every cluster may use the same one and no
routable address is spent on pods. Another block works too. 198.19.0.0/16 is named in a best-practice page,
but AWS refuses it beside private blocks.

## How to fix
Use a block of 100.64.0.0/10 in `vpc.secondaryCidrs`, or ignore this if pods must be reachable from outside.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import pod_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    shared = IPv4Network(context.facts["vpc.shared_address_space"].value)
    subnets = pod_subnets(design)
    if isinstance(subnets, Unknown):
        yield Unseen(design.vpc.name, subnets)
        return
    for subnet in subnets:
        if not subnet.cidr.subnet_of(shared):
            yield Problem(
                subnet.name,
                "pods live in a block that other networks may route",
                measured=str(subnet.cidr),
                limit=f"in {shared}",
                fix="use a block of 100.64.0.0/10 for pods, or ignore this rule on purpose",
            )


RULE = Rule(
    code="VPC008",
    name="pod-cidr-not-shared",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html",
    notes=("N29",),
    confidence="high",
    limits=("vpc.shared_address_space",),
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
