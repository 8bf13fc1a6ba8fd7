"""Whatever the stacks make is found again by name and tag, with the id that the provider imports it by."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from planner.observe.leftovers import SEARCHED, leftovers
from tests.stacks.test_round_trip import VARIANTS
from tests.support import existing
from tests.support.changes import change
from tests.support.plans import FEASIBLE, plan_of
from tests.support.program import Run
from tests.support.world import example_design, materialise

pytestmark = pytest.mark.usefixtures("moto")

_ADMIN = "arn:aws:iam::123456789012:role/team/admins"
SPECS: dict[str, dict[str, Any]] = {
    "DHCP options, flow logs and a key": next(
        spec for name, spec in VARIANTS.items() if name.startswith("DHCP options, flow logs")
    ),
    "network ACLs": VARIANTS["network ACLs"],
    "Karpenter, IRSA, access entries": {
        "addons": ["karpenter", {"name": "aws-ebs-csi-driver", "identity": "irsa"}],
        "accessEntries": [{"principalArn": _ADMIN, "policies": [{"policy": "AmazonEKSClusterAdminPolicy"}]}],
    },
}


def found_again(run: Run, region: str) -> None:
    """Every resource of a run is found by its type and name alone, and what is imported is what was declared."""
    made = {(one.token, one.name): one for one in run.made()}
    assert {token for token, _ in made} <= SEARCHED
    found = leftovers(boto3.session.Session(), region, made)
    assert made.keys() - found.keys() == set()
    for key, identity in found.items():
        one = made[key]
        read = existing.read(run.monitor.provider, one.token, identity, {}, {})
        assert read is not None, (key, identity)
        state, inputs = read
        assert str(state.get("id") or identity) == one.identity, (key, identity)
        # moto loses some descriptions
        lost = {"description"} - inputs.keys()
        declared = {name: value for name, value in one.inputs.items() if value is not None and name not in lost}
        assert change(one.token, inputs, declared).replaces == (), (key, inputs, declared)


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_resource_of_an_example_is_found_again(name: str) -> None:
    design = example_design(name)
    found_again(materialise(design), design.region)


@pytest.mark.parametrize("name", SPECS)
def test_every_other_kind_is_found_again(name: str) -> None:
    design = plan_of(**SPECS[name]).design
    found_again(materialise(design), design.region)


def test_a_name_that_two_resources_carry_is_left_to_a_person() -> None:
    design = example_design("minimal")
    run = materialise(design)
    ec2 = boto3.client("ec2", region_name=design.region)
    tags: Any = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": design.vpc.name}]}]
    ec2.create_vpc(CidrBlock="10.99.0.0/16", TagSpecifications=tags)
    vpc = ("aws:ec2/vpc:Vpc", design.vpc.name)
    assert leftovers(boto3.session.Session(), design.region, [vpc]) == {}
    cluster = run.named("hello", "eks/cluster:Cluster")
    assert leftovers(boto3.session.Session(), design.region, [vpc, (cluster.token, "hello")]) == {
        (cluster.token, "hello"): "hello"
    }


def test_where_nothing_is_missing_nothing_is_asked() -> None:
    assert leftovers(None, "us-east-1", []) == {}
    assert leftovers(None, "us-east-1", [("aws:s3/bucket:Bucket", "other")]) == {}
