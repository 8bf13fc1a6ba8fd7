"""The private endpoint is off.

## What it does
Reads the cluster's endpoint access.

## Why it matters
Nodes leave the VPC for every call to the API, pay for it at the NAT gateway, and depend on the list of
public blocks.

## How to fix
Set `endpoint.private: true`; nothing else has to change.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster and not design.cluster.endpoint.private:
        yield Problem(
            design.cluster.name,
            "nodes leave the VPC to reach the Kubernetes API",
            measured="private endpoint off",
            limit="on",
            fix="set endpoint.private: true",
        )


RULE = Rule(
    code="API003",
    name="private-endpoint-off",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N04",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
