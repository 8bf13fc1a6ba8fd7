"""The cluster security group lacks what EKS gave it.

## What it does
Looks on the cluster security group for the tag `kubernetes.io/cluster/NAME` and for the rule that lets its members
reach each other. Outbound rules may be limited and are no finding here.

## Why it matters
EKS puts both back with the next update of the cluster, so a restriction made by removing them ends without notice.
Until then the load balancer controller may not find the group, and nodes may not reach each other (SGR001 and
SGR004 say whether they do).

## How to fix
Leave the group as it is and give nodes groups of their own (launch template), or put tag and rule back: `aws ec2
create-tags`, `aws ec2 authorize-security-group-ingress`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Direction, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or cluster.cluster_security_group is None:
        return
    if isinstance(design.security_groups, Unknown):
        yield Unseen(cluster.name, design.security_groups)
        return
    group = design.security_group(cluster.cluster_security_group)
    if group is None:
        return  # SGR003 says that it is gone
    key, identity = f"kubernetes.io/cluster/{cluster.name}", group.id or group.name
    if group.tags_of_eks is not None and key not in dict(group.tags_of_eks):
        yield Problem(
            group.name,
            "the cluster's tag was removed; EKS puts it back with the next update",
            measured=", ".join(name for name, _ in group.tags_of_eks) or "no tags",
            limit=f"{key}=owned",
            fix=f"aws ec2 create-tags --resources {identity} --tags Key={key},Value=owned",
        )
    own = [one for one in group.rules if one.direction is Direction.INGRESS and one.peer == group.name]
    if not any(one.protocol == "-1" for one in own):
        yield Problem(
            group.name,
            "the rule that lets its members in was removed; EKS puts it back with the next update",
            measured=", ".join(f"{one.protocol} {one.ports}" for one in own) or "no rule from itself",
            limit="all traffic from itself",
            fix=f"aws ec2 authorize-security-group-ingress --group-id {identity} --protocol all --source-group {identity}",
        )


RULE = Rule(
    code="SGR009",
    name="cluster-group-changed",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
    notes=("N34",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
