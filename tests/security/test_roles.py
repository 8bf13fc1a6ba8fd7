"""Roles: trust and policies (note N36)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.design import Role
from planner.design.trust import trust_policy
from planner.security.role_limits import inline_size
from tests.support.plans import codes, decision, embedded, load, plan_example, plan_of, spec_text


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


KARPENTER_POOL = [{"name": "spot", "manager": "karpenter", "instanceTypes": ["m5.large"], "maxNodes": 5}]
AUTO_POOL = [{"name": "auto", "manager": "auto-mode", "instanceTypes": ["m5.large"], "maxNodes": 5}]
CONTROLLERS = ["karpenter", "load-balancer-controller", "cluster-autoscaler"]


def statements(role: Role) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for _, document in role.inline_policies:
        found |= {one["Sid"]: one for one in json.loads(document)["Statement"]}
    return found


def test_N36_no_role_without_a_need() -> None:
    assert not any(word in name for name in roles() for word in ("karpenter", "auto", "fargate", "controller"))


@pytest.mark.parametrize("spec", [{"addons": ["karpenter"]}, {"nodePools": KARPENTER_POOL}], ids=["add-on", "pool"])
def test_N36_karpenter_gets_a_controller_and_a_node_role(spec: dict[str, object]) -> None:
    found = roles(**spec)
    controller = found["test-karpenter"]
    assert [name for name, _ in controller.inline_policies] == [
        "EKSIntegration",
        "IAMIntegration",
        "Interruption",
        "NodeLifecycle",
        "ResourceDiscovery",
        "ZonalShift",
    ]
    passed = statements(controller)["PassNodeRole"]
    assert passed["Resource"] == ["arn:aws:iam::${aws.account}:role/test-karpenter-node"]
    assert "AmazonEKS_CNI_Policy" not in names(found["test-karpenter-node"])
    cluster: Any = plan_of(**spec).design.cluster
    assert [(one.service_account, one.role) for one in cluster.pod_identities] == [("karpenter", "test-karpenter")]
    assert [(one.name, one.type) for one in cluster.access_entries] == [("test-karpenter-node", "EC2_LINUX")]


def test_N36_auto_mode_widens_the_cluster_role_and_brings_a_smaller_node_role() -> None:
    found = roles(nodePools=AUTO_POOL)
    assert found["test-cluster"].actions == ("sts:AssumeRole", "sts:TagSession")
    assert names(found["test-cluster"]) == [
        "AmazonEKSBlockStoragePolicyV2",
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    ]
    assert names(found["test-auto-node"]) == ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"]
    cluster: Any = plan_of(nodePools=AUTO_POOL).design.cluster
    (entry,) = cluster.access_entries
    assert (entry.name, entry.type, entry.policies[0].name) == ("test-auto-node", "EC2", "AmazonEKSAutoNodePolicy")


def test_N36_fargate_trusts_profiles_of_this_cluster_only() -> None:
    role = roles(fargate=[{"name": "jobs", "pods": 3}])["test-fargate"]
    (condition,) = role.conditions
    assert condition.operator == "ArnLike"
    assert condition.values == ("arn:aws:eks:us-east-1:${aws.account}:fargateprofile/test/*",)
    trust = json.loads(trust_policy(role))["Statement"][0]
    assert trust["Condition"] == {"ArnLike": {"aws:SourceArn": condition.values[0]}}


def test_N36_irsa_trusts_one_service_account() -> None:
    plan = plan_of(identity="irsa", addons=["aws-ebs-csi-driver", "load-balancer-controller"])
    found = {role.name: role for role in plan.design.roles}  # type: ignore[union-attr]
    trust = json.loads(trust_policy(found["test-load-balancer-controller"]))["Statement"][0]
    assert trust["Principal"] == {"Federated": "arn:aws:iam::${aws.account}:oidc-provider/${cluster.oidc}"}
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"]["StringEquals"] == {
        "${cluster.oidc}:aud": "sts.amazonaws.com",
        "${cluster.oidc}:sub": "system:serviceaccount:kube-system:aws-load-balancer-controller",
    }
    cluster = plan.design.cluster
    assert cluster is not None
    assert cluster.oidc_provider is True
    assert cluster.pod_identities == ()
    driver = cluster.addon("aws-ebs-csi-driver")
    assert driver is not None
    assert (driver.service_account_role, driver.pod_identities) == ("test-aws-ebs-csi-driver", ())


def test_an_add_on_may_differ_from_the_others() -> None:
    cluster = plan_of(addons=[{"name": "aws-ebs-csi-driver", "identity": "irsa"}]).design.cluster
    assert cluster is not None
    cni, driver = cluster.addon("vpc-cni"), cluster.addon("aws-ebs-csi-driver")
    assert cni is not None
    assert driver is not None
    assert cni.pod_identities != ()
    assert driver.pod_identities == ()
    assert cluster.oidc_provider is True
    assert plan_of().design.cluster.oidc_provider is False  # type: ignore[union-attr]


def test_N36_the_load_balancer_controller_changes_tagged_groups_only() -> None:
    rules = statements(roles(addons=["load-balancer-controller"])["test-load-balancer-controller"])
    for name, one in rules.items():
        actions = one["Action"]
        assert isinstance(actions, list)
        if any("SecurityGroupIngress" in action for action in actions):
            assert "Condition" in one, name


def test_N36_the_autoscaler_scales_groups_of_this_cluster_only() -> None:
    scale = statements(roles(addons=["cluster-autoscaler"])["test-cluster-autoscaler"])["Scale"]
    assert scale["Condition"] == {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/test": "owned"}}


READS = ("Describe", "List", "Get", "Receive")


@pytest.mark.parametrize("spec", [{}, {"region": "cn-north-1"}, {"name": "b" * 100}], ids=["aws", "china", "long"])
def test_N36_policies_are_scoped_and_fit(spec: dict[str, object]) -> None:
    """What changes something outside of a few services is bound to resources or conditions."""
    spec = {
        **spec,
        "addons": [
            *CONTROLLERS,
            {"name": "external-dns", "hostedZones": ["Z0123456789"]},
            {"name": "cert-manager", "hostedZones": ["Z0123456789"]},
        ],
    }
    plan = plan_of(**spec)
    partition = "aws-cn" if spec.get("region") == "cn-north-1" else "aws"
    seen = 0
    for role in plan.design.roles:  # type: ignore[union-attr]
        assert inline_size(role) <= 10_240
        for _, document in role.inline_policies:
            assert "<" not in document, "a place that was not filled"
        for name, one in statements(role).items():
            if name == "Companions":  # other services' resources carry no tag of this cluster
                continue
            writes = [a for a in one["Action"] if not a.partition(":")[2].startswith(READS)]  # type: ignore[attr-defined]
            seen += len(writes)
            if writes:
                assert one["Resource"] != ["*"] or "Condition" in one, (role.name, name)
            for resource in one["Resource"]:  # type: ignore[attr-defined]
                assert resource == "*" or resource.startswith(f"arn:{partition}:"), resource
    assert seen > 30


def test_N36_every_statement_is_explained() -> None:
    plan = plan_of(addons=CONTROLLERS)
    for name in CONTROLLERS:
        role = next(one for one in plan.design.roles if one.name == f"test-{name}")  # type: ignore[union-attr]
        said = {one.name.rpartition(": ")[2] for one in decision(plan, f"role.{role.name}").inputs}
        assert set(statements(role)) <= said


def test_N36_DNS_controllers_get_a_role_for_named_zones_only() -> None:
    assert "addon-role" in codes(addons=["external-dns"])
    assert "test-external-dns" not in roles(addons=["external-dns"])
    spec = {"addons": [{"name": "external-dns", "hostedZones": ["Z111", "Z222"]}]}
    assert "addon-role" not in codes(**spec)
    change = statements(roles(**spec)["test-external-dns"])["Change"]
    assert change["Resource"] == ["arn:aws:route53:::hostedzone/Z111", "arn:aws:route53:::hostedzone/Z222"]
    assert "hosted-zones" in codes(addons=[{"name": "karpenter", "hostedZones": ["Z111"]}])


def test_N36_too_long_policies_are_refused() -> None:
    from planner.capacity.brief import Brief
    from planner.decisions import Ledger
    from planner.security.role_limits import check_roles
    from planner.security.roles import PlannedRoles

    loaded = load(spec_text())
    assert loaded.document is not None
    catalog = embedded()
    brief = Brief("test", loaded.document.spec, catalog.load_region("us-east-1"), catalog.facts, Ledger())

    def problems(role: Role) -> list[str]:
        planned = PlannedRoles((role,), {}, {}, (), (), oidc_provider=False)
        return [one.value for one in check_roles(brief, planned, ())]

    policy = json.dumps({"x": "y" * 10_000})
    room = 10_240 - len(policy.replace(" ", ""))
    fits = Role("r", ("ec2.amazonaws.com",), ("sts:AssumeRole",), (), (("a", policy), ("b", "z" * room)))
    assert problems(fits) == []
    over = Role("r", ("ec2.amazonaws.com",), ("sts:AssumeRole",), (), (("a", policy), ("b", "z" * (room + 1))))
    assert problems(over) == ["10,241 characters"]
    many = Role("r", ("ec2.amazonaws.com",), ("sts:AssumeRole",), tuple(f"arn:{n}" for n in range(11)))
    assert problems(many) == ["11 policies"]


def test_N19_the_hop_limit_says_what_to_tell_controllers() -> None:
    said = decision(plan_of(addons=["load-balancer-controller"]), "imds.general").explanation
    assert "region and vpcId" in said
    assert "Pod Identity" in said
    assert "IRSA" in decision(plan_of(identity="irsa"), "imds.general").explanation
