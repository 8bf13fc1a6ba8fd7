"""File systems in plans: mount targets, addresses, decisions, what never changes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from planner.design import Design, FileSystem, Lifecycle
from planner.network.demand import MOUNT_TARGETS, Tier
from planner.plan.build import build
from planner.plan.model import Plan
from planner.templates import render
from stacks.parts import known
from tests.support.plans import decision, embedded, load, plan_example, plan_of, spec_text

DRIVER = ["aws-efs-csi-driver"]


def file_systems(plan: Plan) -> dict[str, FileSystem]:
    return {one.name: one for one in known(plan.design.file_systems)}


def inputs(plan: Plan, key: str) -> dict[str, str]:
    return {one.name: one.value for one in decision(plan, key).inputs}


def test_n43_a_file_system_has_a_mount_target_in_each_zone_that_nodes_reach() -> None:
    plan = plan_example("shared-storage")
    for one in file_systems(plan).values():
        subnets = [plan.design.subnet(target.subnet) for target in one.mount_targets]
        assert sorted(subnet.zone for subnet in subnets if subnet) == ["apne2-az1", "apne2-az2", "apne2-az3"]
        groups = known(plan.design.node_groups)
        assert {subnet.name for subnet in subnets if subnet} <= {name for group in groups for name in group.subnets}
        assert {target.security_groups for target in one.mount_targets} == {("studio-efs",)}
    group = plan.design.security_group("studio-efs")
    assert group is not None
    assert {(rule.protocol, rule.from_port, rule.peer) for rule in group.rules} == {
        ("tcp", 2049, "eks-cluster-sg-studio")
    }


def test_n43_the_decision_names_what_a_storage_class_needs() -> None:
    plan = plan_example("shared-storage")
    found = decision(plan, "efs.models")
    assert (found.value, found.note) == ("provisioned 256 MiB/s, encrypted, 3 mount targets", "N43")
    assert "fileSystemIds" in found.explanation
    told = inputs(plan, "efs.models")
    assert told["access point studio-efs-models-training"] == "/models/training as 1000:1000"
    assert told["backup"] == "none: what is deleted or overwritten is gone"
    assert told["mount target in apne2-az1"] == "studio-node-apne2-az1"


def test_a_name_alone_is_encrypted_backed_up_and_elastic() -> None:
    (one,) = file_systems(plan_of(efs=["shared"], addons=DRIVER)).values()
    assert (one.encrypted, one.backup, one.throughput_mode, one.performance_mode) == (
        True,
        True,
        "elastic",
        "generalPurpose",
    )
    assert one.lifecycle == Lifecycle(30, None, back_on_access=False)
    assert one.kms_key_arn is None


def _targets(plan: Plan) -> set[int]:
    return {
        item.addresses
        for demand in plan.demands
        if demand.tier is Tier.NODE
        for item in demand.items
        if item.name == MOUNT_TARGETS
    }


def test_every_file_system_takes_an_address_and_six_units_in_each_zone() -> None:
    one, three = plan_of(addons=DRIVER), plan_of(addons=DRIVER, efs=["a", "b", "c"])
    assert (_targets(one), _targets(three)) == ({1}, {3})
    units = [int(decision(plan, "vpc.nau").value.replace(",", "")) for plan in (one, three)]
    zones = len({demand.zone for demand in one.demands})
    # an address and six units each
    assert units[1] - units[0] == 2 * zones * (1 + 6)


def test_without_the_driver_the_group_and_the_addresses_are_there_too() -> None:
    plan = plan_of(efs=["a"])
    assert plan.design.security_group("test-efs") is not None
    assert _targets(plan) == {1}


def test_in_an_existing_vpc_a_full_subnet_gets_no_mount_target() -> None:
    use, zones = ["node"], ["use1-az1", "use1-az1", "use1-az2", "use1-az4"]
    rows = [
        {"id": f"subnet-0a1b2c3d4e5f6000{n}", "cidr": f"10.0.{16 * n}.0/20", "zone": zone, "use": use, "free": free}
        for n, (zone, free) in enumerate(zip(zones, (1, 4000, 4000, 4000), strict=True))
    ]
    vpc = {"id": "vpc-0a1b2c3d4e5f60718", "cidr": "10.0.0.0/16", "subnets": rows}
    plan = plan_of(vpc=vpc, nat="none", zones=sorted(set(zones)), efs=["a", "b"], addons=DRIVER)
    for one in file_systems(plan).values():
        assert [target.subnet for target in one.mount_targets] == [row["id"] for row in rows[1:]]


@pytest.mark.parametrize(
    "spec",
    [
        {"nodeGroups": [{"name": "g", "instanceTypes": ["m5.large"], "maxSize": 3, "subnets": "public"}]},
        {"ipFamily": "ipv6"},
        {"nat": "none"},
        {"vpc": {"clusterSubnets": "shared"}},
        {"fargate": [{"name": "jobs", "pods": 3}], "identity": "irsa"},
    ],
    ids=["public nodes", "IPv6", "no internet", "shared subnets", "Fargate"],
)
def test_every_zone_has_a_mount_target_whatever_the_cluster_is_like(spec: dict[str, Any]) -> None:
    plan = plan_of(efs=["a"], addons=DRIVER, **spec)
    zones = {subnet.zone for subnet in plan.design.subnets}
    (one,) = file_systems(plan).values()
    assert {_zone(plan.design, target.subnet) for target in one.mount_targets} == zones
    assert len(one.mount_targets) == len(zones)


def test_long_names_give_tokens_that_efs_takes() -> None:
    plan = plan_of(name="c" * 90, efs=["n" * 60, "n" * 61], addons=DRIVER)
    tokens = [one.creation_token for one in file_systems(plan).values()]
    assert [len(token) for token in tokens] == [64, 64]
    assert len(set(tokens)) == 2


def test_an_access_point_owns_the_directory_that_efs_makes_and_not_the_root() -> None:
    points = [{"name": "root", "path": "/", "uid": 5, "gid": 6}, {"name": "data", "uid": 7, "gid": 8}]
    (one,) = file_systems(plan_of(efs=[{"name": "a", "accessPoints": points}], addons=DRIVER)).values()
    data, root = known(one.access_points)
    assert (data.path, data.owner_uid, data.owner_gid, data.permissions) == ("/data", 7, 8, "0755")
    assert (root.path, root.uid, root.owner_uid, root.permissions) == ("/", 5, None, None)


def test_one_way_doors_name_what_never_changes_of_files() -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    plan = plan_of(efs=["a", {"name": "b", "kmsKeyArn": key}], addons=DRIVER)
    doors = {door.id: door.chosen for door in plan.one_way_doors}
    assert doors["efs.encryption"] == f"test-efs-a: AWS's own key (aws/elasticfilesystem), test-efs-b: {key}"
    assert doors["efs.performance-mode"] == "generalPurpose"
    assert not [door for door in plan_of(addons=DRIVER).one_way_doors if door.id.startswith("efs")]


def _after(previous: Plan, **spec: Any) -> Any:
    loaded = load(spec_text(addons=DRIVER, **spec))
    assert loaded.document is not None
    return build(loaded.document, embedded(), render, previous)


@pytest.mark.parametrize(
    ("field", "value", "asked", "there"),
    [
        ("encrypted", False, "a: encrypted false", "true"),
        ("performanceMode", "maxIO", "a: performanceMode maxIO", "generalPurpose"),
        (
            "kmsKeyArn",
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "a: kmsKeyArn arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "AWS's own key (aws/elasticfilesystem)",
        ),
    ],
)
def test_what_never_changes_is_refused_after_an_earlier_plan(field: str, value: Any, asked: str, there: str) -> None:
    previous = plan_of(efs=[{"name": "a", "throughput": "bursting"}], addons=DRIVER)
    result = _after(previous, efs=[{"name": "a", "throughput": "bursting", field: value}])
    (found,) = [one for one in result.diagnostics if one.code == "one-way-door"]
    assert (found.value, found.limit, found.note) == (asked, there, "N43")
    assert result.plan is None


def test_what_can_change_changes_and_others_come_along() -> None:
    previous = plan_of(efs=["a"], addons=DRIVER)
    result = _after(previous, efs=[{"name": "a", "throughput": "bursting", "backup": False}, "b"])
    assert result.plan is not None
    found = file_systems(result.plan)
    assert found["test-efs-a"].throughput_mode == "bursting"
    assert found["test-efs-a"].mount_targets == file_systems(previous)["test-efs-a"].mount_targets
    assert set(found) == {"test-efs-a", "test-efs-b"}


def test_mount_targets_stay_in_the_subnets_of_an_earlier_plan() -> None:
    plan = plan_of(efs=["a"], addons=DRIVER)
    (one,) = known(plan.design.file_systems)
    first = one.mount_targets[0]
    other = next(
        subnet.name
        for subnet in plan.design.subnets
        if subnet.name != first.subnet and _zone(plan.design, first.subnet) == subnet.zone
    )
    moved = tuple(dataclasses.replace(each, subnet=other) if each is first else each for each in one.mount_targets)
    design = dataclasses.replace(plan.design, file_systems=(dataclasses.replace(one, mount_targets=moved),))
    result = _after(dataclasses.replace(plan, design=design), efs=["a"])
    assert result.plan is not None
    (kept,) = known(result.plan.design.file_systems)
    assert {each.subnet for each in kept.mount_targets} == {each.subnet for each in moved}


def _zone(design: Design, name: str) -> str:
    subnet = design.subnet(name)
    assert subnet is not None
    return subnet.zone
