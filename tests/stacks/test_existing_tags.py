"""Tags on subnets that were there before: added, seen, and left when the stack goes (note N33)."""

from __future__ import annotations

import dataclasses
from typing import Any

import boto3
import pytest

from planner.design import Design
from planner.design.compare import differences
from planner.plan.file import read_text, write_text
from planner.plan.model import Plan
from stacks.outputs import by_tier
from tests.support.plans import GROUP, decision, plan_of
from tests.support.provider_compute import TAG
from tests.support.world import materialise, observe

ELB, INTERNAL = "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"
ZONES = ("use1-az1", "use1-az2")
USES = ("public", "node", "node", "other")


def in_existing_vpc(**vpc: Any) -> Plan:
    """A VPC with subnets of its own, made now: in each zone a public one, two for nodes and one of others."""
    ec2 = boto3.client("ec2", region_name="us-east-1")
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=made)
    public = ec2.create_route_table(VpcId=made)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    rows = []
    for number, (zone, use) in enumerate((zone, use) for zone in ZONES for use in USES):
        cidr = f"10.0.{number * 16}.0/20"
        subnet = ec2.create_subnet(VpcId=made, CidrBlock=cidr, AvailabilityZoneId=zone)["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})
        if use == "public":
            ec2.associate_route_table(RouteTableId=public, SubnetId=subnet)
        name = f"{use}{number}-{zone}"
        ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Name", "Value": name}, {"Key": "owner", "Value": "net"}])
        rows.append({"id": subnet, "cidr": cidr, "zone": zone, "use": use, "name": name})
    given = {"id": made, "cidr": "10.0.0.0/16", "internetGateway": gateway, "subnets": rows, **vpc}
    return plan_of(zones=list(ZONES), vpc=given, nodeGroups=[{**GROUP, "maxSize": 2}], deletionProtection=False)


def tags_of(design: Design) -> dict[str, dict[str, str]]:
    ec2 = boto3.client("ec2", region_name=design.region)
    wanted = [{"Name": "vpc-id", "Values": [str(design.vpc.id)]}]
    rows = [
        {tag["Key"]: tag["Value"] for tag in one.get("Tags", [])}
        for one in ec2.describe_subnets(Filters=wanted)["Subnets"]
    ]
    return {row["Name"]: row for row in rows if row.get("owner") == "net"}


EXPECTED = {
    "public0-use1-az1": ELB,
    "node1-use1-az1": INTERNAL,
    "public4-use1-az2": ELB,
    "node5-use1-az2": INTERNAL,
}


@pytest.mark.usefixtures("moto")
def test_n33_of_each_zone_one_subnet_of_a_kind_is_tagged_and_seen_again() -> None:
    plan = in_existing_vpc()
    design = plan.design
    assert {one.name: one.added_tags for one in design.subnets if one.added_tags} == {
        name: ((key, "1"),) for name, key in EXPECTED.items()
    }
    assert read_text(write_text(plan), "plan").design == design
    materialise(design)
    found = tags_of(design)
    assert {name: key for name, row in found.items() for key in (ELB, INTERNAL) if row.get(key) == "1"} == EXPECTED
    assert all(row["owner"] == "net" for row in found.values())
    assert differences(design, observe(design)) == ()
    assert by_tier(design)["public"] == {"use1-az1": ["public0-use1-az1"], "use1-az2": ["public4-use1-az2"]}


@pytest.mark.usefixtures("moto")
def test_n33_a_tag_that_somebody_took_away_is_a_difference() -> None:
    design = in_existing_vpc().design
    materialise(design)
    subnet = design.subnet("node1-use1-az1")
    assert subnet is not None
    ec2 = boto3.client("ec2", region_name=design.region)
    ec2.delete_tags(Resources=[str(subnet.id)], Tags=[{"Key": INTERNAL}])
    (found,) = differences(design, observe(design))
    assert (found.path, found.planned) == ("subnets[node1-use1-az1].tags", ((INTERNAL, "1"),))


@pytest.mark.usefixtures("moto")
def test_n33_destroying_leaves_every_tag_of_an_existing_subnet() -> None:
    design = in_existing_vpc().design
    run = materialise(design)
    before = tags_of(design)
    run.destroy(seed=1)
    assert tags_of(design) == before


@pytest.mark.usefixtures("moto")
def test_n33_tags_are_left_alone_where_the_spec_says_so() -> None:
    plan = in_existing_vpc(subnetTags="keep")
    run = materialise(plan.design)
    assert [one for one in run.resources if one.token == TAG] == []
    assert all(set(row) == {"Name", "owner"} for row in tags_of(plan.design).values())
    assert decision(plan, "subnet-tags").value == "left as they are"


def existing(uses: list[list[str]], **spec: Any) -> Plan:
    rows = [
        {"id": f"subnet-0000000{number}", "cidr": f"10.0.{number * 16}.0/20", "zone": zone, "use": use}
        for number, (zone, use) in enumerate((zone, use) for zone in ZONES for use in uses)
    ]
    vpc = {"id": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16", "internetGateway": "igw-0123456789abcdef0"}
    return plan_of(zones=list(ZONES), vpc={**vpc, "subnets": rows}, nodeGroups=[{**GROUP, "maxSize": 2}], **spec)


def added(plan: Plan) -> set[str]:
    return {key for one in plan.design.subnets for key, _ in one.added_tags}


def test_n33_a_public_subnet_that_holds_nodes_is_not_for_internal_load_balancers() -> None:
    plan = existing([["node", "public"]])
    assert added(plan) == {ELB}
    told = {one.name: one.value for one in decision(plan, "subnet-tags").inputs}
    assert "stay" in told["when the stack is destroyed"]
    assert "not added" in told["kubernetes.io/cluster/*"]


def test_n33_no_load_balancers_no_tags() -> None:
    plan = existing([["public"], ["node"]], loadBalancers={"public": 0, "internal": 0})
    assert added(plan) == set()


def test_the_added_tags_count_for_the_rules() -> None:
    subnet = next(one for one in existing([["node"]]).design.subnets if one.added_tags)
    assert subnet.tag(INTERNAL) == "1"
    assert dataclasses.replace(subnet, added_tags=()).tag(INTERNAL) is None
