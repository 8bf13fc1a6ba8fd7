"""Free addresses of a subnet lie in broken /28 blocks.

## What it does
With prefix delegation works out for every subnet of nodes (or pods, with custom networking) which share of the free
addresses outside of prefix reservations lies in /28 blocks of which somebody holds an address. From half on it warns
(`prefix.fragmentation_percent`), while a block's worth of addresses is free. A plan is not judged.

## Why it matters
Broken blocks give no prefixes, and single addresses go on breaking more: EC2 says nothing of where it puts them. A
subnet runs out of prefixes long before it runs out of addresses.

## How to fix
Reserve what is still whole: `aws ec2 create-subnet-cidr-reservation --reservation-type prefix` keeps single addresses
out. Replacing nodes and load balancers, whose interfaces lie scattered, frees broken blocks.

## References
* https://github.com/awslabs/aws-support-tools/pull/257
* https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.network.prefixes import BLOCK
from planner.review.blocks import blocks_of, taken_by_subnet
from planner.review.groups import hidden_groups, known_groups
from planner.review.pods import network_of
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    network = network_of(design)
    taken = taken_by_subnet(design)
    if design.cluster is None or taken is None:
        return
    for hidden in (network, taken):
        if isinstance(hidden, Unknown):
            yield Unseen(design.cluster.name, hidden)
            return
    if isinstance(network, Unknown) or isinstance(taken, Unknown) or not network.prefix or network.ipv6:
        return
    yield from hidden_groups(design)
    names = {name for group in known_groups(design) for name in group.subnets}
    addon = design.cluster.addon("vpc-cni")
    if network.custom_networking and addon is not None:
        names = {one.subnet for one in addon.eni_configs}
    limit = context.number("prefix.fragmentation_percent")
    for subnet in design.named_subnets(tuple(names)):
        found = blocks_of(subnet, taken.get(subnet.name, []))
        if isinstance(found, Unknown):
            yield Unseen(subnet.name, found)
        elif found.free >= BLOCK and found.fragmented >= limit:
            yield Problem(
                subnet.name,
                "most of its free addresses are of no use for prefixes",
                measured=f"{found.fragmented} % of {found.free} free addresses in broken blocks, {found.whole} blocks whole",
                limit=f"less than {limit} %",
                fix="reserve what is whole for prefixes (aws ec2 create-subnet-cidr-reservation), "
                "and replace nodes to free broken blocks",
            )


RULE = Rule(
    code="CAP003",
    name="prefix-fragmentation",
    severity=Severity.WARNING,
    source="https://github.com/awslabs/aws-support-tools/pull/257",
    notes=("N29",),
    confidence="medium",
    parameters=("prefix.fragmentation_percent",),
    check=check,
    doc=__doc__ or "",
)
