"""Asks EFS about the file systems that are mounted in a VPC, and those named after the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import Unknown
from planner.observe.calls import Calls
from planner.observe.names import tag_table
from planner.security.names import file_system_name

FILE_SYSTEMS = "elasticfilesystem:DescribeFileSystems"
MOUNT_TARGETS = "elasticfilesystem:DescribeMountTargets"
TARGET_GROUPS = "elasticfilesystem:DescribeMountTargetSecurityGroups"
BACKUP = "elasticfilesystem:DescribeBackupPolicy"
LIFECYCLE = "elasticfilesystem:DescribeLifecycleConfiguration"
ACCESS_POINTS = "elasticfilesystem:DescribeAccessPoints"


def collect_storage(calls: Calls, vpc_id: str) -> None:
    """The file systems with a mount target in a VPC: EFS has no list of these, so each is asked for its
    mount targets. Those that carry a name of the cluster's plan come along even where all of theirs are
    gone. Of others nothing is kept.
    """
    efs, mine = calls.client("efs"), []
    found = calls.many(FILE_SYSTEMS, efs, "describe_file_systems", "FileSystems")
    if not found:
        return

    def mounted(one: Mapping[str, Any]) -> None:
        identity = one["FileSystemId"]
        if one.get("NumberOfMountTargets", 1):
            call, listed = "describe_mount_targets", "MountTargets"
            calls.many(MOUNT_TARGETS, efs, call, listed, key=identity, FileSystemId=identity)
        else:
            calls.raw.put(MOUNT_TARGETS, [], identity)

    calls.each(found, mounted)
    for one in found:
        identity = one["FileSystemId"]
        targets = calls.raw.get(MOUNT_TARGETS, identity)
        if isinstance(targets, Unknown):
            continue
        if any(target.get("VpcId") == vpc_id for target in targets) or _named(calls.raw.cluster, one):
            mine.append(one)
        else:
            del calls.raw.answers[MOUNT_TARGETS][identity]
    calls.raw.put(FILE_SYSTEMS, mine)
    calls.each((one["FileSystemId"] for one in mine), lambda identity: _details(calls, efs, identity))


def _named(cluster: str, item: Mapping[str, Any]) -> bool:
    return bool(cluster) and tag_table(item).get("Name", "").startswith(file_system_name(cluster, ""))


def _details(calls: Calls, efs: Any, identity: str) -> None:
    for target in calls.raw.keyed(MOUNT_TARGETS)[identity]:
        key = target["MountTargetId"]
        method = "describe_mount_target_security_groups"
        calls.one(TARGET_GROUPS, efs, method, "SecurityGroups", key=key, MountTargetId=key)
    calls.ask(BACKUP, lambda: _backup(efs, identity), identity)
    method = "describe_lifecycle_configuration"
    calls.one(LIFECYCLE, efs, method, "LifecyclePolicies", key=identity, FileSystemId=identity)
    points = "AccessPoints"
    calls.many(ACCESS_POINTS, efs, "describe_access_points", points, key=identity, FileSystemId=identity)


def _backup(efs: Any, identity: str) -> str:
    """The state of automatic backups; without a policy there are none."""
    try:
        return str(efs.describe_backup_policy(FileSystemId=identity)["BackupPolicy"]["Status"])
    except efs.exceptions.PolicyNotFound:
        return "DISABLED"
