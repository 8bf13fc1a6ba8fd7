"""Node groups as AWS keeps them: what EKS would refuse is seen where somebody put it, and the rules find it."""

from __future__ import annotations

import base64
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.eks.models import eks_backends

from planner.design import Design, LaunchTemplate, NodeGroup, RemoteAccess, TemplateInterface, Unknown
from planner.review.engine import review
from planner.review.rule import ReviewContext
from tests.support.plans import embedded, plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")
GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}


@pytest.fixture
def made(moto: None) -> Design:
    """A cluster with one group that stands in moto."""
    design = plan_of(nodeGroups=[GROUP]).design
    materialise(design)
    return design


def moto_group() -> Any:
    """moto's own record of the group, to say what EKS would not let anybody ask for."""
    return eks_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].clusters["test"].nodegroups["general"]


def seen(design: Design) -> tuple[NodeGroup, LaunchTemplate | None, set[str]]:
    """The group and its template as observed, and the codes of all findings but that secrets have AWS's own key."""
    found = observe(design)
    (group,) = found.node_groups  # type: ignore[misc]
    catalog = embedded()
    verdict = review(found, ReviewContext(catalog.facts, catalog.instance_types))
    return group, found.launch_template(group.launch_template), {one.rule for one in verdict.findings}


def change_template(design: Design, use: bool = True, **data: Any) -> None:
    """A further version of the group's template with changed data; the group uses it where ``use`` says so."""
    ec2 = boto3.client("ec2", region_name=design.region)
    identity = moto_group().launch_template["id"]
    (current,) = ec2.describe_launch_template_versions(LaunchTemplateId=identity, Versions=["$Latest"])[
        "LaunchTemplateVersions"
    ]
    whole = {**current["LaunchTemplateData"], **data}
    made = ec2.create_launch_template_version(LaunchTemplateId=identity, LaunchTemplateData=whole)
    if use:
        moto_group().launch_template["version"] = str(made["LaunchTemplateVersion"]["VersionNumber"])


def test_a_planned_group_has_no_finding_once_it_stands(made: Design) -> None:
    group, template, codes = seen(made)
    assert codes == set()
    assert template is not None
    assert (template.version, template.latest_version) == (1, 1)
    assert (group.disk_size, group.remote_access) == (None, None)


def subnet_of(design: Design) -> str:
    ec2 = boto3.client("ec2", region_name=design.region)
    found = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["test-node-use1-az1"]}])
    return str(found["Subnets"][0]["SubnetId"])


ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "instance profile": ({"IamInstanceProfile": {"Name": "nodes"}}, "NGP006"),
    "shutdown behaviour": ({"InstanceInitiatedShutdownBehavior": "terminate"}, "NGP006"),
    "hibernation": ({"HibernationOptions": {"Configured": True}}, "NGP006"),
    "spot request": ({"InstanceMarketOptions": {"MarketType": "spot"}}, "NGP021"),
    "Capacity Block in the template alone": ({"InstanceMarketOptions": {"MarketType": "capacity-block"}}, "NGP021"),
    "instance types": ({"InstanceType": "m5.large"}, "NGP007"),
    "AMI id": ({"ImageId": "ami-0123456789abcdef0"}, "NGP019"),
    "metadata without a token": (
        {"MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 1}},
        "NGP010",
    ),
    "two hops": ({"MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}}, "NGP011"),
    "hops not said": ({"MetadataOptions": {"HttpTokens": "required"}}, "NGP011"),
    "plain disk": (
        {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50, "Encrypted": False}}]},
        "NGP013",
    ),
}


@pytest.mark.parametrize(("data", "code"), ROWS.values(), ids=ROWS)
def test_n23_what_eks_refuses_in_a_template_is_found(made: Design, data: dict[str, Any], code: str) -> None:
    change_template(made, **data)
    _, _, codes = seen(made)
    assert code in codes


def test_n23_a_subnet_in_a_template_is_found(made: Design) -> None:
    change_template(made, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet_of(made)}])
    _, template, codes = seen(made)
    assert template is not None
    assert template.interfaces == (TemplateInterface(0, subnet="test-node-use1-az1"),)
    assert "NGP006" in codes


def test_n24_groups_at_two_levels_are_found(made: Design) -> None:
    ec2 = boto3.client("ec2", region_name=made.region)
    vpc = ec2.describe_subnets(SubnetIds=[subnet_of(made)])["Subnets"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"]
    interfaces = [{"DeviceIndex": 0, "Groups": [group], "AssociatePublicIpAddress": False}]
    change_template(made, SecurityGroupIds=[group], NetworkInterfaces=interfaces)
    _, template, codes = seen(made)
    assert template is not None
    assert template.interfaces == (TemplateInterface(0, ("own",), public_ip=False),)
    assert template.primary_groups == ("own",)
    assert {"NGP008", "SGR002"} <= codes


def test_n24_a_group_that_is_gone_is_found(made: Design) -> None:
    change_template(made, SecurityGroupIds=["sg-0123456789abcdef0"])
    assert "SGR003" in seen(made)[2]


def test_n23_disk_and_ssh_beside_a_template_are_found(made: Design) -> None:
    group = moto_group()
    group.disk_size, group.remote_access = 20, {"ec2SshKey": "ops"}
    found, _, codes = seen(made)
    assert found.disk_size is None, "EKS answers none beside a template; moto's own default is no word of anybody"
    assert found.remote_access == RemoteAccess("ops")
    assert {"NGP017", "NGP018"} <= codes


def test_n20_a_group_without_a_template_and_with_open_ssh(made: Design) -> None:
    group = moto_group()
    group.launch_template, group.disk_size, group.remote_access = None, 20, {"ec2SshKey": "ops"}
    found, template, codes = seen(made)
    assert template is None
    assert found.disk_size == 20
    assert {"NGP017", "NGP020"} <= codes


def test_n20_an_older_version_of_the_template(made: Design) -> None:
    change_template(made, use=False, KeyName="ops")
    _, template, codes = seen(made)
    assert template is not None
    assert (template.version, template.latest_version, template.key_name) == (1, 2, None)
    assert "NGP009" in codes


def test_groups_may_use_several_versions_of_one_template(made: Design) -> None:
    change_template(made, use=False, KeyName="ops")
    backend = eks_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].clusters["test"]
    group = moto_group()
    boto3.client("eks", region_name=made.region).create_nodegroup(
        clusterName="test",
        nodegroupName="more",
        nodeRole=group.node_role,
        subnets=group.subnets,
        instanceTypes=["m5.large"],
        launchTemplate={"id": group.launch_template["id"], "version": "2"},
    )
    assert set(backend.nodegroups) == {"general", "more"}
    found = observe(made)
    templates = {one.name: one.key_name for one in found.launch_templates}  # type: ignore[union-attr]
    assert templates == {"test-general version 1": None, "test-general version 2": "ops"}
    names = {one.name: one.launch_template for one in found.node_groups}  # type: ignore[union-attr]
    assert names == {"general": "test-general version 1", "more": "test-general version 2"}


def test_n26_an_ami_of_your_own_is_custom_and_its_user_data_is_read(made: Design) -> None:
    text = base64.b64encode(b"#!/bin/bash\necho nothing joins\n").decode()
    change_template(made, ImageId="ami-0123456789abcdef0", UserData=text)
    group = moto_group()
    group.ami_type, group.release_version = "CUSTOM", "ami-0123456789abcdef0"
    found, template, codes = seen(made)
    assert template is not None
    assert (found.ami_type, found.version, found.release_version) == (None, None, None)
    assert "NGP019" not in codes, "CUSTOM is EKS's answer, not a second place"


def test_n17_capacity_block_and_reservation_come_back(made: Design) -> None:
    target = {"CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}}
    change_template(made, CapacityReservationSpecification=target)
    _, template, codes = seen(made)
    assert template is not None
    assert template.capacity_reservation == "cr-0123456789abcdef0"
    assert codes == set()


def answering(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    """Calls by name that answer something, or are denied with None."""
    real: Any = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: Any, operation: str, arguments: Any) -> Any:
        if operation not in answers:
            return real(self, operation, arguments)
        if answers[operation] is None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
        return answers[operation]

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


@pytest.mark.parametrize(("latest", "found"), [("1.35.2-20260903", {"NGP005"}), ("1.35.2-20260818", set())])
def test_n14_a_release_behind_the_public_parameter(
    made: Design, monkeypatch: pytest.MonkeyPatch, latest: str, found: set[str]
) -> None:
    moto_group().release_version = "1.35.2-20260818"
    answering(monkeypatch, {"GetParameter": {"Parameter": {"Value": latest}}})
    group, _, codes = seen(made)
    assert group.latest_release == latest
    assert codes == found


def test_denied_calls_are_unknown_and_their_rules_not_evaluated(made: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    moto_group().capacity_type = "SPOT"
    answering(monkeypatch, {"GetParameter": None, "DescribeAutoScalingGroups": None, "GetEbsEncryptionByDefault": None})
    found = observe(made)
    (group,) = found.node_groups  # type: ignore[misc]
    assert isinstance(group.latest_release, Unknown)
    assert isinstance(group.capacity_rebalance, Unknown)
    assert isinstance(found.ebs_encryption_by_default, Unknown)
    catalog = embedded()
    verdict = review(found, ReviewContext(catalog.facts, catalog.instance_types))
    assert {"NGP005", "NGP014"} <= {one.rule for one in verdict.not_evaluated}
    assert not {"NGP005", "NGP014"} & {*verdict.passed}


@pytest.mark.parametrize(("rebalance", "code"), [(False, {"NGP014"}), (True, set())])
def test_n17_spot_nodes_and_rebalancing(
    made: Design, monkeypatch: pytest.MonkeyPatch, rebalance: bool, code: set[str]
) -> None:
    moto_group().capacity_type = "SPOT"
    moto_group().instance_types = ["m5.large", "m5a.large"]
    answering(monkeypatch, {"DescribeAutoScalingGroups": {"AutoScalingGroups": [{"CapacityRebalance": rebalance}]}})
    assert {one for one in seen(made)[2] if one.startswith("NGP01")} == code
