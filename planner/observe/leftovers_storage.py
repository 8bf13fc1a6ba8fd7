"""Leftovers of EFS: file systems, their backup policies, mount targets and access points.

Ids are those of the provider's imports (https://www.pulumi.com/registry/packages/aws/api-docs/efs/).
"""

from __future__ import annotations

from typing import Any

from planner.observe.leftovers_search import Found, Search, finds, name_tag, pages

_FILE_SYSTEM, _BACKUP = "aws:efs/fileSystem:FileSystem", "aws:efs/backupPolicy:BackupPolicy"
_TARGET, _POINT = "aws:efs/mountTarget:MountTarget", "aws:efs/accessPoint:AccessPoint"


@finds(_FILE_SYSTEM, _BACKUP, _TARGET)
def file_systems(search: Search) -> Found:
    """File systems by Name tag; a backup policy is named as its file system, whose id it has, a mount target
    as its file system and its subnet."""
    efs, ec2 = search.client("efs"), search.client("ec2")
    targets = any(kind == _TARGET for kind, _ in search.wanted)
    for one in pages(efs, "describe_file_systems", "FileSystems"):
        name, identity = name_tag(one), one["FileSystemId"]
        if not name or not any(each.startswith(name) for each in search.names):
            continue
        yield (_FILE_SYSTEM, name), identity
        yield (_BACKUP, name), identity
        if targets:
            for target in pages(efs, "describe_mount_targets", "MountTargets", FileSystemId=identity):
                yield (_TARGET, f"{name}-{_subnet(ec2, target['SubnetId'])}"), target["MountTargetId"]


@finds(_POINT)
def access_points(search: Search) -> Found:
    """Access points, by Name tag."""
    for point in pages(search.client("efs"), "describe_access_points", "AccessPoints"):
        yield (_POINT, name_tag(point)), point["AccessPointId"]


def _subnet(ec2: Any, identity: str) -> str:
    """The name of a subnet, which its mount target is named after."""
    return name_tag(ec2.describe_subnets(SubnetIds=[identity])["Subnets"][0]) or identity
