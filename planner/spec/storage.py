"""What a spec asks of shared file systems (Amazon EFS, note N43)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from planner.spec.types import KeyArn, Name, Or, PosixMode, SpecModel

Days = Annotated[int, Field(ge=1)] | Literal["never"]
"""Days since a file was last read, or that it stays where it is."""
PosixId = Annotated[int, Field(ge=0)]
"""Id of a POSIX user or group."""


def _listed(value: Any) -> Any:
    """A list as a tuple: what a name alone may stand for is validated as Python's, where both differ."""
    return tuple(value) if isinstance(value, list) else value


class LifecycleSpec(SpecModel):
    """When files that nobody reads move to cheaper storage classes."""

    infrequent_access_days: Days = Field(
        default=30,
        description="Days after which a file moves to Infrequent Access (1, 7, 14, 30, 60, 90, 180, 270 or 365), or never. Reading it there costs more.",
    )
    archive_days: Days = Field(
        default="never",
        description="Days after which a file moves on to Archive, more than infrequentAccessDays, or never. Needs throughput: elastic and performanceMode: generalPurpose.",
    )
    back_on_access: bool = Field(
        default=False, description="Whether a file comes back to the Standard class when it is read."
    )


class AccessPointSpec(SpecModel):
    """An entrance to one directory, for volumes that are not made on demand."""

    name: Name = Field(description="Name, unique in its file system.")
    path: str | None = Field(
        default=None,
        description="Directory that clients see as the root: at most four levels and 100 characters; /NAME when not given.",
    )
    uid: PosixId = Field(
        description="User that stands for whoever comes through it; owns the directory when EFS makes it."
    )
    gid: PosixId = Field(
        description="Group that stands for whoever comes through it; owns the directory when EFS makes it."
    )
    secondary_gids: Annotated[tuple[PosixId, ...], BeforeValidator(_listed)] = Field(
        default=(), description="Further groups, at most 16."
    )
    permissions: PosixMode | None = Field(
        default=None,
        description='Mode of the directory when EFS makes it, in octal digits in quotes; "0755" when not given.',
    )


class FileSystemSpec(SpecModel):
    """A file system that pods of all zones read and write together."""

    name: Name = Field(description="Name; the file system is called CLUSTER-efs-NAME.")
    encrypted: bool = Field(
        default=True, description="Whether files are encrypted at rest. Can never be changed; costs nothing."
    )
    kms_key_arn: KeyArn | None = Field(
        default=None, description="Symmetric KMS key of yours; AWS's own when not given. Can never be changed."
    )
    performance_mode: Literal["generalPurpose", "maxIO"] = Field(
        default="generalPurpose",
        description="generalPurpose answers faster; AWS advises it for everything. Can never be changed.",
    )
    throughput: Literal["elastic", "bursting", "provisioned"] = Field(
        default="elastic",
        description="elastic (as much as is asked for, paid by what is moved), bursting (grows with what is stored), or provisioned.",
    )
    provisioned_mibps: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="With throughput provisioned: MiB/s, which are paid for whether they are used or not."
    )
    lifecycle: LifecycleSpec = Field(
        default=LifecycleSpec(), description="When files that nobody reads move to cheaper storage."
    )
    backup: bool = Field(
        default=True,
        description="Whether AWS Backup takes a copy every day and keeps it for 35 days: EFS itself brings nothing back that was deleted.",
    )
    access_points: Annotated[tuple[AccessPointSpec, ...], BeforeValidator(_listed)] = Field(
        default=(),
        max_length=1000,
        description="Access points for volumes that you declare yourself; the EFS driver makes one for each volume that it provisions.",
    )
    protect: bool = Field(
        default=True,
        description="Whether Pulumi refuses to delete it while deletionProtection is on; false for what may be lost.",
    )


def _file_system(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


FileSystems = tuple[Annotated[FileSystemSpec, BeforeValidator(_file_system), Or("string")], ...]
"""File systems, those that need nothing but a name as text."""
