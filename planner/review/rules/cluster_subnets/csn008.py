"""A cluster subnet is also used by nodes or pods.

## What it does
Compares the cluster's subnets with those of node groups and of custom networking.

## Why it matters
Nodes and pods eat the addresses that a version update of the control plane needs, and the update is then
refused.

## How to fix
Give the control plane dedicated /28 subnets in the same zones; the cluster's subnets can be replaced later,
the zones cannot.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets, node_subnets, pod_subnets


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster is None:
        return
    users: dict[str, str] = {}
    for what, subnets in (("pods", pod_subnets(design)), ("nodes", node_subnets(design))):
        if isinstance(subnets, Unknown):
            yield Unseen(design.cluster.name, subnets)
        else:
            users |= {subnet.name: what for subnet in subnets}
    for subnet in cluster_subnets(design):
        if subnet.name in users:
            yield Problem(
                subnet.name,
                f"the control plane shares this subnet with {users[subnet.name]}",
                measured=users[subnet.name],
                limit="nobody else",
                fix="use dedicated /28 subnets for the control plane",
            )


RULE = Rule(
    code="CSN008",
    name="cluster-subnet-shared",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N31",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
