"""Access entries and identities in (mocked) AWS: order, destruction, what EKS made, what is denied."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import boto3
import pytest

from planner.design import Design, Unknown
from planner.design.compare import differences
from tests.support.plans import GROUP, plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")
EVERYTHING: dict[str, Any] = {
    "identity": "irsa",
    "addons": ["karpenter", "aws-ebs-csi-driver", {"name": "load-balancer-controller", "identity": "pod-identity"}],
    "accessEntries": [
        {
            "principalArn": "arn:aws:iam::123456789012:role/teams/Admin",
            "policies": [{"policy": "AmazonEKSClusterAdminPolicy"}],
        }
    ],
}


def everything() -> Design:
    return plan_of(**EVERYTHING).design


def test_placeholders_are_filled_and_put_back() -> None:
    design = everything()
    materialise(design)
    issuer = (
        boto3.client("eks", region_name="us-east-1")
        .describe_cluster(name="test")["cluster"]["identity"]["oidc"]["issuer"]
        .removeprefix("https://")
    )
    iam = boto3.client("iam")
    trust = json.dumps(iam.get_role(RoleName="test-karpenter")["Role"]["AssumeRolePolicyDocument"])
    assert f'"arn:aws:iam::123456789012:oidc-provider/{issuer}"' in trust
    assert f'"{issuer}:sub": "system:serviceaccount:kube-system:karpenter"' in trust
    policy = json.dumps(iam.get_role_policy(RoleName="test-karpenter", PolicyName="IAMIntegration")["PolicyDocument"])
    assert "arn:aws:iam::123456789012:role/test-karpenter-node" in policy
    assert "${" not in trust + policy
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
    assert found["ClientIDList"] == ["sts.amazonaws.com"]
    assert differences(design, observe(design)) == ()


def test_what_must_come_first_comes_first() -> None:
    run = materialise(everything())
    order = {(one.token.rpartition(":")[2], one.name): one.order for one in run.made()}
    group = order["NodeGroup", "test-general"]
    assert order["Cluster", "test"] < order["OpenIdConnectProvider", "test-oidc"] < order["Addon", "test-vpc-cni"]
    assert order["RolePolicyAttachment", "test-vpc-cni-AmazonEKS_CNI_Policy"] < order["Addon", "test-vpc-cni"] < group
    assert order["AccessEntry", "test-test-karpenter-node"] < group
    entry = order["AccessEntry", "test-123456789012-role-teams-Admin"]
    assert entry < order["AccessPolicyAssociation", "test-123456789012-role-teams-Admin-AmazonEKSClusterAdminPolicy"]


@pytest.mark.parametrize("seed", range(2))
def test_all_of_it_can_be_destroyed(seed: int) -> None:
    design = everything()
    assert design.cluster is not None
    design = dataclasses.replace(design, cluster=dataclasses.replace(design.cluster, deletion_protection=False))
    run = materialise(design)
    assert len(run.destroy(seed)) == len(run.made())
    iam = boto3.client("iam")
    assert iam.list_roles()["Roles"] == []
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_what_EKS_adds_itself_is_kept_apart() -> None:
    design = plan_of().design
    materialise(design)
    cluster = observe(design).cluster
    assert cluster is not None
    assert cluster.access_entries == ()
    assert [(one.name, one.type) for one in cluster.access_entries_of_eks] == [
        ("arn:aws:iam::123456789012:role/deployer", "STANDARD"),
        ("test-node", "EC2_LINUX"),
    ]


def test_a_later_administrator_is_a_difference() -> None:
    design = plan_of().design
    materialise(design)
    eks = boto3.client("eks", region_name="us-east-1")
    intruder = "arn:aws:iam::123456789012:user/mallory"
    eks.create_access_entry(clusterName="test", principalArn=intruder)
    eks.associate_access_policy(
        clusterName="test",
        principalArn=intruder,
        policyArn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope={"type": "cluster"},
    )
    assert [one.path for one in differences(design, observe(design))] == [f"cluster.access_entries[{intruder}]"]


def test_a_wider_trust_is_a_difference() -> None:
    design = everything()
    materialise(design)
    iam = boto3.client("iam")
    trust = iam.get_role(RoleName="test-karpenter")["Role"]["AssumeRolePolicyDocument"]
    conditions = trust["Statement"][0]["Condition"]["StringEquals"]
    (subject,) = [key for key in conditions if key.endswith(":sub")]
    trust["Statement"][0]["Condition"] = {"StringLike": {subject: "system:serviceaccount:*:*"}}
    iam.update_assume_role_policy(RoleName="test-karpenter", PolicyDocument=json.dumps(trust))
    assert [one.path for one in differences(design, observe(design))] == ["roles[test-karpenter].conditions"]


def test_roles_of_nodes_made_elsewhere_are_referred_to() -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    made = boto3.client("iam").create_role(RoleName="old-nodes", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    design = plan_of(accessEntries=[{"principalArn": made["Arn"], "type": "EC2_LINUX"}]).design
    run = materialise(design)
    assert "old-nodes" not in {one.name for one in run.made() if one.token.endswith("role:Role")}
    assert differences(design, observe(design)) == ()


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("ListAccessEntries", "access_entries"),
        ("DescribeAccessEntry", "access_entries"),
        ("ListAssociatedAccessPolicies", "access_entries"),
        ("ListPodIdentityAssociations", "pod_identities"),
        ("ListOpenIDConnectProviders", "oidc_provider"),
        ("ListRoles", "roles"),
    ],
)
def test_what_is_denied_is_unknown(operation: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    design = plan_of().design
    materialise(design)
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def denied(self: Any, name: str, arguments: Any) -> Any:
        if name == operation:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "denied"}}, name)
        return real(self, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", denied)
    found = observe(design)
    value = found.roles if part == "roles" else getattr(found.cluster, part)
    assert isinstance(value, Unknown)
    assert value.call.endswith(f":{operation}")


WINDOWS = {"name": "win", "os": "windows-core-2022", "instanceTypes": ["m5.large"], "maxSize": 3}


def test_windows_nodes_have_a_role_and_an_entry_of_their_own() -> None:
    """EKS adds a group's role as EC2_LINUX where there is no entry, and a type never changes."""
    design = plan_of(nodeGroups=[GROUP, WINDOWS]).design
    assert {one.name: one.role for one in design.node_groups} == {  # type: ignore[union-attr]
        "general": "test-node",
        "win": "test-node-windows",
    }
    run = materialise(design)
    order = {(one.token.rpartition(":")[2], one.name): one.order for one in run.made()}
    assert order["AccessEntry", "test-test-node-windows"] < order["NodeGroup", "test-win"]
    eks = boto3.client("eks", region_name=design.region)
    types = {
        arn.rpartition("/")[2]: eks.describe_access_entry(clusterName="test", principalArn=arn)["accessEntry"]["type"]
        for arn in eks.list_access_entries(clusterName="test")["accessEntries"]
    }
    assert types == {"deployer": "STANDARD", "test-node": "EC2_LINUX", "test-node-windows": "EC2_WINDOWS"}
    attached = boto3.client("iam").list_attached_role_policies(RoleName="test-cluster")["AttachedPolicies"]
    assert "AmazonEKSVPCResourceController" in {one["PolicyName"] for one in attached}
    cni = eks.describe_addon(clusterName="test", addonName="vpc-cni")["addon"]
    assert json.loads(cni["configurationValues"])["enableWindowsIpam"] == "true"
    assert differences(design, observe(design)) == ()


def test_nodes_of_karpenter_join_by_an_entry_that_the_stack_makes() -> None:
    design = plan_of(addons=["karpenter"]).design
    materialise(design)
    eks = boto3.client("eks", region_name=design.region)
    role = "arn:aws:iam::123456789012:role/test-karpenter-node"
    assert eks.describe_access_entry(clusterName="test", principalArn=role)["accessEntry"]["type"] == "EC2_LINUX"


def test_controllers_outside_of_add_ons_get_their_roles_by_pod_identity() -> None:
    zones = {"hostedZones": ["Z0123456789"]}
    names = ["load-balancer-controller", "cluster-autoscaler", "karpenter"]
    design = plan_of(addons=[*names, {"name": "external-dns", **zones}, {"name": "cert-manager", **zones}]).design
    materialise(design)
    eks = boto3.client("eks", region_name=design.region)
    found = {
        (one["namespace"], one["serviceAccount"]): eks.describe_pod_identity_association(
            clusterName="test", associationId=one["associationId"]
        )["association"]["roleArn"].rpartition("/")[2]
        for one in eks.list_pod_identity_associations(clusterName="test")["associations"]
    }
    assert found == {
        ("cert-manager", "cert-manager"): "test-cert-manager",
        ("external-dns", "external-dns"): "test-external-dns",
        ("kube-system", "aws-load-balancer-controller"): "test-load-balancer-controller",
        ("kube-system", "aws-node"): "test-vpc-cni",  # the add-on's own
        ("kube-system", "cluster-autoscaler"): "test-cluster-autoscaler",
        ("kube-system", "karpenter"): "test-karpenter",
    }
    assert differences(design, observe(design)) == ()
