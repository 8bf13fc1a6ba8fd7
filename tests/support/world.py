"""Bringing a design to life in moto and reading it back."""

from __future__ import annotations

from typing import Any

import boto3

from planner.design import Design
from planner.observe.collect import collect
from planner.observe.parse import parse
from stacks import declare
from tests.support.plans import build_text, example_text
from tests.support.program import Run, run_program
from tests.support.provider import MotoProvider


def materialise(design: Design, **options: Any) -> Run:
    """Declare a design and make it in moto."""
    return run_program(lambda: declare(design), MotoProvider(design.region), **options)


def observe(design: Design) -> Design:
    """Read a design's cluster back."""
    assert design.cluster is not None
    return parse(collect(boto3.session.Session(), design.region, design.cluster.name))


def example_design(name: str) -> Design:
    """The design of an example; the existing VPC is made first, and its ids are put in."""
    text = example_text(name)
    if name == "existing-vpc":
        text = _with_existing_vpc(text)
    plan = build_text(text).plan
    assert plan is not None
    return plan.design


def _with_existing_vpc(text: str) -> str:
    ec2 = boto3.client("ec2", region_name="us-east-2")

    def tagged(kind: str, name: str) -> Any:
        return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]

    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tagged("vpc", "shared"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made = {"vpc-0a1b2c3d4e5f60718": vpc, "igw-0a1b2c3d4e5f60718": gateway}
    subnets = (
        ("subnet-0a1b2c3d4e5f60001", "10.20.0.0/20", "use2-az1", "shared-legacy-a"),
        ("subnet-0a1b2c3d4e5f60002", "10.20.16.0/20", "use2-az2", "shared-legacy-b"),
        ("subnet-0a1b2c3d4e5f60003", "10.20.128.0/18", "use2-az1", "shared-databases"),
    )
    for identity, cidr, zone, name in subnets:
        answer = ec2.create_subnet(
            VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId=zone, TagSpecifications=tagged("subnet", name)
        )
        made[identity] = answer["Subnet"]["SubnetId"]
        # moto gives the first subnet of a zone public addresses, AWS does not
        ec2.modify_subnet_attribute(SubnetId=made[identity], MapPublicIpOnLaunch={"Value": False})
    for old, new in made.items():
        text = text.replace(old, new)
    return text
