"""Raw answers as file systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import AccessPoint, FileSystem, Lifecycle, MountTarget, Unknown
from planner.observe.collect_storage import ACCESS_POINTS, BACKUP, FILE_SYSTEMS, LIFECYCLE, MOUNT_TARGETS, TARGET_GROUPS
from planner.observe.names import names_by_id, tags_of
from planner.observe.parse_network import Names
from planner.observe.raw import Raw

_GOING = ("deleting", "deleted")


def file_systems_of(raw: Raw, subnets: Names, groups: Names) -> tuple[FileSystem, ...] | Unknown:
    """File systems of the VPC. Where the mount targets of one could not be read it may be of this VPC or
    not, so all of them are unknown."""
    items = raw.get(FILE_SYSTEMS)
    if isinstance(items, Unknown):
        return items
    failed = raw.error(MOUNT_TARGETS)
    if failed is not None:
        return failed
    alive = [one for one in items if one.get("LifeCycleState") not in _GOING]
    names = names_by_id(alive, "FileSystemId")
    made = (_file_system(raw, one, names[one["FileSystemId"]], subnets, groups) for one in alive)
    return tuple(sorted(made, key=lambda one: one.name))


def _file_system(raw: Raw, item: Mapping[str, Any], name: str, subnets: Names, groups: Names) -> FileSystem:
    identity = item["FileSystemId"]
    amount, backup = item.get("ProvisionedThroughputInMibps"), raw.get(BACKUP, identity)
    encrypted, mode = bool(item.get("Encrypted", False)), item.get("ThroughputMode", "bursting")
    return FileSystem(
        name=name,
        encrypted=encrypted,
        performance_mode=item.get("PerformanceMode", "generalPurpose"),
        throughput_mode=mode,
        provisioned_mibps=float(amount) if amount and mode == "provisioned" else None,
        lifecycle=_lifecycle(raw.get(LIFECYCLE, identity)),
        backup=backup if isinstance(backup, Unknown) else backup in ("ENABLED", "ENABLING"),
        mount_targets=_mount_targets(raw, identity, subnets, groups),
        access_points=_access_points(raw.get(ACCESS_POINTS, identity)),
        kms_key_arn=item.get("KmsKeyId") if encrypted else None,
        tags=tags_of(item),
        creation_token=item.get("CreationToken", ""),
        id=identity,
        state=item.get("LifeCycleState", ""),
        one_zone=item.get("AvailabilityZoneId") or item.get("AvailabilityZoneName"),
    )


def _mount_targets(raw: Raw, identity: str, subnets: Names, groups: Names) -> tuple[MountTarget, ...]:
    made = []
    for one in raw.keyed(MOUNT_TARGETS)[identity]:
        if one.get("LifeCycleState") in _GOING:
            continue
        carried = raw.get(TARGET_GROUPS, one["MountTargetId"])
        known = carried if isinstance(carried, Unknown) else tuple(sorted(groups.get(each, each) for each in carried))
        subnet = subnets.get(one["SubnetId"], one["SubnetId"])
        made.append(MountTarget(subnet, known, one["MountTargetId"], one.get("LifeCycleState", "")))
    return tuple(sorted(made, key=lambda one: one.subnet))


def _lifecycle(policies: Any) -> Lifecycle | Unknown:
    if isinstance(policies, Unknown):
        return policies
    rows = {key: value for one in policies for key, value in one.items() if value}
    return Lifecycle(
        _days(rows.get("TransitionToIA")),
        _days(rows.get("TransitionToArchive")),
        "TransitionToPrimaryStorageClass" in rows,
    )


def _days(word: str | None) -> int | None:
    """``AFTER_30_DAYS`` as 30."""
    return int(word.split("_")[1]) if word else None


def _access_points(items: Any) -> tuple[AccessPoint, ...] | Unknown:
    """Access points, but for those that the EFS driver made for volumes: these come and go with claims."""
    if isinstance(items, Unknown):
        return items
    alive = [one for one in items if one.get("LifeCycleState") not in _GOING and not _of_driver(one)]
    names = names_by_id(alive, "AccessPointId")
    return tuple(sorted((_access_point(one, names[one["AccessPointId"]]) for one in alive), key=lambda one: one.name))


def _of_driver(item: Mapping[str, Any]) -> bool:
    """Whether the driver made it: it tags what it provisions.

    Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver (README, efs.csi.aws.com/cluster)
    """
    return any(tag["Key"] == "efs.csi.aws.com/cluster" for tag in item.get("Tags", ()))


def _access_point(item: Mapping[str, Any], name: str) -> AccessPoint:
    user, root = item.get("PosixUser") or {}, item.get("RootDirectory") or {}
    owner = root.get("CreationInfo") or {}
    return AccessPoint(
        name=name,
        path=root.get("Path", "/"),
        uid=user.get("Uid"),
        gid=user.get("Gid"),
        secondary_gids=tuple(sorted(user.get("SecondaryGids") or ())),
        owner_uid=owner.get("OwnerUid"),
        owner_gid=owner.get("OwnerGid"),
        permissions=owner.get("Permissions"),
        tags=tags_of(item),
        id=item["AccessPointId"],
    )
