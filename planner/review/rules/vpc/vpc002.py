"""The VPC has DNS hostnames turned off.

## What it does
Reads the VPC attribute `enableDnsHostnames`.

## Why it matters
Nodes find the Kubernetes API by name. Without DNS hostnames they cannot register with the cluster, and the
private endpoint's hidden hosted zone does not answer.

## How to fix
`aws ec2 modify-vpc-attribute --vpc-id VPC --enable-dns-hostnames '{"Value":true}'`. A VPC planned here has
it on.

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
    value = design.vpc.dns_hostnames
    if isinstance(value, Unknown):
        yield Unseen(design.vpc.name, value)
    elif not value:
        yield Problem(
            design.vpc.name,
            "DNS hostnames is off: nodes cannot register",
            measured="off",
            limit="on",
            fix="aws ec2 modify-vpc-attribute --vpc-id {id} --enable-dns-hostnames".format(id=design.vpc.id or "VPC"),
        )


RULE = Rule(
    code="VPC002",
    name="dns-hostnames-off",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N05", "N30"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
