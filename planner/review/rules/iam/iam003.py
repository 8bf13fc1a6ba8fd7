"""The VPC CNI's policy is on a node role.

## What it does
Looks for AmazonEKS_CNI_Policy, or a policy named like that for IPv6, on the roles of nodes.

## Why it matters
Every pod that reaches the instance metadata service can then detach network interfaces and take addresses of any
instance in the account.

## How to fix
Give the VPC CNI a role of its own (a Pod Identity association or IAM role for the service account `aws-node`),
restart its DaemonSet, then detach the policy from the node role. Without the first step nodes stop working.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
* https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.node_roles import attached, node_roles
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None:
        return
    if isinstance(design.roles, Unknown):
        yield Unseen(cluster.name, design.roles)
        return
    policies = set(context.facts.strings("roles.cni_policies"))
    found = node_roles(design)
    yield from (Unseen(cluster.name, why) for why in found.hidden)
    for role in design.roles:
        wide = policies & {*attached(role), *(arn.rpartition("/")[2] for arn in role.managed_policies)}
        wide |= policies & {name for name, _ in role.inline_policies}
        if role.name not in found.names or not wide:
            continue
        first = (
            "" if _own_role(design) else "give the VPC CNI a role of its own (Pod Identity for aws-node) first, then "
        )
        yield Problem(
            role.name,
            "pods that reach a node's role may change the interfaces of every instance",
            measured=", ".join(sorted(wide)),
            limit="on the role of the VPC CNI's service account only",
            fix=f"{first}aws iam detach-role-policy --role-name {role.name} --policy-arn "
            f"{next((arn for arn in role.managed_policies if arn.rpartition('/')[2] in wide), 'ARN')}",
        )


def _own_role(design: Design) -> bool:
    """Whether the VPC CNI is seen to have a role of its own."""
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    return addon is not None and bool(addon.service_account_role or addon.pod_identities)


RULE = Rule(
    code="IAM003",
    name="cni-policy-on-node-role",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html",
    notes=("N36",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
