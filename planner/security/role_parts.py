"""What roles are put together from: trust, policies, and the words that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.design import Role, TrustCondition
from planner.security.policies import InlinePolicy
from planner.security.role_names import ACCOUNT, OIDC, policy_arn


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may assume a role, by which calls, under which conditions."""

    principals: tuple[str, ...] = ()
    actions: tuple[str, ...] = ("sts:AssumeRole",)
    federated: tuple[str, ...] = ()
    conditions: tuple[TrustCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedRole:
    """A role with the reason for it, and its inline policies in words."""

    role: Role
    why: str
    source: str
    inline: tuple[InlinePolicy, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()
    """What else a reader needs: the service account, how it gets the role, what to set."""


def make_role(
    brief: Brief, name: str, trust: Trust, managed: Sequence[str], inline: Sequence[InlinePolicy] = ()
) -> Role:
    """A role with the spec's tags; ``managed`` are names of AWS managed policies."""
    return Role(
        name=name,
        principals=trust.principals,
        actions=trust.actions,
        managed_policies=tuple(sorted(policy_arn(brief.region.partition, policy) for policy in managed)),
        inline_policies=tuple(sorted((one.name, one.document) for one in inline)),
        tags=tuple(sorted(brief.spec.tags.items())),
        federated=trust.federated,
        conditions=trust.conditions,
    )


def instance_trust(partition: str) -> Trust:
    """Trust in EC2, for roles of nodes; China keeps a service principal of its own."""
    return Trust(("ec2.amazonaws.com.cn" if partition == "aws-cn" else "ec2.amazonaws.com",))


def pod_identity_trust(principal: str) -> Trust:
    """Trust in EKS Pod Identity; the association says which service account.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return Trust((principal,), ("sts:AssumeRole", "sts:TagSession"))


def service_account_trust(partition: str, namespace: str, account: str) -> Trust:
    """Trust in one service account of the cluster, through its OIDC issuer.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """
    return Trust(
        (),
        ("sts:AssumeRoleWithWebIdentity",),
        (f"arn:{partition}:iam::{ACCOUNT}:oidc-provider/{OIDC}",),
        (
            TrustCondition("StringEquals", f"{OIDC}:aud", ("sts.amazonaws.com",)),
            TrustCondition("StringEquals", f"{OIDC}:sub", (f"system:serviceaccount:{namespace}:{account}",)),
        ),
    )


def fargate_trust(partition: str, region: str, cluster: str) -> Trust:
    """Trust in Fargate on behalf of this cluster's profiles only, so that nobody else can borrow it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html
    """
    profiles = f"arn:{partition}:eks:{region}:{ACCOUNT}:fargateprofile/{cluster}/*"
    return Trust(
        ("eks-fargate-pods.amazonaws.com",), conditions=(TrustCondition("ArnLike", "aws:SourceArn", (profiles,)),)
    )


def flow_log_trust(partition: str, region: str) -> Trust:
    """Trust in VPC flow logs of this account and region only.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    logs = f"arn:{partition}:ec2:{region}:{ACCOUNT}:vpc-flow-log/*"
    return Trust(("vpc-flow-logs.amazonaws.com",), conditions=(TrustCondition("ArnLike", "aws:SourceArn", (logs,)),))
