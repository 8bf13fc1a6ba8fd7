"""Log groups, flow logs and keys of a design."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.network import Tags
from planner.design.unknown import Unknown


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group of CloudWatch Logs. ``retention_days`` is None where records never expire."""

    name: str
    retention_days: int | None
    tags: Tags = ()
    arn: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FlowLog:
    """A flow log of the whole VPC."""

    name: str
    destination_kind: str
    """cloud-watch-logs or s3."""
    destination: str
    """Name of the log group, or ARN of the bucket with its folder."""
    traffic: str  # ALL, ACCEPT or REJECT
    aggregation_seconds: int
    role: str | None = None
    """Role that writes to the log group; a bucket needs none."""
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)
    status: str = field(default="", compare=False)
    """Of delivery, as EC2 says: SUCCESS or FAILED with its reason."""


@dataclass(frozen=True, slots=True)
class Key:
    """A customer managed KMS key: symmetric, in the cluster's region. ``name`` is its alias.

    ``policy`` is canonical JSON; the account's id stands in it as ``${aws.account}``.
    """

    name: str
    policy: str
    rotation: bool = True
    """Whether KMS changes the key material every year."""
    deletion_window_days: int = field(default=30, compare=False)
    """Days between the order to delete it and its end; KMS tells them only of keys that are going."""
    tags: Tags = ()
    arn: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class KeyGrant:
    """A grant on a KMS key: to whom (ARN), and KMS's operations such as ``Decrypt``, sorted."""

    grantee: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """Who may use the key of a running cluster's secrets, whoever made it. ``policy`` is canonical JSON."""

    arn: str
    state: str
    """KMS's KeyState: Enabled, Disabled, PendingDeletion, ..."""
    policy: str
    grants: tuple[KeyGrant, ...] | Unknown = ()
