"""File systems of a design: Amazon EFS with its mount targets and access points."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.network import Tags
from planner.design.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """When files leave the Standard storage class: days since they were last read there, None for never."""

    infrequent_access_days: int | None = None
    archive_days: int | None = None
    back_on_access: bool = False
    """Whether a file comes back to Standard when it is read."""


@dataclass(frozen=True, slots=True)
class MountTarget:
    """The address of a file system in one zone: an interface in a subnet. EFS takes one in each zone,
    and all in one VPC.

    Source: https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
    """

    subnet: str
    security_groups: tuple[str, ...] | Unknown
    id: str | None = field(default=None, compare=False)
    state: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """A file system has one in a subnet at most."""
        return self.subnet


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """An entrance to a directory of a file system. ``uid`` and ``gid`` stand for whoever comes through it;
    None leaves clients their own. Owner and permissions (octal digits) are those with which EFS makes
    the directory where it is not there.
    """

    name: str
    path: str = "/"
    uid: int | None = None
    gid: int | None = None
    secondary_gids: tuple[int, ...] = ()
    owner_uid: int | None = None
    owner_gid: int | None = None
    permissions: str | None = None
    tags: Tags = ()
    id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FileSystem:
    """An EFS file system of the regional kind. Encryption, key and performance mode are for ever."""

    name: str
    encrypted: bool
    performance_mode: str  # generalPurpose or maxIO
    throughput_mode: str  # elastic, bursting or provisioned
    lifecycle: Lifecycle | Unknown
    backup: bool | Unknown
    """Whether AWS Backup takes a copy every day."""
    mount_targets: tuple[MountTarget, ...]
    access_points: tuple[AccessPoint, ...] | Unknown = ()
    provisioned_mibps: float | None = None
    """MiB/s, with the mode provisioned."""
    kms_key_arn: str | None = field(default=None, metadata={"left_to_aws": True})
    """None in a plan leaves it to AWS's own key, ``aws/elasticfilesystem``."""
    tags: Tags = ()
    creation_token: str = field(default="", compare=False)
    """Makes its creation idempotent: EFS makes one file system for a token."""
    protect: bool = field(default=True, compare=False)
    """Whether Pulumi refuses to delete it; AWS knows nothing of it."""
    id: str | None = field(default=None, compare=False)
    state: str = field(default="", compare=False)
    one_zone: str | None = field(default=None, compare=False)
    """Id of the zone of a One Zone file system, which plans do not make; such a one has one mount target."""
