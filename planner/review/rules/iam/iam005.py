"""A Fargate profile uses a node role.

## What it does
Compares the pod execution roles of Fargate profiles with the roles of nodes.

## Why it matters
EKS keeps one access entry (or one line of aws-auth) for a role. Of a shared role either the nodes or the Fargate
pods do not get into the cluster, and AWS says so: the two must not be the same.

## How to fix
Make a pod execution role trusted by `eks-fargate-pods.amazonaws.com` with AmazonEKSFargatePodExecutionRolePolicy,
and make the profile anew with it; a profile cannot be changed.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html
* https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.node_roles import node_roles
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None:
        return
    if isinstance(design.fargate_profiles, Unknown):
        yield Unseen(cluster.name, design.fargate_profiles)
        return
    if not design.fargate_profiles:
        return
    found = node_roles(design)
    yield from (Unseen(cluster.name, why) for why in found.hidden)
    for profile in design.fargate_profiles:
        if profile.role in found.names:
            yield Problem(
                profile.name,
                "nodes and Fargate pods use one role, and it has one access entry",
                measured=profile.role,
                limit="a pod execution role of its own",
                fix="make a role with AmazonEKSFargatePodExecutionRolePolicy, and the profile anew with it",
            )


RULE = Rule(
    code="IAM005",
    name="node-role-used-by-fargate",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html",
    notes=("N36",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
