"""A node subnet of an IPv6 cluster gives no IPv6 addresses.

## What it does
Checks that every node subnet has an IPv6 /64 and assigns addresses when an interface is made.

## Why it matters
Nodes without an IPv6 address cannot join an IPv6 cluster, and pods get none.

## How to fix
`aws ec2 associate-subnet-cidr-block` with a /64, then `aws ec2 modify-subnet-attribute
--assign-ipv6-address-on-creation`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import node_subnets, undescribed


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster is None or design.cluster.ip_family != "ipv6":
        return
    subnets = node_subnets(design)
    if isinstance(subnets, Unknown):
        yield Unseen(design.cluster.name, subnets)
        return
    for subnet in subnets:
        why = undescribed(design, subnet)
        if why is not None:
            yield Unseen(subnet.name, why)
        elif subnet.ipv6_index is None:
            yield Problem(
                subnet.name,
                "no IPv6 block in a node subnet of an IPv6 cluster",
                measured="none",
                limit="a /64",
                fix="associate a /64 of the VPC with it",
            )
        elif isinstance(subnet.assign_ipv6, Unknown):
            yield Unseen(subnet.name, subnet.assign_ipv6)
        elif not subnet.assign_ipv6:
            yield Problem(
                subnet.name,
                "IPv6 addresses are not assigned to new interfaces",
                measured="off",
                limit="AssignIpv6AddressOnCreation on",
                fix="aws ec2 modify-subnet-attribute --assign-ipv6-address-on-creation",
            )


RULE = Rule(
    code="NSN002",
    name="node-subnet-without-ipv6",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N29",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
