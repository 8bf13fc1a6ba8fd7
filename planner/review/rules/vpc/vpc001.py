"""The VPC has DNS support turned off.

## What it does
Reads the VPC attribute `enableDnsSupport`.

## Why it matters
Nodes find the Kubernetes API by name. Without DNS support they cannot register with the cluster, and the
private endpoint's hidden hosted zone does not answer.

## How to fix
`aws ec2 modify-vpc-attribute --vpc-id VPC --enable-dns-support '{"Value":true}'`. A VPC planned here has it
on.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    value = design.vpc.dns_support
    if isinstance(value, Unknown):
        yield Unseen(design.vpc.name, value)
    elif not value:
        yield Problem(
            design.vpc.name,
            "DNS support is off: nodes cannot register",
            measured="off",
            limit="on",
            fix="aws ec2 modify-vpc-attribute --vpc-id {id} --enable-dns-support".format(id=design.vpc.id or "VPC"),
        )


RULE = Rule(
    code="VPC001",
    name="dns-support-off",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N05", "N30"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
