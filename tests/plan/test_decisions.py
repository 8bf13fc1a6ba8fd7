"""Decisions and one-way doors: every number explained and sourced."""

from __future__ import annotations

import pytest

from planner.notes import notes
from tests.support.plans import FEASIBLE, decision, plan_example, plan_of


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_decision_has_a_source_and_a_reason(name: str) -> None:
    for one in plan_example(name).decisions:
        assert one.value, one.id
        assert one.source.startswith("https://"), one.id
        assert one.formula or one.explanation or one.inputs, one.id
        assert not one.note or one.note in notes(), one.id


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_number_of_a_plan_has_a_decision(name: str) -> None:
    plan = plan_example(name)
    ids = {one.id for one in plan.decisions}
    design = plan.design
    for row in plan.capacity:
        assert f"subnet.{row.tier}.{row.zone}" in ids
    for group in design.node_groups:  # type: ignore[union-attr]
        assert {
            f"{what}.{group.name}"
            for what in ("max-pods", "addresses-per-node", "allocatable", "nodes", "types", "imds", "launch-template")
        } <= ids
    for one in (*design.security_groups, *design.roles):  # type: ignore[misc]
        assert any(key.endswith(f".{one.name}") for key in ids)
    assert {"version", "zones", "vpc.cidr", "service.cidr", "nat", "endpoints", "endpoint.access", "addons"} <= ids


def test_one_way_doors_say_what_was_chosen() -> None:
    doors = {door.id: door for door in plan_example("production").one_way_doors}
    assert doors["vpc.cidr"].chosen == "10.32.0.0/16"
    assert doors["ip-family"].chosen == "ipv4"
    assert doors["service.cidr"].chosen == "172.20.0.0/16"
    assert doors["subnets"].chosen == "cluster /28, node /19, public /27"
    assert doors["cluster.zones"].chosen == "apne2-az1, apne2-az2, apne2-az3"
    assert doors["node-groups.launch-template"].chosen == "one for each group"
    assert doors["node-groups.ami"].chosen.startswith("none")
    assert doors["cluster.egress"].chosen == "AWS_MANAGED"
    assert all(door.consequence and door.source for door in doors.values())


def test_N26_own_amis_are_named_among_the_one_way_doors() -> None:
    plan = plan_of(
        nodeGroups=[
            {
                "name": "own",
                "instanceTypes": ["m5.large"],
                "maxSize": 3,
                "amiId": "ami-0123456789abcdef0",
                "maxPods": 29,
            }
        ]
    )
    (door,) = [one for one in plan.one_way_doors if one.id == "node-groups.ami"]
    assert door.chosen == "own AMI: own"


def test_N02_a_kms_key_is_a_one_way_door() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    plan = plan_of(secretsKeyArn=arn)
    assert arn in {door.chosen for door in plan.one_way_doors}
    assert plan.design.cluster.secrets_key_arn == arn  # type: ignore[union-attr]


def test_N10_the_version_says_how_long_it_is_supported() -> None:
    assert "standard support until 2027-03-27" in decision(plan_of(), "version").explanation
