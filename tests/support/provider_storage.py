"""Pulumi's ``aws.efs`` resources as boto3 calls (tests only); ``tests.support.provider`` imports it."""

from __future__ import annotations

from typing import Any

from tests.support.provider import Clients, Inputs, Made, compact, creates, deletes, tag_list

#: Inputs of lifecycle policies, and what EFS calls them.
TRANSITIONS = {
    "transitionToIa": "TransitionToIA",
    "transitionToArchive": "TransitionToArchive",
    "transitionToPrimaryStorageClass": "TransitionToPrimaryStorageClass",
}


def lifecycle(policies: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Lifecycle policies as EFS takes them: one transition in each."""
    return [{TRANSITIONS[key]: value for key, value in one.items() if value} for one in policies or []]


@creates("aws:efs/fileSystem:FileSystem")
def create_file_system(name: str, i: Inputs, c: Clients) -> Made:
    efs = c("efs")
    made = efs.create_file_system(
        **compact(
            CreationToken=i["creationToken"],
            Encrypted=i.get("encrypted"),
            KmsKeyId=i.get("kmsKeyId"),
            PerformanceMode=i.get("performanceMode"),
            ThroughputMode=i.get("throughputMode"),
            ProvisionedThroughputInMibps=i.get("provisionedThroughputInMibps"),
            Tags=tag_list(i.get("tags")),
        )
    )
    if i.get("lifecyclePolicies"):
        policies = lifecycle(i["lifecyclePolicies"])
        efs.put_lifecycle_configuration(FileSystemId=made["FileSystemId"], LifecyclePolicies=policies)
    return made["FileSystemId"], {"arn": made["FileSystemArn"]}


@deletes("aws:efs/fileSystem:FileSystem")
def delete_file_system(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("efs").delete_file_system(FileSystemId=identity)


@creates("aws:efs/backupPolicy:BackupPolicy")
def create_backup_policy(name: str, i: Inputs, c: Clients) -> Made:
    c("efs").put_backup_policy(FileSystemId=i["fileSystemId"], BackupPolicy={"Status": i["backupPolicy"]["status"]})
    return i["fileSystemId"], {}


@deletes("aws:efs/backupPolicy:BackupPolicy")
def delete_backup_policy(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("efs").put_backup_policy(FileSystemId=identity, BackupPolicy={"Status": "DISABLED"})


@creates("aws:efs/mountTarget:MountTarget")
def create_mount_target(name: str, i: Inputs, c: Clients) -> Made:
    made = c("efs").create_mount_target(
        **compact(FileSystemId=i["fileSystemId"], SubnetId=i["subnetId"], SecurityGroups=i.get("securityGroups"))
    )
    return made["MountTargetId"], {"ipAddress": made["IpAddress"]}


@deletes("aws:efs/mountTarget:MountTarget")
def delete_mount_target(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("efs").delete_mount_target(MountTargetId=identity)


@creates("aws:efs/accessPoint:AccessPoint")
def create_access_point(name: str, i: Inputs, c: Clients) -> Made:
    user, root = i.get("posixUser"), i.get("rootDirectory") or {}
    owner = root.get("creationInfo")
    made = c("efs").create_access_point(
        **compact(
            ClientToken=name[:64],
            FileSystemId=i["fileSystemId"],
            PosixUser=compact(Uid=user["uid"], Gid=user["gid"], SecondaryGids=user.get("secondaryGids"))
            if user
            else None,
            RootDirectory=compact(
                Path=root.get("path"),
                CreationInfo={
                    "OwnerUid": owner["ownerUid"],
                    "OwnerGid": owner["ownerGid"],
                    "Permissions": owner["permissions"],
                }
                if owner
                else None,
            ),
            Tags=tag_list(i.get("tags")),
        )
    )
    return made["AccessPointId"], {"arn": made["AccessPointArn"]}


@deletes("aws:efs/accessPoint:AccessPoint")
def delete_access_point(identity: str, state: dict[str, Any], c: Clients) -> None:
    c("efs").delete_access_point(AccessPointId=identity)
