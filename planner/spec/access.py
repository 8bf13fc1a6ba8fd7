"""Who may talk to the Kubernetes API: access entries in a spec."""

from __future__ import annotations

from pydantic import Field

from planner.spec.types import Name, Namespace, PrincipalArn, SpecModel


class AccessPolicySpec(SpecModel):
    """An access policy of EKS, for the whole cluster or for some namespaces."""

    policy: Name = Field(description="Name, such as AmazonEKSViewPolicy.")
    namespaces: tuple[Namespace, ...] = Field(
        default=(), max_length=100, description="Namespaces it holds for (patterns with *); all when empty."
    )


class AccessEntrySpec(SpecModel):
    """An IAM role or user that may talk to the Kubernetes API."""

    principal_arn: PrincipalArn = Field(description="ARN of the IAM role or user. Can never be changed.")
    type: str = Field(
        default="STANDARD",
        max_length=32,
        description="STANDARD for people and programs; EC2_LINUX, EC2_WINDOWS, EC2, HYBRID_LINUX or HYPERPOD_LINUX for roles of nodes that are not managed. Can never be changed.",
    )
    groups: tuple[str, ...] = Field(
        default=(), max_length=100, description="Kubernetes groups, for RoleBindings of your own (STANDARD only)."
    )
    username: str | None = Field(
        default=None,
        min_length=1,
        max_length=512,
        description="Kubernetes user name (STANDARD only); EKS makes one of the ARN when not given.",
    )
    policies: tuple[AccessPolicySpec, ...] = Field(
        default=(), max_length=100, description="Access policies of EKS (STANDARD only)."
    )
