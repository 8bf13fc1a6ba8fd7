"""A network ACL denies a port that the cluster needs.

## What it does
Judges TCP 443 and 10250 between nodes and the control plane, port 53 between nodes, and TCP 443 to AWS services and the
internet, at every crossing of a subnet's edge: also those of the NAT gateways and the endpoints. The entry with the lowest number that matches decides, and what none matches is denied.

## Why it matters
Nodes do not join, kubelet is not reached, or names do not resolve between zones.

## How to fix
Add the entry that the finding names, with a number below the one that denies.

## References
* https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
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
        ("NACL_INGRESS", "NACL_EGRESS", "NACL_UNKNOWN"),
        "ec2:DescribeNetworkAcls",
    )


RULE = Rule(
    code="ACL002",
    name="cluster-ports-denied",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
    notes=("N35",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
