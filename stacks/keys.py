"""KMS keys with their aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from planner.design import Design, Key
from stacks.parts import known, protected, tags

_ACCOUNT = "${aws.account}"


class Keys(pulumi.ComponentResource):
    """Keys by alias: ``arns``, and the ``aliases`` to wait for. ``after`` are roles that policies name:
    KMS refuses a policy whose role is not there.

    A key that is gone takes all that it encrypted with it: it is protected as long as the cluster is.
    """

    def __init__(
        self, name: str, design: Design, after: Sequence[pulumi.Resource], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__("eksplan:index:Keys", name, None, opts)
        self.arns: dict[str, pulumi.Output[str]] = {}
        self.aliases: list[pulumi.Resource] = []
        for key in known(design.keys):
            self._key(key, after, protect=protected(design))
        self.register_outputs({})

    def _key(self, key: Key, after: Sequence[pulumi.Resource], *, protect: bool) -> None:
        short = key.name.removeprefix("alias/").replace("/", "-")
        made = aws.kms.Key(
            short,
            description=f"Kubernetes secrets, {key.name}",
            policy=filled(key.policy),
            enable_key_rotation=key.rotation,
            deletion_window_in_days=key.deletion_window_days,
            tags=tags(key.tags),
            opts=pulumi.ResourceOptions(parent=self, protect=protect, depends_on=list(after)),
        )
        self.arns[key.name] = made.arn
        self.aliases.append(
            aws.kms.Alias(short, name=key.name, target_key_id=made.key_id, opts=pulumi.ResourceOptions(parent=self))
        )


def filled(policy: str) -> pulumi.Output[str]:
    """A policy with the account's id in its place."""
    account: pulumi.Output[str] = aws.get_caller_identity_output().account_id
    return account.apply(lambda one: policy.replace(_ACCOUNT, one))


def of(arns: Mapping[str, pulumi.Output[str]], name: str | None, given: str | None) -> pulumi.Input[str] | None:
    """The ARN of the key of that name, else the ``given`` one."""
    return arns[name] if name else given
