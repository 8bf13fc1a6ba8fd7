"""Security groups close a webhook to the control plane.

## What it does
For the add-ons of the cluster, and controllers that their pods' identities show (Pod Identity or IAM roles for
service accounts), asks whether EKS's interfaces reach the target ports of their webhooks and aggregated APIs on
the nodes: 9443 of the load balancer controller, 10250 of cert-manager, 10251 of metrics-server and others.
Controllers without an identity of their own cannot be seen from AWS.

## Why it matters
The API server calls webhooks on pods directly. Where the port is shut, objects cannot be created: `failed calling
webhook ... context deadline exceeded`.

## How to fix
Add the rule that the finding names. `eksplan reach` shows every flow.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
* https://github.com/terraform-aws-modules/terraform-aws-eks/pull/2270
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.controllers import controllers, hidden_controllers
from planner.review.flows import stopped
from planner.review.rule import Outcome, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    hidden = hidden_controllers(design)
    if hidden is not None and design.cluster is not None:
        yield Unseen(design.cluster.name, hidden)
    more = controllers(design, context.facts)
    yield from stopped(design, context, ("webhook",), ("SECURITY_GROUP",), "ec2:DescribeSecurityGroups", more)


RULE = Rule(
    code="SGR005",
    name="webhook-port-closed",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
    notes=("N35",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
