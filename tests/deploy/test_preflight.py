"""The looks before `up`, against moto."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from planner.deploy.preflight import CHECKS, Subject, Verdict, preflight
from planner.plan.model import Plan
from stacks.parts import known
from tests.support.designs import changed
from tests.support.plans import embedded, plan_of


def subject(plan: Plan, *made: str) -> Subject:
    session = boto3.session.Session(region_name=plan.design.region)
    return Subject(plan, session, embedded().facts, frozenset(made))


def failed(found: Subject, *only: str) -> dict[str, str]:
    skipped = set(CHECKS) - set(only) if only else set()
    return {one.check: one.text for one in preflight(found, skipped) if one.verdict is Verdict.FAILED}


def test_an_empty_account_is_fine_but_for_what_cannot_be_seen(moto: None) -> None:
    found = preflight(subject(plan_of()))
    assert {one.check for one in found} == set(CHECKS)
    assert not [one for one in found if one.verdict is Verdict.FAILED]
    # moto knows no quotas of EKS and EC2, and no versions: that is said, and is no pass
    unseen = {one.check: one.text for one in found if one.verdict is Verdict.NOT_EVALUATED}
    assert unseen.keys() == {"quotas", "vcpus", "version"}
    assert "EKS clusters per Region" in unseen["quotas"]
    assert "AWS's defaults were taken" in unseen["quotas"]


def test_taken_names(moto: None) -> None:
    plan = plan_of()
    role = known(plan.design.roles)[0].name
    boto3.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    assert role in failed(subject(plan), "roles")["roles"]
    assert failed(subject(plan, role), "roles") == {}
    assert failed(subject(plan), "cluster-name") == {}


def test_zones_and_types_that_are_not_offered(moto: None) -> None:
    plan = plan_of()
    first = plan.design.subnets[0]
    away = dataclasses.replace(plan, design=changed(plan.design, "subnets", first.name, zone_id="use1-az9"))
    assert "use1-az9 is not there" in failed(subject(away), "zones")["zones"]
    rare = changed(plan.design, "node_groups", "general", instance_types=("m9zz.large",))
    told = failed(subject(dataclasses.replace(plan, design=rare)), "types")
    assert "none of the 1 types of general is offered in use1-az" in told["types"]
    assert failed(subject(plan), "types") == {}


def test_a_full_subnet_of_an_existing_vpc(moto: None) -> None:
    plan = plan_of()
    ec2 = boto3.client("ec2", region_name="us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
    row = next(one for one in plan.capacity if one.tier == "node")
    (name,) = row.subnets
    design = changed(plan.design, "subnets", name, existing=True, id=made)
    told = failed(subject(dataclasses.replace(plan, design=design)), "addresses")["addresses"]
    assert f"11 addresses are free, {row.needed:,} are needed" in told


@pytest.mark.parametrize("name", list(CHECKS))
def test_what_is_denied_is_not_evaluated(moto: None, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def denied(_subject: Subject, service: str, region: str | None = None) -> Callable[..., Any]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"no {service} for you"}}, "Describe")

    monkeypatch.setattr(Subject, "client", denied)
    found = preflight(subject(plan_of()), set(CHECKS) - {name})
    # a plan in a VPC of its own, without a key of its own and Karpenter, has nothing to ask about there
    nothing = {"addresses", "key-aliases", "queues"}
    expected = Verdict.FINE if name in nothing else Verdict.NOT_EVALUATED
    assert [one.verdict for one in found] == [expected]


def test_a_full_subnet_beside_a_roomy_one_is_told(moto: None) -> None:
    """Free addresses are judged for each subnet: which of a zone's subnets a node gets is EC2's choice."""
    plan = plan_of()
    ec2 = boto3.client("ec2", region_name="us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    roomy = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.16.0/20")["Subnet"]["SubnetId"]
    full = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
    for _ in range(11):
        ec2.create_network_interface(SubnetId=full)
    rows = [one for one in plan.capacity if one.tier == "node"]
    names = (rows[0].subnets[0], rows[1].subnets[0])
    design = changed(plan.design, "subnets", names[0], existing=True, id=roomy)
    design = changed(design, "subnets", names[1], existing=True, id=full)
    row = dataclasses.replace(rows[0], subnets=names)
    told = failed(subject(dataclasses.replace(plan, design=design, capacity=(row,))), "addresses")
    assert told["addresses"].startswith(f"{names[1]} in {row.zone}: no address is free")
