"""IAM roles with their policies."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from planner.design import Design, Role
from stacks.parts import known, tags


class Roles(pulumi.ComponentResource):
    """All roles. ``arns`` by name; ``attachments`` by role, to wait for before a role is used."""

    def __init__(self, name: str, design: Design, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("eksplan:index:Roles", name, None, opts)
        self.arns: dict[str, pulumi.Input[str]] = {}
        self.attachments: dict[str, list[pulumi.Resource]] = {}
        for role in known(design.roles):
            self._role(role)
        self.register_outputs({})

    def _role(self, role: Role) -> None:
        own = pulumi.ResourceOptions(parent=self)
        made = aws.iam.Role(
            role.name, name=role.name, assume_role_policy=trust_policy(role), tags=tags(role.tags), opts=own
        )
        self.arns[role.name] = made.arn
        self.attachments[role.name] = [
            aws.iam.RolePolicyAttachment(
                f"{role.name}-{arn.rpartition('/')[2]}", role=made.name, policy_arn=arn, opts=own
            )
            for arn in role.managed_policies
        ]
        self.attachments[role.name] += [
            aws.iam.RolePolicy(f"{role.name}-{policy}", name=policy, role=made.name, policy=document, opts=own)
            for policy, document in role.inline_policies
        ]


def trust_policy(role: Role) -> str:
    """The trust policy of a role as JSON."""
    principals = list(role.principals)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principals[0] if len(principals) == 1 else principals},
        "Action": list(role.actions) if len(role.actions) > 1 else role.actions[0],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
