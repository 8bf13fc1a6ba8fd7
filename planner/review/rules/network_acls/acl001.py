"""A network ACL denies replies.

## What it does
Network ACLs are stateless: replies need a rule of their own, for all ports from which connections begin (32768 to 60999
on Linux, 49152 to 65535 on Windows). Judged are the ways between nodes, pods and the control plane, both directions, every
pair of subnets, and those to AWS services and the internet, through the subnets of NAT gateways and endpoints.

## Why it matters
Connections are opened and never answered; where only a part of the ports is denied some work and others do not.

## How to fix
Allow the whole range of ephemeral ports, 1024 to 65535 is the usual choice.

## References
* https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.flows import stopped
from planner.review.rule import Outcome, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from stopped(
        design,
        context,
        ("api", "api-public", "kubelet", "dns", "service", "internet-ipv6"),
        ("NACL_RETURN", "NACL_UNKNOWN"),
        "ec2:DescribeNetworkAcls",
    )


RULE = Rule(
    code="ACL001",
    name="return-ports-denied",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html",
    notes=("N35",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
