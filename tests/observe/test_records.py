"""Flow logs, log groups, DHCP options, the key of secrets and ACLs as AWS has them, changed or out of sight."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from planner.design import Design, Unknown
from planner.design.compare import differences
from tests.support.plans import plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")

SPEC: dict[str, Any] = {
    "vpc": {"flowLogs": {}, "dhcpOptions": {"domainName": "corp.example.com"}},
    "secretsKey": "managed",
    "security": {"networkAcls": "tiers"},
}


@pytest.fixture
def made() -> Design:
    design = plan_of(**SPEC).design
    materialise(design)
    return design


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")  # type: ignore[call-overload]


def paths(design: Design) -> list[str]:
    return [one.path for one in differences(design, observe(design))]


def test_changes_by_hand_are_seen(made: Design) -> None:
    logs, ec2, kms = client("logs"), client("ec2"), client("kms")
    logs.delete_retention_policy(logGroupName="/aws/eks/test/cluster")
    (flow,) = ec2.describe_flow_logs()["FlowLogs"]
    ec2.delete_flow_logs(FlowLogIds=[flow["FlowLogId"]])
    kms.disable_key_rotation(KeyId=kms.describe_key(KeyId="alias/eks/test/secrets")["KeyMetadata"]["KeyId"])
    vpc = flow["ResourceId"]
    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)
    (acl,) = [
        one
        for one in ec2.describe_network_acls()["NetworkAcls"]
        if {"Key": "Name", "Value": "test-acl-cluster"} in one["Tags"]
    ]
    ec2.delete_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=110, Egress=False)
    assert paths(made) == [
        "vpc.domain_name",
        "roles[test-flow-logs]",
        "network_acls[test-acl-cluster].rules",
        "log_groups[/aws/eks/test/cluster].retention_days",
        "log_groups[/aws/vpc/test/flow-logs]",
        "flow_logs[test-flow-logs]",
        "keys[alias/eks/test/secrets].rotation",
    ]


def test_an_alias_on_another_key_is_no_key_of_the_cluster(made: Design) -> None:
    kms = client("kms")
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName="alias/eks/test/secrets", TargetKeyId=other)
    assert paths(made) == [
        "cluster.secrets_key",
        "cluster.secrets_key_arn",
        "keys[alias/eks/test/secrets]",
    ]


@pytest.mark.parametrize(
    ("operation", "call", "part"),
    [
        ("DescribeFlowLogs", "ec2:DescribeFlowLogs", "flow_logs"),
        ("DescribeLogGroups", "logs:DescribeLogGroups", "log_groups"),
        ("ListTagsForResource", "logs:ListTagsForResource", "log_groups"),
        ("DescribeKey", "kms:DescribeKey", "keys"),
        ("GetKeyPolicy", "kms:GetKeyPolicy", "keys"),
        ("GetKeyRotationStatus", "kms:GetKeyRotationStatus", "keys"),
        ("ListResourceTags", "kms:ListResourceTags", "keys"),
    ],
)
def test_what_is_denied_is_unknown(
    made: Design, monkeypatch: pytest.MonkeyPatch, operation: str, call: str, part: str
) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def denied(self: Any, name: str, arguments: Any) -> Any:
        if name == operation:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "denied"}}, name)
        return real(self, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", denied)
    found = getattr(observe(made), part)
    assert isinstance(found, Unknown)
    assert found.call == call
