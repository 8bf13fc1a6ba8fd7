"""Routes, NAT and endpoints (notes N05, N07, N32, N33)."""

from __future__ import annotations

import pytest

from planner.design import RouteTarget, Unknown
from planner.diagnostics import Kind
from tests.support.plans import diagnostics_of, plan_example, plan_of


@pytest.mark.parametrize(
    ("nat", "gateways", "tables"), [("perZone", 3, 4), ("single", 1, 2), ("regional", 1, 2), ("none", 0, 1)]
)
def test_N32_ways_out(nat: str, gateways: int, tables: int) -> None:
    design = plan_of(nat=nat).design
    assert len(design.nat_gateways) == gateways  # type: ignore[arg-type]
    assert len(design.route_tables) == tables  # type: ignore[arg-type]
    assert bool(design.internet_gateways) == (nat != "none")
    covered = {name for table in design.route_tables for name in table.subnets}  # type: ignore[union-attr]
    assert covered == {subnet.name for subnet in design.subnets}


def test_N32_each_zone_leaves_through_its_own_gateway() -> None:
    design = plan_of().design
    for table in design.route_tables:  # type: ignore[union-attr]
        if table.name.startswith("test-private-"):
            zone = table.name.removeprefix("test-private-")
            assert [route.target for route in table.routes] == [f"test-nat-{zone}"]
            assert all(name.endswith(zone) for name in table.subnets)


def test_a_regional_gateway_needs_no_public_subnet() -> None:
    design = plan_of(nat="regional", loadBalancers={"public": 0}).design
    assert not [subnet for subnet in design.subnets if "public" in subnet.name]
    (gateway,) = design.nat_gateways  # type: ignore[misc]
    assert gateway.regional
    assert gateway.subnet is None


def test_N33_load_balancer_tags() -> None:
    for subnet in plan_of().design.subnets:
        assert (subnet.tag("kubernetes.io/role/elb") == "1") == ("-public-" in subnet.name)
        assert (subnet.tag("kubernetes.io/role/internal-elb") == "1") == ("-node-" in subnet.name)


def test_N30_dns_is_on_and_amazons_name_server_is_kept() -> None:
    vpc = plan_of().design.vpc
    assert vpc.dns_support is True
    assert vpc.dns_hostnames is True
    assert vpc.domain_name_servers == ("AmazonProvidedDNS",)


def test_N07_endpoints_of_a_cluster_without_internet() -> None:
    design = plan_example("private").design
    services = {endpoint.short_service for endpoint in design.vpc_endpoints}  # type: ignore[union-attr]
    assert {
        "ec2",
        "ecr.api",
        "ecr.dkr",
        "s3",
        "eks-auth",
        "autoscaling",
        "sts",
        "elasticfilesystem",
        "logs",
        "ssm",
    } <= services
    for endpoint in design.vpc_endpoints:  # type: ignore[union-attr]
        if endpoint.kind == "Interface":
            assert endpoint.private_dns
            assert len(endpoint.subnets) == 3
            assert endpoint.security_groups == ("vault-endpoints",)
    assert design.internet_gateways == ()
    assert not isinstance(design.route_tables, Unknown)
    kinds = {route.target_kind for table in design.route_tables for route in table.routes}
    assert RouteTarget.NAT_GATEWAY not in kinds


def test_with_a_nat_gateway_no_interface_endpoint_is_needed() -> None:
    assert [endpoint.kind for endpoint in plan_of().design.vpc_endpoints] == ["Gateway"]  # type: ignore[union-attr]


def test_N07_a_region_without_the_service_is_infeasible() -> None:
    problems = diagnostics_of(
        region="ap-southeast-7",
        nat="none",
        addons=["cluster-autoscaler"],
        nodeGroups=[{"name": "a", "instanceTypes": ["m6i.large"], "maxSize": 3}],
    )
    (one,) = [problem for problem in problems if problem.code == "endpoint-absent"]
    assert one.kind is Kind.INFEASIBLE
    assert one.value == "eks"


def test_china_names_endpoints_its_own_way() -> None:
    design = plan_of(region="cn-north-1", zones=2, nat="none").design
    names = {endpoint.service for endpoint in design.vpc_endpoints}  # type: ignore[union-attr]
    assert "cn.com.amazonaws.cn-north-1.ecr.api" in names
    assert "com.amazonaws.cn-north-1.s3" in names
    assert {role.principals[0] for role in design.roles if role.name.endswith("-node")} == {"ec2.amazonaws.com.cn"}  # type: ignore[union-attr]
    assert all(arn.startswith("arn:aws-cn:") for role in design.roles for arn in role.managed_policies)  # type: ignore[union-attr]


def test_ipv6_leaves_through_an_egress_only_gateway() -> None:
    design = plan_example("ipv6").design
    assert len(design.egress_only_internet_gateways) == 1  # type: ignore[arg-type]
    indexes = [subnet.ipv6_index for subnet in design.subnets]
    assert len(set(indexes)) == len(indexes)
    assert all(subnet.assign_ipv6 is True for subnet in design.subnets)
