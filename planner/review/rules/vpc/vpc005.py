"""The service block is not private, or of a size that EKS does not take.

## What it does
Checks that the service block lies in RFC 1918 and is a /12 to /24.

## Why it matters
EKS refuses other blocks. A design that shows one was not made by EKS as it works now.

## How to fix
Set `serviceCidr` to a block such as 172.20.0.0/16.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    service = design.cluster.service_cidr if design.cluster else None
    if service is None or design.cluster is None:
        return
    facts = context.facts
    private = [IPv4Network(text) for text in facts.strings("vpc.rfc1918")]
    low, high = facts.number("service.largest_prefix_length"), facts.number("service.smallest_prefix_length")
    if not any(service.subnet_of(block) for block in private):
        yield Problem(
            design.cluster.name,
            "the service block is not private",
            measured=str(service),
            limit=", ".join(map(str, private)),
            fix="set serviceCidr to a private block such as 172.20.0.0/16",
        )
    if not low <= service.prefixlen <= high:
        yield Problem(
            design.cluster.name,
            f"the service block is a /{service.prefixlen}",
            measured=f"/{service.prefixlen}",
            limit=f"/{low} to /{high}",
            fix="set serviceCidr to a /16 or /20",
        )


RULE = Rule(
    code="VPC005",
    name="service-cidr-not-allowed",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html",
    notes=("N41",),
    confidence="high",
    limits=("service.largest_prefix_length", "service.smallest_prefix_length", "vpc.rfc1918"),
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
