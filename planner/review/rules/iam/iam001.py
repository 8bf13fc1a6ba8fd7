"""The cluster role does not exist.

## What it does
Looks for the role that the cluster names, and for EKS among those who may assume it.

## Why it matters
EKS makes network interfaces with this role. Without it the cluster cannot be updated or upgraded, and its control
plane cannot be repaired. A role of the same name made anew is enough.

## How to fix
Make the role again with the same name, trusted by `eks.amazonaws.com`, and attach AmazonEKSClusterPolicy.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
* https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen

SERVICE = "eks.amazonaws.com"


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None:
        return
    if isinstance(design.roles, Unknown):
        yield Unseen(cluster.name, design.roles)
        return
    role = next((one for one in design.roles if one.name == cluster.role), None)
    if role is None:
        yield Problem(
            cluster.name,
            f"its role {cluster.role} does not exist",
            measured=f"no role {cluster.role}",
            limit=f"a role that {SERVICE} may assume",
            fix=f"aws iam create-role --role-name {cluster.role} with {SERVICE} in its trust, "
            "then attach AmazonEKSClusterPolicy",
        )
    elif SERVICE not in role.principals and not (design.planned and role.existing):
        yield Problem(
            cluster.name,
            f"EKS may not assume its role {cluster.role}",
            measured=", ".join(role.trusted) or "nobody",
            limit=SERVICE,
            fix=f"add {SERVICE} to the trust policy: aws iam update-assume-role-policy --role-name {cluster.role}",
        )


RULE = Rule(
    code="IAM001",
    name="cluster-role-missing",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html",
    notes=("N36",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
