"""The cluster role may not use the key of secrets.

## What it does
Of a cluster with a KMS key of your own reads the key's state, its policy and its grants, and asks whether the
cluster role may encrypt and decrypt: by the key policy itself, by a grant (EKS makes one), or by the role's
policies where the key policy leaves it to IAM of the account. What policies of your own on the role allow is not
read.

## Why it matters
The API server cannot read secrets any more once its copies of data keys are gone: pods do not start, the cluster
becomes degraded, and with the key deleted it cannot be recovered.

## How to fix
Enable the key (`aws kms enable-key`, `aws kms cancel-key-deletion`), or let the role use it: `aws kms create-grant
--key-id ARN --grantee-principal ROLE --operations Encrypt Decrypt DescribeKey`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
* https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
* https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Cluster, Design, KeyAccess, Role, Unknown
from planner.diagnostics import Severity
from planner.review.key_access import by_grant, by_policy, left_to_iam
from planner.review.node_roles import allows, attached, of_your_own
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen

ACTIONS = ("kms:Encrypt", "kms:Decrypt")


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or not (cluster.secrets_key or cluster.secrets_key_arn):
        return
    access = design.secrets_key_access
    if access is None and design.planned:
        return  # a plan names the role in the policy of a key that it makes; another key is not described
    if access is None or isinstance(access, Unknown):
        yield Unseen(cluster.name, access or Unknown("kms:DescribeKey", "was not asked"))
    elif access.state != "Enabled":
        yield Problem(
            cluster.name,
            "the key of secrets cannot be used",
            measured=f"{access.arn} is {access.state}",
            limit="Enabled",
            fix=f"aws kms cancel-key-deletion --key-id {access.arn}, then aws kms enable-key --key-id {access.arn}"
            if access.state == "PendingDeletion"
            else f"aws kms enable-key --key-id {access.arn}",
        )
    elif not by_policy(access.policy, cluster.role, ACTIONS):
        yield from _otherwise(design, cluster, access)


def _otherwise(design: Design, cluster: Cluster, access: KeyAccess) -> Iterator[Outcome]:
    """By a grant, else by what the role itself is allowed."""
    if not isinstance(access.grants, Unknown) and by_grant(access.grants, cluster.role, ACTIONS):
        return
    through_iam = left_to_iam(access.policy, ACTIONS)
    roles = () if isinstance(design.roles, Unknown) else design.roles
    role: Role | None = next((one for one in roles if one.name == cluster.role), None)
    if through_iam and role is not None and (allows(role, ACTIONS) or "AdministratorAccess" in attached(role)):
        return
    if isinstance(access.grants, Unknown):
        yield Unseen(cluster.name, access.grants)
    elif through_iam and isinstance(design.roles, Unknown):
        yield Unseen(cluster.name, design.roles)
    elif through_iam and role is not None and of_your_own(role):
        reason = f"whether {', '.join(of_your_own(role))} allows {' and '.join(ACTIONS)} is not read"
        yield Unseen(cluster.name, Unknown("iam:GetPolicyVersion", reason))
    else:
        yield Problem(
            cluster.name,
            f"{cluster.role} may not use the key of secrets",
            measured=f"neither policy nor grant of {access.arn}",
            limit=" and ".join(ACTIONS),
            fix=f"aws kms create-grant --key-id {access.arn} --grantee-principal the ARN of {cluster.role} "
            "--operations Encrypt Decrypt DescribeKey",
        )


RULE = Rule(
    code="IAM004",
    name="secrets-key-out-of-reach",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html",
    notes=("N02",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
