"""Security groups and roles of a design."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from planner.design.network import Tags


class Direction(StrEnum):
    """Direction of a security-group rule."""

    INGRESS = "ingress"
    EGRESS = "egress"


@dataclass(frozen=True, slots=True, order=True)
class SecurityGroupRule:
    """One security-group rule. ``peer`` is a CIDR block, a group's name or a prefix-list id.

    ``protocol`` is ``tcp``, ``udp``, ``icmp``, ``icmpv6`` or ``-1`` (all); ports are inclusive and
    None where the protocol has none. ``reason`` is written to AWS as the rule's description.
    """

    direction: Direction
    protocol: str
    from_port: int | None
    to_port: int | None
    peer: str
    reason: str = field(default="", compare=False)
    feature: str = field(default="", compare=False)
    source: str = field(default="", compare=False)
    made_by_eks: bool = field(default=False, compare=False)
    """One of the rules that EKS itself gives the cluster security group."""

    @property
    def ports(self) -> str:
        """Ports for people: ``443``, ``1025-65535`` or ``all``."""
        if self.from_port is None:
            return "all"
        return str(self.from_port) if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group. ``made_by_eks`` marks the cluster security group, which EKS makes itself."""

    name: str
    description: str
    rules: tuple[SecurityGroupRule, ...]
    made_by_eks: bool = False
    tags: Tags = ()
    existing: bool = field(default=False, compare=False)
    id: str | None = field(default=None, compare=False)
    tags_of_eks: Tags | None = field(default=None, compare=False)
    """All tags that were seen on the cluster security group; None in a plan, and of other groups."""


@dataclass(frozen=True, slots=True, order=True)
class TrustCondition:
    """A condition of a trust policy, such as ``StringEquals`` on ``sts:ExternalId``."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role: who may assume it under which conditions, and the policies on it.

    Two things are known only once the cluster is there, and stand as placeholders in trust and
    inline policies: ``${aws.account}``, the account's id, and ``${cluster.oidc}``, the cluster's OIDC
    issuer without ``https://``.
    """

    name: str
    principals: tuple[str, ...]
    """Service principals in the trust policy."""
    actions: tuple[str, ...]
    """Actions of the trust policy, such as ``sts:AssumeRole``."""
    managed_policies: tuple[str, ...]
    """Policy ARNs, sorted; ``aws`` as partition is replaced by the region's own on creation."""
    inline_policies: tuple[tuple[str, str], ...] = ()
    """Name and canonical JSON of each inline policy."""
    tags: Tags = ()
    federated: tuple[str, ...] = ()
    """ARNs of identity providers in the trust policy (roles for service accounts)."""
    conditions: tuple[TrustCondition, ...] = ()
    """All conditions of the trust policy, sorted."""
    existing: bool = field(default=False, compare=False)
    """Made elsewhere: neither planned nor changed here."""
    arn: str | None = field(default=None, compare=False)

    @property
    def trusted(self) -> tuple[str, ...]:
        """Who may assume it: services and identity providers."""
        return (*self.principals, *self.federated)
