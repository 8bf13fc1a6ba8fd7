"""IAM roles with their policies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws

from planner.design import Role
from planner.design.trust import trust_policy
from stacks.parts import tags

_ACCOUNT = "${aws.account}"
_OIDC = "${cluster.oidc}"


class Roles(pulumi.ComponentResource):
    """Some roles. ``arns`` by name, of existing ones too; ``attachments`` by role, to wait for before
    a role is used. ``issuer`` is the cluster's OIDC issuer, for roles that trust it."""

    def __init__(
        self,
        name: str,
        roles: Sequence[Role],
        issuer: pulumi.Output[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("eksplan:index:Roles", name, None, opts)
        self.arns: dict[str, pulumi.Input[str]] = {}
        self.attachments: dict[str, list[pulumi.Resource]] = {}
        self._issuer = issuer
        for role in roles:
            if not role.existing:
                self._role(role)
            elif role.arn:
                self.arns[role.name] = role.arn
        self.register_outputs({})

    def _role(self, role: Role) -> None:
        own = pulumi.ResourceOptions(parent=self)
        made = aws.iam.Role(
            role.name,
            name=role.name,
            assume_role_policy=self._filled(trust_policy(role)),
            tags=tags(role.tags),
            opts=own,
        )
        self.arns[role.name] = made.arn
        self.attachments[role.name] = [
            aws.iam.RolePolicyAttachment(
                f"{role.name}-{arn.rpartition('/')[2]}", role=made.name, policy_arn=arn, opts=own
            )
            for arn in role.managed_policies
        ]
        self.attachments[role.name] += [
            aws.iam.RolePolicy(
                f"{role.name}-{policy}", name=policy, role=made.name, policy=self._filled(document), opts=own
            )
            for policy, document in role.inline_policies
        ]

    def _filled(self, document: str) -> pulumi.Input[str]:
        """A policy with the account's id and the cluster's issuer in their places."""
        if _ACCOUNT not in document and _OIDC not in document:
            return document
        account = aws.get_caller_identity_output().account_id
        issuer = pulumi.Output.from_input("") if self._issuer is None else self._issuer.apply(host_of)
        fill: Callable[[Sequence[str]], str] = lambda known: document.replace(_ACCOUNT, known[0]).replace(  # noqa: E731
            _OIDC, known[1]
        )
        return pulumi.Output.all(account, issuer).apply(fill)


def host_of(issuer: str) -> str:
    """An OIDC issuer as trust policies name it: without ``https://``."""
    return issuer.removeprefix("https://")
