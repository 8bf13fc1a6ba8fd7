"""Nodes have no way out and the private endpoint is off.

## What it does
Looks for node subnets without a default route in a cluster without private endpoint.

## Why it matters
Such nodes can never reach the Kubernetes API.

## How to fix
Set `endpoint.private: true`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster is None or design.cluster.endpoint.private:
        return
    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(design.cluster.name, isolated)
        return
    for subnet in isolated:
        yield Problem(
            subnet.name,
            "nodes here cannot reach the Kubernetes API",
            measured="no default route, private endpoint off",
            limit="one of the two",
            fix="set endpoint.private: true",
        )


RULE = Rule(
    code="API004",
    name="isolated-nodes-without-private-endpoint",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
