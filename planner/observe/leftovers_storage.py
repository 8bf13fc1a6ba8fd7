"""File systems, their backup policies, mount targets and access points that a state does not know."""

from __future__ import annotations

from typing import Any

from planner.observe.calls import pages
from planner.observe.names import tag_table

_FILE_SYSTEM, _BACKUP = "aws:efs/fileSystem:FileSystem", "aws:efs/backupPolicy:BackupPolicy"
_TARGET, _POINT = "aws:efs/mountTarget:MountTarget", "aws:efs/accessPoint:AccessPoint"

Wanted = set[tuple[str, str]]
Ids = dict[tuple[str, str], list[str]]


def storage_leftovers(efs: Any, ec2: Any, wanted: Wanted) -> Ids:
    """Ids by Pulumi's type and name. File systems and access points carry a Name tag; a mount target is named
    as its file system and its subnet, a backup policy as its file system, whose id it has."""
    kinds = {kind for kind, _ in wanted}
    found: Ids = {}
    if not kinds & {_FILE_SYSTEM, _BACKUP, _TARGET, _POINT}:
        return found
    names = {name for _, name in wanted}
    for one in pages(efs, "describe_file_systems", "FileSystems"):
        name, identity = tag_table(one).get("Name", ""), one["FileSystemId"]
        if not name or not any(each.startswith(name) for each in names):
            continue
        found.setdefault((_FILE_SYSTEM, name), []).append(identity)
        found.setdefault((_BACKUP, name), []).append(identity)
        if _TARGET in kinds:
            for target in pages(efs, "describe_mount_targets", "MountTargets", FileSystemId=identity):
                key = _TARGET, f"{name}-{_subnet(ec2, target['SubnetId'])}"
                found.setdefault(key, []).append(target["MountTargetId"])
    if _POINT in kinds:
        for point in pages(efs, "describe_access_points", "AccessPoints"):
            found.setdefault((_POINT, tag_table(point).get("Name", "")), []).append(point["AccessPointId"])
    return {key: ids for key, ids in found.items() if key in wanted}


def _subnet(ec2: Any, identity: str) -> str:
    """The name of a subnet."""
    return tag_table(ec2.describe_subnets(SubnetIds=[identity])["Subnets"][0]).get("Name", identity)
