"""Clusters without internet: endpoints by feature, their cost, and what installers must set (N07, N08, N09)."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from planner.design import VpcEndpoint
from planner.diagnostics import Kind
from planner.network.services import interface_services
from planner.plan.model import Plan
from planner.spec.network import EndpointFeature
from tests.support.plans import GROUP, diagnostics_of, embedded, load, plan_of, spec_text

BASE = {"ec2", "ecr.api", "ecr.dkr", "eks-auth"}


def interfaces(plan: Plan) -> dict[str, VpcEndpoint]:
    found = plan.design.vpc_endpoints
    assert isinstance(found, tuple)
    return {one.short_service: one for one in found if one.kind == "Interface"}


def decisions(plan: Plan) -> dict[str, Any]:
    return {one.id: one for one in plan.decisions}


def inputs(plan: Plan, decision: str) -> dict[str, str]:
    return {one.name: one.value for one in decisions(plan)[decision].inputs}


BY_ADDON = [
    ("load-balancer-controller", {"elasticloadbalancing"}),
    ("cluster-autoscaler", {"autoscaling", "sts", "eks"}),
    ("karpenter", {"sts", "ssm", "sqs", "eks"}),
    ("aws-efs-csi-driver", {"elasticfilesystem"}),
    ("aws-ebs-csi-driver", set()),
    ("metrics-server", set()),
    ("amazon-cloudwatch-observability", {"logs", "monitoring", "xray"}),
]


@pytest.mark.parametrize(("addon", "more"), BY_ADDON, ids=[name for name, _ in BY_ADDON])
def test_N08_each_addon_brings_its_endpoints_and_no_others(addon: str, more: set[str]) -> None:
    plan = plan_of(nat="none", addons=[addon])
    assert set(interfaces(plan)) == BASE | more
    # with a way to the internet none is needed
    assert interfaces(plan_of(addons=[addon])) == {}


BY_FEATURE = [
    ("logs", {"logs"}),
    ("xray", {"xray"}),
    ("ssm", {"ssm", "ssmmessages", "ec2messages"}),
    ("kms", {"kms"}),
    ("prometheus", {"aps-workspaces"}),
    ("eks-api", {"eks"}),
    ("guardduty", {"guardduty-data"}),
    ("oidc", {"oidc-eks"}),
    ("certificates", {"acm"}),
    ("waf", {"wafv2"}),
    ("shield", {"shield"}),
    ("pricing", {"pricing.api"}),
]


@pytest.mark.parametrize(("feature", "services"), BY_FEATURE, ids=[name for name, _ in BY_FEATURE])
def test_N07_features_that_are_asked_for_come_with_and_without_nat(feature: str, services: set[str]) -> None:
    asked = {"features": [feature]}
    assert set(interfaces(plan_of(nat="none", vpcEndpoints=asked))) == BASE | services
    assert set(interfaces(plan_of(vpcEndpoints=asked))) == services


def test_every_feature_of_the_spec_has_services_and_a_reason() -> None:
    names = set(get_args(EndpointFeature))
    facts = embedded().facts
    assert names == {name for name, _ in BY_FEATURE}
    assert names <= set(facts.table("endpoints.features")) & set(facts.table("endpoints.reasons"))


def test_N07_identities_decide_between_sts_and_eks_auth() -> None:
    document = load(spec_text(nat="none")).document
    assert document is not None
    facts = embedded().facts
    assert "sts" not in interface_services(document.spec, facts)
    tokens = load(spec_text(nat="none", identity="irsa")).document
    assert tokens is not None
    assert "region's own STS" in interface_services(tokens.spec, facts)["sts"]
    assert "sts" in interfaces(plan_of(nat="none", fargate=[{"name": "batch", "pods": 10}]))


def test_N08_a_pool_of_karpenter_brings_what_karpenter_calls() -> None:
    pool = {"name": "spot", "instanceTypes": ["m5.large"], "maxNodes": 5}
    assert {"sts", "ssm", "sqs", "eks"} <= set(interfaces(plan_of(nat="none", nodePools=[pool])))
    automatic = {**pool, "manager": "auto-mode"}
    assert "sqs" not in interfaces(plan_of(nat="none", nodePools=[automatic]))


def test_N07_endpoints_stand_in_every_zone_with_private_names() -> None:
    for one in interfaces(plan_of(nat="none", addons=["karpenter"])).values():
        assert len(one.subnets) == 3
        assert one.private_dns
        assert one.security_groups == ("test-endpoints",)


@pytest.mark.parametrize("region", ["ap-southeast-5", "ap-southeast-7", "mx-central-1", "ap-east-2"])
def test_N07_regions_without_an_endpoint_for_eks_say_so(region: str) -> None:
    group = {**GROUP, "instanceTypes": ["m6i.large"]}
    asked: dict[str, Any] = {"region": region, "nat": "none", "nodeGroups": [group]}
    (one,) = [found for found in diagnostics_of(**asked, addons=["karpenter"]) if found.kind is not Kind.NOTICE]
    assert (one.code, one.value, one.kind) == ("endpoint-absent", "eks", Kind.INFEASIBLE)
    assert "settings.clusterEndpoint" in one.fix
    assert one.source == "https://docs.aws.amazon.com/eks/latest/userguide/vpc-interface-endpoints.html"
    assert not [found for found in diagnostics_of(**asked) if found.kind is not Kind.NOTICE]


def test_N07_a_feature_that_the_region_lacks_is_shown_where_it_was_asked_for() -> None:
    (one,) = diagnostics_of(region="cn-north-1", zones=2, nat="none", vpcEndpoints={"features": ["logs", "shield"]})
    assert one.path == ("spec", "vpcEndpoints", "features", 1)


def test_N08_what_has_no_endpoint_is_noted_with_what_to_do() -> None:
    found = [
        one
        for one in diagnostics_of(nat="none", addons=["metrics-server", "external-dns", "karpenter", "cert-manager"])
        if one.code == "private-unreachable"
    ]
    assert [(one.path[-1], one.kind) for one in found] == [(1, Kind.NOTICE), (2, Kind.NOTICE), (3, Kind.NOTICE)]
    assert "route53" in found[0].summary
    assert "spec.instanceProfile" in found[1].fix
    assert not [one for one in diagnostics_of(addons=["external-dns"]) if one.code == "private-unreachable"]


def test_N08_helm_values_of_controllers_without_internet() -> None:
    addons = ["load-balancer-controller", "cluster-autoscaler", "aws-efs-csi-driver", "karpenter"]
    plan = plan_of(region="af-south-1", nat="none", addons=addons)
    balancers = inputs(plan, "private.helm.load-balancer-controller")
    assert {balancers[key] for key in ("enableShield", "enableWaf", "enableWafv2")} == {"false"}
    assert balancers["region"] == "af-south-1"
    # this region's images lie in a registry of their own
    expected = "877085696533.dkr.ecr.af-south-1.amazonaws.com/amazon/aws-load-balancer-controller"
    assert balancers["image.repository"] == expected
    assert inputs(plan, "private.helm.cluster-autoscaler")["extraArgs.aws-use-static-instance-list"] == "true"
    assert inputs(plan, "private.helm.karpenter")["settings.isolatedVPC"] == "true"
    assert "eks/aws-efs-csi-driver" in inputs(plan, "private.helm.aws-efs-csi-driver")["image.repository"]
    assert not [one for one in decisions(plan_of(addons=addons)) if one.startswith("private.")]


def test_N08_what_is_asked_for_is_turned_on() -> None:
    plan = plan_of(
        nat="none",
        addons=["load-balancer-controller", "karpenter"],
        vpcEndpoints={"features": ["waf", "shield", "pricing"]},
    )
    balancers = inputs(plan, "private.helm.load-balancer-controller")
    assert (balancers["enableShield"], balancers["enableWafv2"], balancers["enableWaf"]) == ("true", "true", "false")
    assert inputs(plan, "private.helm.karpenter")["settings.isolatedVPC"] == "false"
    assert set(inputs(plan, "endpoints.optional")) == {"acm"}


def test_N08_optional_endpoints_name_the_feature_that_plans_them() -> None:
    found = inputs(plan_of(nat="none", addons=["load-balancer-controller"]), "endpoints.optional")
    assert set(found) == {"acm", "wafv2", "shield"}
    assert "vpcEndpoints.features: [waf]" in found["wafv2"]
    assert "endpoints.optional" not in decisions(plan_of(nat="none"))


def test_N07_china_has_its_own_registries() -> None:
    plan = plan_of(region="cn-north-1", zones=2, nat="none")
    assert "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn" in inputs(plan, "private.images")["EKS add-ons"]
    assert inputs(plan, "private.sts")["AWS_REGION"] == "cn-north-1"


def test_N09_nodes_get_the_endpoint_and_the_certificate_authority() -> None:
    own = {**GROUP, "amiId": "ami-0123456789abcdef0", "maxPods": 29}
    plan = plan_of(nat="none", nodeGroups=[own])
    assert "general" in inputs(plan, "private.nodes")["groups with an AMI of their own"]
    (template,) = plan.design.launch_templates  # type: ignore[misc]
    assert "${cluster.endpoint}" in template.user_data
    assert "${cluster.certificateAuthority}" in template.user_data
    assert "groups with an AMI of their own" not in inputs(plan_of(nat="none"), "private.nodes")


def test_N07_cost_is_endpoints_times_zones_times_hours_times_price() -> None:
    plan = plan_of(nat="none", vpcEndpoints={"hourlyPrice": 0.01})
    cost = decisions(plan)["endpoints.cost"]
    interface_count = sum(len(one.subnets) for one in interfaces(plan).values())
    assert interface_count == 12
    assert float(cost.value) == pytest.approx(interface_count * 730 * 0.01)
    assert cost.unit == "USD"
    assert inputs(plan, "endpoints")["by the month"].startswith(f"{cost.value} USD for 12 interfaces")
    unknown = decisions(plan_of(nat="none"))["endpoints.cost"]
    assert unknown.value == "unknown"
    assert "hourlyPrice" in unknown.explanation
    assert "endpoints.cost" not in decisions(plan_of())


@pytest.mark.parametrize("price", [0, -1, 11, "cheap"])
def test_prices_that_cannot_be_are_refused(price: Any) -> None:
    (one,) = diagnostics_of(vpcEndpoints={"hourlyPrice": price})
    assert one.field == "spec.vpcEndpoints.hourlyPrice"
