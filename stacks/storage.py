"""Shared file systems: EFS with mount targets and access points."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from planner.design import AccessPoint, Design, FileSystem, Lifecycle, MountTarget
from stacks.parts import known, protected, tags


class Storage(pulumi.ComponentResource):
    """The file systems of a design: ``ids`` and ``access_points`` by name, and the ``mount_targets``.

    A stack has this room only where there are any. The files are in no plan: a file system is protected as
    long as the cluster is, unless the plan lets go of it.
    """

    def __init__(
        self,
        name: str,
        design: Design,
        subnets: Mapping[str, pulumi.Input[str]],
        groups: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("eksplan:index:Storage", name, None, opts)
        self.ids: dict[str, pulumi.Output[str]] = {}
        self.access_points: dict[str, pulumi.Output[str]] = {}
        self.mount_targets: list[pulumi.Resource] = []
        for one in known(design.file_systems):
            made = self._file_system(one, protect=one.protect and protected(design))
            self.ids[one.name] = made.id
            for target in one.mount_targets:
                self.mount_targets.append(self._mount_target(one.name, made.id, target, subnets, groups))
            for point in known(one.access_points):
                self.access_points[point.name] = self._access_point(made.id, point)
        self.register_outputs({})

    def _file_system(self, one: FileSystem, *, protect: bool) -> aws.efs.FileSystem:
        made = aws.efs.FileSystem(
            one.name,
            creation_token=one.creation_token,
            encrypted=one.encrypted,
            kms_key_id=one.kms_key_arn,
            performance_mode=one.performance_mode,
            throughput_mode=one.throughput_mode,
            provisioned_throughput_in_mibps=one.provisioned_mibps,
            lifecycle_policies=_policies(known(one.lifecycle)) or None,
            tags=tags(one.tags),
            # a token stands for one file system: the old one goes first
            opts=pulumi.ResourceOptions(parent=self, protect=protect, delete_before_replace=True),
        )
        status = "ENABLED" if known(one.backup) else "DISABLED"
        aws.efs.BackupPolicy(
            one.name,
            file_system_id=made.id,
            backup_policy=aws.efs.BackupPolicyBackupPolicyArgs(status=status),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return made

    def _mount_target(
        self,
        file_system: str,
        identity: pulumi.Input[str],
        target: MountTarget,
        subnets: Mapping[str, pulumi.Input[str]],
        groups: Mapping[str, pulumi.Input[str]],
    ) -> pulumi.Resource:
        made: pulumi.Resource = aws.efs.MountTarget(
            f"{file_system}-{target.subnet}",
            file_system_id=identity,
            subnet_id=subnets[target.subnet],
            security_groups=[groups[group] for group in known(target.security_groups)],
            # a zone takes one: the old one goes first
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return made

    def _access_point(self, file_system_id: pulumi.Input[str], point: AccessPoint) -> pulumi.Output[str]:
        creation = (
            aws.efs.AccessPointRootDirectoryCreationInfoArgs(
                owner_uid=point.owner_uid, owner_gid=point.owner_gid, permissions=point.permissions
            )
            if point.owner_uid is not None and point.owner_gid is not None and point.permissions is not None
            else None
        )
        user = (
            aws.efs.AccessPointPosixUserArgs(
                uid=point.uid, gid=point.gid, secondary_gids=list(point.secondary_gids) or None
            )
            if point.uid is not None and point.gid is not None
            else None
        )
        made: pulumi.Output[str] = aws.efs.AccessPoint(
            point.name,
            file_system_id=file_system_id,
            posix_user=user,
            root_directory=aws.efs.AccessPointRootDirectoryArgs(path=point.path, creation_info=creation),
            tags=tags(point.tags),
            opts=pulumi.ResourceOptions(parent=self),
        ).id
        return made


def _policies(cycle: Lifecycle) -> list[aws.efs.FileSystemLifecyclePolicyArgs]:
    """One policy for each transition, as EFS asks for.

    Source: https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html
    """
    policy, made = aws.efs.FileSystemLifecyclePolicyArgs, []
    if cycle.infrequent_access_days is not None:
        made.append(policy(transition_to_ia=_after(cycle.infrequent_access_days)))
    if cycle.archive_days is not None:
        made.append(policy(transition_to_archive=_after(cycle.archive_days)))
    if cycle.back_on_access:
        made.append(policy(transition_to_primary_storage_class="AFTER_1_ACCESS"))
    return made


def _after(days: int) -> str:
    return "AFTER_1_DAY" if days == 1 else f"AFTER_{days}_DAYS"
