"""The five rooms of a stack, what is protected in them, and what a stack tells its user."""

from __future__ import annotations

import dataclasses
from typing import Any

import boto3
import pytest

from planner.design import Design
from tests.support.plans import plan_of
from tests.support.program import Registered, Run
from tests.support.world import materialise

pytestmark = pytest.mark.usefixtures("moto")

EVERYTHING: dict[str, Any] = {
    "vpc": {"flowLogs": {}, "dhcpOptions": {"ntpServers": "10.9.0.3"}},
    "secretsKey": "managed",
    "security": {"networkAcls": "tiers"},
    "addons": ["karpenter", {"name": "aws-ebs-csi-driver", "identity": "irsa"}],
    "nodeGroups": [{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}],
}
PROTECTED = {
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ec2/vpc:Vpc",
    "aws:eks/cluster:Cluster",
    "aws:kms/key:Key",
}


def room_of(run: Run, one: Registered) -> str:
    """The outermost component that a resource stands in."""
    by_urn = {each.urn: each for each in run.resources}
    while one.parent in by_urn:
        one = by_urn[one.parent]
    return one.name


def unprotected(design: Design) -> Design:
    assert design.cluster is not None
    return dataclasses.replace(design, cluster=dataclasses.replace(design.cluster, deletion_protection=False))


def test_every_resource_stands_in_one_of_five_rooms() -> None:
    run = materialise(plan_of(**EVERYTHING).design)
    rooms = {room_of(run, one) for one in run.resources}
    assert rooms == {f"test-{room}" for room in ("network", "security", "cluster", "nodes", "addons")}


def test_what_cannot_be_made_again_is_protected_until_the_plan_lets_go() -> None:
    design = plan_of(**EVERYTHING).design
    run = materialise(design)
    assert {one.token for one in run.resources if one.protect} == PROTECTED


def test_without_deletion_protection_nothing_is_protected_and_all_of_it_goes() -> None:
    run = materialise(unprotected(plan_of(**EVERYTHING).design))
    assert not [one for one in run.resources if one.protect]
    run.destroy(0)
    ec2 = boto3.client("ec2", region_name="us-east-1")
    assert boto3.client("logs", region_name="us-east-1").describe_log_groups()["logGroups"] == []
    assert ec2.describe_flow_logs()["FlowLogs"] == []
    assert [one for one in ec2.describe_network_acls()["NetworkAcls"] if not one["IsDefault"]] == []
    kms = boto3.client("kms", region_name="us-east-1")
    assert [one for one in kms.list_aliases()["Aliases"] if one["AliasName"].startswith("alias/eks/")] == []
    states = {kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"]["KeyState"] for one in kms.list_keys()["Keys"]}
    assert states == {"PendingDeletion"}


def test_log_groups_key_and_acls_come_before_what_uses_them() -> None:
    run = materialise(plan_of(**EVERYTHING).design)
    order = {(one.token.rpartition(":")[2], one.name): one.order for one in run.made()}
    cluster, group = order["Cluster", "test"], order["NodeGroup", "test-general"]
    assert order["LogGroup", "aws-eks-test-cluster"] < cluster
    assert order["Alias", "eks-test-secrets"] < cluster
    assert order["VpcDhcpOptionsAssociation", "test-vpc"] < group
    for (kind, name), place in order.items():
        if kind in ("NetworkAclRule", "NetworkAclAssociation"):
            assert place < group, name
    assert order["RolePolicy", "test-flow-logs-FlowLogs"] < order["FlowLog", "test-flow-logs"]


def test_a_subnet_gets_its_acl_only_once_all_entries_are_there() -> None:
    run = materialise(plan_of(security={"networkAcls": "tiers"}).design)
    entries = {one.urn for one in run.resources if one.token.endswith(":NetworkAclRule") and "-acl-node-" in one.name}
    (first, *_) = [one for one in run.resources if one.name.startswith("test-acl-node-test-node-")]
    assert entries
    assert entries <= first.dependencies


def test_outputs_name_what_a_user_needs() -> None:
    design = plan_of(**EVERYTHING).design
    told = materialise(design).exports
    assert told["kubeconfigCommand"] == "aws eks update-kubeconfig --name test --region us-east-1"
    assert told["vpcId"].startswith("vpc-")
    assert told["oidcIssuer"].startswith("https://oidc.eks.")
    assert told["logGroup"] == "/aws/eks/test/cluster"
    assert told["secretsKeyArn"].startswith("arn:aws:kms:us-east-1:")
    assert set(told["subnetIdsByTier"]) == {"cluster", "node", "public", "internal"}
    zones = told["subnetIdsByTier"]["node"]
    assert {one for ids in zones.values() for one in ids} <= set(told["subnetIds"].values())
    assert len(zones) == 3
    assert told["securityGroupIds"]["eks-cluster-sg-test"] == told["clusterSecurityGroupId"]
    assert told["roleArns"]["test-node"].endswith(":role/test-node")
    assert told["nodeGroups"] == ["general"]


def test_a_key_of_ones_own_is_told_as_given() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    told = materialise(plan_of(secretsKeyArn=arn, logTypes=[]).design).exports
    assert told["secretsKeyArn"] == arn
    assert "logGroup" not in told
