"""File systems made, told, protected, read back, changed by hand and out of sight."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from planner.design import Design, Unknown
from planner.design.compare import differences
from planner.observe.leftovers import leftovers
from stacks.parts import known
from tests.support.plans import plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")

DRIVER = ["aws-efs-csi-driver"]
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POINTS = [
    {"name": "data", "uid": 1000, "gid": 1000, "secondaryGids": [7, 5]},
    {"name": "root", "path": "/", "uid": 0, "gid": 0},
]
SPECS: dict[str, dict[str, Any]] = {
    "names alone": {"efs": ["a", "b"]},
    "every setting": {
        "efs": [
            {
                "name": "a",
                "kmsKeyArn": KEY,
                "lifecycle": {"infrequentAccessDays": 1, "archiveDays": 90, "backOnAccess": True},
                "accessPoints": POINTS,
            }
        ]
    },
    "slow and unencrypted": {
        "efs": [
            {
                "name": "a",
                "encrypted": False,
                "performanceMode": "maxIO",
                "throughput": "bursting",
                "lifecycle": {"infrequentAccessDays": "never"},
                "backup": False,
            }
        ]
    },
    "provisioned, restricted nodes": {
        "efs": [{"name": "a", "throughput": "provisioned", "provisionedMibps": 12}],
        "security": {"egress": "restricted"},
    },
    "with custom networking": {"efs": ["a"], "cni": {"customNetworking": True}},
    "many": {"efs": [f"n{number}" for number in range(12)]},
}


@pytest.mark.parametrize("name", SPECS)
def test_n43_what_is_planned_of_file_systems_comes_back(name: str) -> None:
    design = plan_of(**SPECS[name], addons=DRIVER).design
    materialise(design)
    found = observe(design)
    assert differences(design, found) == ()
    assert all(one.id and one.state == "available" for one in known(found.file_systems))


def efs() -> Any:
    return boto3.client("efs", region_name="us-east-1")


@pytest.fixture
def made() -> Design:
    design = plan_of(efs=[{"name": "a", "accessPoints": POINTS}], addons=DRIVER).design
    materialise(design)
    return design


def paths(design: Design) -> list[str]:
    return [one.path for one in differences(design, observe(design))]


def test_changes_by_hand_are_seen(made: Design) -> None:
    client = efs()
    (one,) = client.describe_file_systems()["FileSystems"]
    identity = one["FileSystemId"]
    client.update_file_system(FileSystemId=identity, ThroughputMode="bursting")
    client.put_backup_policy(FileSystemId=identity, BackupPolicy={"Status": "DISABLED"})
    client.put_lifecycle_configuration(FileSystemId=identity, LifecyclePolicies=[])
    first, second, *_ = sorted(
        client.describe_mount_targets(FileSystemId=identity)["MountTargets"],
        key=lambda each: each["AvailabilityZoneId"],
    )
    client.delete_mount_target(MountTargetId=first["MountTargetId"])
    ec2 = boto3.client("ec2", region_name="us-east-1")
    default = next(
        group["GroupId"]
        for group in ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [one_vpc(ec2)]}])[
            "SecurityGroups"
        ]
        if group["GroupName"] == "default"
    )
    client.modify_mount_target_security_groups(MountTargetId=second["MountTargetId"], SecurityGroups=[default])
    found = paths(made)
    target = "file_systems[test-efs-a].mount_targets[test-node-{}]"
    assert {
        "file_systems[test-efs-a].throughput_mode",
        "file_systems[test-efs-a].backup",
        "file_systems[test-efs-a].lifecycle.infrequent_access_days",
        target.format(first["AvailabilityZoneId"]),
        target.format(second["AvailabilityZoneId"]) + ".security_groups",
    } <= set(found)


def one_vpc(ec2: Any) -> str:
    return str(next(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]))


def test_a_file_system_without_mount_targets_is_still_the_clusters(made: Design) -> None:
    client = efs()
    (one,) = client.describe_file_systems()["FileSystems"]
    for target in client.describe_mount_targets(FileSystemId=one["FileSystemId"])["MountTargets"]:
        client.delete_mount_target(MountTargetId=target["MountTargetId"])
    (found,) = known(observe(made).file_systems)
    assert (found.name, found.mount_targets) == ("test-efs-a", ())


def test_other_vpcs_file_systems_and_the_drivers_access_points_are_none_of_ours(made: Design) -> None:
    client, ec2 = efs(), boto3.client("ec2", region_name="us-east-1")
    (one,) = client.describe_file_systems()["FileSystems"]
    client.create_access_point(
        ClientToken="pvc",
        FileSystemId=one["FileSystemId"],
        Tags=[{"Key": "efs.csi.aws.com/cluster", "Value": "true"}],
    )
    other = client.create_file_system(CreationToken="other")["FileSystemId"]
    subnet = next(each["SubnetId"] for each in ec2.describe_subnets()["Subnets"] if each["DefaultForAz"])
    client.create_mount_target(FileSystemId=other, SubnetId=subnet)
    client.create_file_system(CreationToken="unused")
    assert paths(made) == []


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("DescribeFileSystems", "file_systems"),
        ("DescribeMountTargets", "file_systems"),
        ("DescribeMountTargetSecurityGroups", "security_groups"),
        ("DescribeBackupPolicy", "backup"),
        ("DescribeLifecycleConfiguration", "lifecycle"),
        ("DescribeAccessPoints", "access_points"),
    ],
)
def test_what_is_denied_is_unknown(made: Design, monkeypatch: pytest.MonkeyPatch, operation: str, part: str) -> None:
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def denied(self: Any, name: str, arguments: Any) -> Any:
        if name == operation:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "denied"}}, name)
        return real(self, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", denied)
    found: Any = observe(made)
    if part != "file_systems":
        (found,) = known(found.file_systems)
        found = found.mount_targets[0] if part == "security_groups" else found
    seen = getattr(found, part)
    assert isinstance(seen, Unknown)
    assert seen.call == f"elasticfilesystem:{operation}"


def test_files_are_protected_unless_the_plan_lets_go_of_them() -> None:
    design = plan_of(efs=["a", {"name": "scratch", "protect": False}], addons=DRIVER).design
    run = materialise(design)
    kind = "aws:efs/fileSystem:FileSystem"
    assert {one.name: one.protect for one in run.resources if one.token == kind} == {
        "test-efs-a": True,
        "test-efs-scratch": False,
    }
    run = materialise(plan_of(name="free", efs=["a"], addons=DRIVER, deletionProtection=False).design)
    assert not [one for one in run.resources if one.protect]


def test_n43_the_stack_tells_the_ids_that_storage_classes_and_volumes_name() -> None:
    design = plan_of(efs=[{"name": "a", "accessPoints": POINTS}], addons=DRIVER).design
    told = materialise(design).exports
    client = efs()
    (one,) = client.describe_file_systems()["FileSystems"]
    assert told["fileSystemIds"] == {"test-efs-a": one["FileSystemId"]}
    points = {point["Name"]: point["AccessPointId"] for point in client.describe_access_points()["AccessPoints"]}
    assert told["accessPointIds"] == points
    assert set(points) == {"test-efs-a-data", "test-efs-a-root"}


def test_without_file_systems_there_is_no_room_for_them() -> None:
    run = materialise(plan_of(addons=DRIVER).design)
    assert "test-storage" not in {one.name for one in run.resources}
    assert "fileSystemIds" not in run.exports


def test_file_systems_go_in_any_order_that_dependencies_allow() -> None:
    design = plan_of(efs=[{"name": "a", "accessPoints": POINTS}, "b"], addons=DRIVER, deletionProtection=False).design
    run = materialise(design)
    run.destroy(seed=7)
    assert efs().describe_file_systems()["FileSystems"] == []


def test_what_a_dead_run_left_of_file_systems_is_found_by_name(made: Design) -> None:
    run_names = {
        ("aws:efs/fileSystem:FileSystem", "test-efs-a"),
        ("aws:efs/backupPolicy:BackupPolicy", "test-efs-a"),
        ("aws:efs/accessPoint:AccessPoint", "test-efs-a-data"),
        *(
            ("aws:efs/mountTarget:MountTarget", f"test-efs-a-{target.subnet}")
            for target in known(made.file_systems)[0].mount_targets
        ),
    }
    client = efs()
    client.create_file_system(CreationToken="other", Tags=[{"Key": "Name", "Value": "other"}])
    found = leftovers(boto3.session.Session(), "us-east-1", {*run_names, ("aws:efs/fileSystem:FileSystem", "absent")})
    assert set(found) == run_names
    assert found["aws:efs/fileSystem:FileSystem", "test-efs-a"].startswith("fs-")
