"""What Pulumi would do or did, as values: one step for each resource, and which of them take something away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What happens to a resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    REFRESH = "refresh"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Step:
    """One resource: its name, its type as pulumi-aws writes it (``aws:ec2/vpc:Vpc``), and what changes in it."""

    name: str
    kind: str
    action: Action
    changed: tuple[str, ...] = ()
    """Properties that differ."""

    @property
    def short_kind(self) -> str:
        """The type without its package, such as ec2.Vpc."""
        module, _, name = self.kind.removeprefix("aws:").partition(":")
        return f"{module.partition('/')[0]}.{name}" if name else self.kind


NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"

#: What cannot be made again as it was, or not without an outage: the addresses, names or data are gone.
LASTING = {
    "aws:ec2/vpc:Vpc": "its id, and everything in it",
    "aws:ec2/subnet:Subnet": "its id and the nodes in it",
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": "the subnets in the block",
    "aws:ec2/eip:Eip": "its address, which others may have allowed",
    "aws:ec2/natGateway:NatGateway": "the way out while it is made",
    "aws:ec2/securityGroup:SecurityGroup": "its id, which others may refer to",
    "aws:eks/cluster:Cluster": "the cluster with everything that runs in it",
    NODE_GROUP: "its nodes, all at once",
    "aws:eks/fargateProfile:FargateProfile": "its pods, until another profile takes them",
    "aws:iam/role:Role": "its id, which policies elsewhere may name",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "the trust of all roles of service accounts",
    "aws:kms/key:Key": "what is encrypted with it",
    "aws:efs/fileSystem:FileSystem": "the files in it",
    "aws:cloudwatch/logGroup:LogGroup": "the logs in it",
}


def losses(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Steps that replace or delete what cannot be made again as it was."""
    return tuple(one for one in steps if one.action in (Action.REPLACE, Action.DELETE) and one.kind in LASTING)


def unacknowledged(steps: Iterable[Step], acknowledged: Iterable[str]) -> tuple[Step, ...]:
    """Losses that nobody has agreed to by name."""
    agreed = set(acknowledged)
    return tuple(one for one in losses(steps) if one.name not in agreed)


def counted(steps: Iterable[Step]) -> dict[Action, int]:
    """How many resources each action touches."""
    found = dict.fromkeys(Action, 0)
    for one in steps:
        found[one.action] += 1
    return {action: number for action, number in found.items() if number}
