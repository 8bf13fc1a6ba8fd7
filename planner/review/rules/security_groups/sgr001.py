"""Security groups close a way between nodes and the control plane.

## What it does
Asks for every pair of zones whether the groups that nodes and EKS's interfaces carry let nodes call the Kubernetes API
(TCP 443, where the private endpoint is on) and the control plane call kubelet (TCP 10250). The groups of an
interface add up; a launch template with groups of its own takes the cluster security group away.

## Why it matters
Nodes do not join, or `kubectl logs` and `exec` time out. Restricted outbound rules and launch templates are the usual
causes.

## How to fix
Add the rule that the finding names. `eksplan reach` shows every flow.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.flows import stopped
from planner.review.rule import Outcome, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from stopped(design, context, ("api", "kubelet"), ("SECURITY_GROUP",), "ec2:DescribeSecurityGroups")


RULE = Rule(
    code="SGR001",
    name="cluster-flow-closed",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
    notes=("N34", "N35"),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
