"""The rooms of a stack: components that hold other components, and what they were called before.

A stack has five: network, security, cluster, nodes and addons; storage (stacks.storage) comes with file systems. Their children keep their names, and
say where they stood before, so that a stack made by an earlier release replaces nothing.
"""

from __future__ import annotations

import pulumi


class Security(pulumi.ComponentResource):
    """Roles, the OIDC provider, the KMS key, security groups with their rules, and interface endpoints."""

    def __init__(self, name: str) -> None:
        super().__init__("eksplan:index:Security", name)
        self.register_outputs({})


class ClusterRoom(pulumi.ComponentResource):
    """The control plane, its log group, and who may talk to it."""

    def __init__(self, name: str) -> None:
        super().__init__("eksplan:index:Cluster", name)
        self.register_outputs({})


class AddonsRoom(pulumi.ComponentResource):
    """The add-ons: those before the first node, and those after."""

    def __init__(self, name: str) -> None:
        super().__init__("eksplan:index:Addons", name)
        self.register_outputs({})


def moved_into(
    room: pulumi.Resource, *, depends_on: list[pulumi.Resource] | None = None, type_: str | None = None
) -> pulumi.ResourceOptions:
    """Options of a component in a room that had no parent before; ``type_`` is its type from then.

    Whatever it holds moves with it: Pulumi derives the aliases of children from those of parents.
    Source: https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
    """
    before = pulumi.Alias(parent=None) if type_ is None else pulumi.Alias(parent=None, type_=type_)
    return pulumi.ResourceOptions(parent=room, aliases=[before], depends_on=depends_on)
