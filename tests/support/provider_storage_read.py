"""Reading and changing ``aws.efs`` resources (tests only)."""

from __future__ import annotations

from tests.support.provider import Clients, Inputs, compact
from tests.support.provider_read import Values, reads, tag_table
from tests.support.provider_storage import TRANSITIONS, lifecycle
from tests.support.provider_update import TAGS, updates


@reads("aws:efs/fileSystem:FileSystem")
def read_file_system(identity: str, state: Values, c: Clients) -> Values:
    efs = c("efs")
    (found,) = efs.describe_file_systems(FileSystemId=identity)["FileSystems"]
    policies = efs.describe_lifecycle_configuration(FileSystemId=identity)["LifecyclePolicies"]
    words = {aws: pulumi for pulumi, aws in TRANSITIONS.items()}
    return {
        "arn": found["FileSystemArn"],
        "creationToken": found["CreationToken"],
        "encrypted": found["Encrypted"],
        "kmsKeyId": found.get("KmsKeyId"),
        "performanceMode": found["PerformanceMode"],
        "throughputMode": found["ThroughputMode"],
        "provisionedThroughputInMibps": found.get("ProvisionedThroughputInMibps") or None,
        "lifecyclePolicies": [{words[key]: value for key, value in one.items()} for one in policies] or None,
        "tags": tag_table(found["Tags"]),
    }


@updates("aws:efs/fileSystem:FileSystem")
def update_file_system(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    efs = c("efs")
    if "throughputMode" in i or "provisionedThroughputInMibps" in i:
        mode = i.get("throughputMode") or state["throughputMode"]
        amount = i.get("provisionedThroughputInMibps")
        efs.update_file_system(
            **compact(FileSystemId=identity, ThroughputMode=mode, ProvisionedThroughputInMibps=amount)
        )
    if "lifecyclePolicies" in i:
        efs.put_lifecycle_configuration(FileSystemId=identity, LifecyclePolicies=lifecycle(i.get("lifecyclePolicies")))
    return {}


@reads("aws:efs/backupPolicy:BackupPolicy")
def read_backup_policy(identity: str, state: Values, c: Clients) -> Values:
    efs = c("efs")
    try:
        status = efs.describe_backup_policy(FileSystemId=identity)["BackupPolicy"]["Status"]
    except efs.exceptions.PolicyNotFound:
        status = "DISABLED"
    return {"fileSystemId": identity, "backupPolicy": {"status": status}}


@updates("aws:efs/backupPolicy:BackupPolicy")
def update_backup_policy(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("efs").put_backup_policy(FileSystemId=identity, BackupPolicy={"Status": i["backupPolicy"]["status"]})
    return {}


@reads("aws:efs/mountTarget:MountTarget")
def read_mount_target(identity: str, state: Values, c: Clients) -> Values:
    efs = c("efs")
    (found,) = efs.describe_mount_targets(MountTargetId=identity)["MountTargets"]
    groups = efs.describe_mount_target_security_groups(MountTargetId=identity)["SecurityGroups"]
    return {
        "fileSystemId": found["FileSystemId"],
        "subnetId": found["SubnetId"],
        "ipAddress": found["IpAddress"],
        "securityGroups": groups,
    }


@updates("aws:efs/mountTarget:MountTarget")
def update_mount_target(identity: str, state: Values, i: Inputs, c: Clients) -> Values:
    c("efs").modify_mount_target_security_groups(MountTargetId=identity, SecurityGroups=i["securityGroups"])
    return {}


@reads("aws:efs/accessPoint:AccessPoint")
def read_access_point(identity: str, state: Values, c: Clients) -> Values:
    (found,) = c("efs").describe_access_points(AccessPointId=identity)["AccessPoints"]
    user, root = found.get("PosixUser"), found["RootDirectory"]
    owner = root.get("CreationInfo")
    return {
        "arn": found["AccessPointArn"],
        "fileSystemId": found["FileSystemId"],
        "posixUser": compact(uid=user["Uid"], gid=user["Gid"], secondaryGids=user.get("SecondaryGids"))
        if user
        else None,
        "rootDirectory": compact(
            path=root["Path"],
            creationInfo={
                "ownerUid": owner["OwnerUid"],
                "ownerGid": owner["OwnerGid"],
                "permissions": owner["Permissions"],
            }
            if owner
            else None,
        ),
        "tags": tag_table(found["Tags"]),
    }


def _tag(identity: str, state: Values, gone: list[str], new: dict[str, str], c: Clients) -> None:
    if gone:
        c("efs").untag_resource(ResourceId=identity, TagKeys=gone)
    if new:
        tags = [{"Key": key, "Value": value} for key, value in new.items()]
        c("efs").tag_resource(ResourceId=identity, Tags=tags)


TAGS["aws:efs/fileSystem:FileSystem"] = _tag
TAGS["aws:efs/accessPoint:AccessPoint"] = _tag
