"""Roles: trust and policies (note N36)."""

from __future__ import annotations

import json

from planner.design import Role
from tests.support.plans import plan_example, plan_of


def roles(**spec: object) -> dict[str, Role]:
    return {role.name: role for role in plan_of(**spec).design.roles}  # type: ignore[union-attr]


def names(role: Role) -> list[str]:
    return [arn.rpartition("/")[2] for arn in role.managed_policies]


def test_N36_cluster_and_node_role() -> None:
    found = roles()
    assert found["test-cluster"].principals == ("eks.amazonaws.com",)
    assert names(found["test-cluster"]) == ["AmazonEKSClusterPolicy"]
    assert found["test-node"].principals == ("ec2.amazonaws.com",)
    assert names(found["test-node"]) == ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"]


def test_the_cni_has_a_role_of_its_own() -> None:
    found = roles()
    assert names(found["test-vpc-cni"]) == ["AmazonEKS_CNI_Policy"]
    assert found["test-vpc-cni"].principals == ("pods.eks.amazonaws.com",)
    assert found["test-vpc-cni"].actions == ("sts:AssumeRole", "sts:TagSession")
    addon = plan_of().design.cluster.addon("vpc-cni")  # type: ignore[union-attr]
    assert addon is not None
    assert [one.service_account for one in addon.pod_identities] == ["aws-node"]


def test_ipv6_needs_a_policy_of_its_own() -> None:
    found = {role.name: role for role in plan_example("ipv6").design.roles}  # type: ignore[union-attr]
    ((name, document),) = found["six-vpc-cni"].inline_policies
    assert name == "AmazonEKS_CNI_IPv6_Policy"
    assert "ec2:AssignIpv6Addresses" in json.loads(document)["Statement"][0]["Action"]


def test_security_groups_for_pods_and_windows_need_the_vpc_resource_controller() -> None:
    assert "AmazonEKSVPCResourceController" in names(roles(cni={"securityGroupsForPods": True})["test-cluster"])
    windows = [
        {"name": "linux", "instanceTypes": ["m5.large"], "maxSize": 3},
        {"name": "windows", "os": "windows-core-2022", "instanceTypes": ["m5.large"], "maxSize": 3},
    ]
    plan = plan_of(nodeGroups=windows)
    found = {role.name: role for role in plan.design.roles}  # type: ignore[union-attr]
    assert "AmazonEKSVPCResourceController" in names(found["test-cluster"])
    addon = plan.design.cluster.addon("vpc-cni")  # type: ignore[union-attr]
    assert addon is not None
    assert json.loads(addon.configuration)["enableWindowsIpam"] == "true"


def test_storage_drivers_get_roles_only_when_asked_for() -> None:
    assert set(roles()) == {"test-cluster", "test-node", "test-vpc-cni"}
    assert names(roles(addons=["aws-ebs-csi-driver"])["test-aws-ebs-csi-driver"]) == ["AmazonEBSCSIDriverPolicyV2"]
