"""Launch template versus node group: every row refused in a spec, with the field, both places and the note."""

from __future__ import annotations

from typing import Any

import pytest

from planner.diagnostics import Diagnostic, Kind
from planner.plan.model import Plan
from tests.support.plans import codes, decision, diagnostics_of, findings_of, plan_of

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 3}
AMI = "ami-0123456789abcdef0"
SG = "sg-0123456789abcdef0"
BLOCK: dict[str, Any] = {
    "name": "train",
    "maxSize": 2,
    "minSize": 0,
    "zones": ["use1-az1"],
    "capacityType": "capacity-block",
    "launchTemplate": {
        "instanceType": "p5.48xlarge",
        "capacityReservationId": "cr-0123456789abcdef0",
        "instanceMarketOptions": {"marketType": "capacity-block"},
    },
}
ZONES = ["use1-az1", "use1-az2"]


def wrong(**changes: Any) -> list[Diagnostic]:
    """What is refused of a group with changes; None takes a field out."""
    group = {key: value for key, value in {**GROUP, **changes}.items() if value is not None}
    return [one for one in diagnostics_of(nodeGroups=[group], zones=ZONES) if one.kind is not Kind.NOTICE]


def notices(**changes: Any) -> dict[str, Diagnostic]:
    group = {key: value for key, value in {**GROUP, **changes}.items() if value is not None}
    return {one.code: one for one in diagnostics_of(nodeGroups=[group]) if one.kind is Kind.NOTICE}


def planned(**changes: Any) -> Plan:
    group = {key: value for key, value in {**GROUP, **changes}.items() if value is not None}
    return plan_of(nodeGroups=[group], zones=ZONES)


INTERFACE = "launchTemplate.networkInterfaces[0]"
ROWS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    # what a spec says, the field, what stands there, the other place, the note
    "subnet": (
        {"launchTemplate": {"networkInterfaces": [{"subnetId": "subnet-0123456789abcdef0"}]}},
        f"{INTERFACE}.subnetId",
        "subnet-0123456789abcdef0",
        "subnets: private",
        "N23",
    ),
    "instance profile": (
        {"launchTemplate": {"iamInstanceProfile": "nodes"}},
        "launchTemplate.iamInstanceProfile",
        "nodes",
        "the node role",
        "N23",
    ),
    "shutdown behaviour": (
        {"launchTemplate": {"instanceInitiatedShutdownBehavior": "terminate"}},
        "launchTemplate.instanceInitiatedShutdownBehavior",
        "terminate",
        "no such field",
        "N23",
    ),
    "hibernation": (
        {"launchTemplate": {"hibernation": True}},
        "launchTemplate.hibernation",
        "true",
        "no such field",
        "N23",
    ),
    "spot request": (
        {"capacityType": "spot", "launchTemplate": {"instanceMarketOptions": {"marketType": "spot"}}},
        "launchTemplate.instanceMarketOptions.marketType",
        "spot",
        "capacityType: spot",
        "N17",
    ),
    "instance types": (
        {"launchTemplate": {"instanceType": "m5.xlarge"}},
        "launchTemplate.instanceType",
        "m5.xlarge",
        "instanceTypes: m5.large",
        "N23",
    ),
    "requirements beside a type": (
        {"instanceTypes": None, "requirements": {"vcpu": 2}, "launchTemplate": {"instanceType": "m5.large"}},
        "launchTemplate.instanceType",
        "m5.large",
        "requirements",
        "N23",
    ),
    "disk": ({"diskSize": 30, "disk": {"sizeGib": 80}}, "diskSize", "30", "disk.sizeGib: 80", "N23"),
    "SSH": (
        {"remoteAccess": {"ec2SshKey": "ops", "sourceSecurityGroups": [SG]}},
        "remoteAccess",
        "ops",
        "launchTemplate.keyName",
        "N23",
    ),
    "AMI id and type": (
        {"amiId": AMI, "maxPods": 20, "amiType": "AL2023_x86_64_STANDARD"},
        "amiType",
        "AL2023_x86_64_STANDARD",
        f"amiId: {AMI}",
        "N26",
    ),
    "AMI id and version": ({"amiId": AMI, "maxPods": 20, "version": "1.35"}, "version", "1.35", f"amiId: {AMI}", "N26"),
    "image id and release": (
        {"launchTemplate": {"imageId": AMI}, "maxPods": 20, "releaseVersion": "1.35.2-20260903"},
        "releaseVersion",
        "1.35.2-20260903",
        f"launchTemplate.imageId: {AMI}",
        "N26",
    ),
    "two AMIs": (
        {"amiId": "ami-0123456789abcdef1", "maxPods": 20, "launchTemplate": {"imageId": AMI}},
        "launchTemplate.imageId",
        AMI,
        "amiId: ami-0123456789abcdef1",
        "N26",
    ),
    "groups at two levels": (
        {"securityGroups": [SG], "launchTemplate": {"networkInterfaces": [{"groups": ["sg-0123456789abcdef1"]}]}},
        f"{INTERFACE}.groups",
        "sg-0123456789abcdef1",
        f"securityGroups: {SG}",
        "N24",
    ),
    "two lists of groups": (
        {"securityGroups": [SG], "launchTemplate": {"securityGroupIds": ["sg-0123456789abcdef1"]}},
        "launchTemplate.securityGroupIds",
        "sg-0123456789abcdef1",
        f"securityGroups: {SG}",
        "N24",
    ),
    "id and name": (
        {"launchTemplate": {"id": "lt-0123456789abcdef0", "name": "mine"}},
        "launchTemplate.name",
        "mine",
        "launchTemplate.id: lt-0123456789abcdef0",
        "N20",
    ),
}


@pytest.mark.parametrize(("said", "field", "value", "other", "note"), ROWS.values(), ids=ROWS)
def test_n23_a_conflict_names_both_places(said: dict[str, Any], field: str, value: str, other: str, note: str) -> None:
    (one,) = wrong(**said)
    assert one.field == f"spec.nodeGroups[0].{field}"
    assert value in one.value
    assert other in one.limit
    assert one.note == note
    assert one.fix
    assert one.source.startswith("https://docs.aws.amazon.com/")


def test_every_conflict_is_said_at_once() -> None:
    said = {
        "diskSize": 30,
        "remoteAccess": {"ec2SshKey": "ops"},
        "amiType": "AL2023_ARM_64_STANDARD",
        "launchTemplate": {"instanceType": "m5.xlarge", "hibernation": True, "iamInstanceProfile": "nodes"},
    }
    assert len(wrong(**said)) == 5, "the AMI type is judged once the types are clear"


@pytest.mark.parametrize(("os", "port"), [("al2023", "22"), ("bottlerocket", "22"), ("windows-core-2022", "3389")])
def test_n23_remote_access_without_source_groups_would_open_a_port_to_everyone(os: str, port: str) -> None:
    (one,) = [found for found in wrong(os=os, remoteAccess={"ec2SshKey": "ops"}) if found.code == "launch-template"]
    assert f"TCP {port} to 0.0.0.0/0" in one.summary


def test_n24_a_key_opens_nothing_and_the_plan_says_so() -> None:
    assert "opens nothing" in notices(launchTemplate={"keyName": "ops"})["launch-template-key"].summary
    plan = planned(launchTemplate={"keyName": "ops"})
    (template,) = plan.design.launch_templates  # type: ignore[misc]
    assert template.key_name == "ops"
    assert "0.0.0.0/0" in decision(plan, "launch-template.general").explanation
    opened = [rule for group in plan.design.security_groups for rule in group.rules if rule.from_port == 22]  # type: ignore[union-attr]
    assert not opened


@pytest.mark.parametrize("key", ["id", "name", "version"])
def test_n20_an_existing_template_is_refused_with_the_way_to_go(key: str) -> None:
    value: Any = {"id": "lt-0123456789abcdef0", "name": "mine", "version": 3}[key]
    (one,) = wrong(launchTemplate={key: value})
    assert one.code == "launch-template-existing"
    assert one.field == f"spec.nodeGroups[0].launchTemplate.{key}"


@pytest.mark.parametrize("value", [False, "none"])
def test_n20_a_group_without_a_launch_template_is_refused(value: Any) -> None:
    (one,) = wrong(launchTemplate=value)
    assert one.code == "launch-template-none"
    assert "can never get one" in one.summary
    assert "N20" in one.limit


def test_n20_every_planned_group_has_a_launch_template_and_the_plan_says_why() -> None:
    plan = plan_of(nodeGroups=[GROUP, {**GROUP, "name": "more"}])
    assert [one.launch_template for one in plan.design.node_groups] == ["test-general", "test-more"]  # type: ignore[union-attr]
    for name in ("general", "more"):
        found = decision(plan, f"launch-template.{name}")
        assert "can never get one later" in found.explanation
        assert "never reach instances" in found.explanation
        assert found.note == "N20"


def test_n23_tags_of_a_group_reach_its_instances_through_the_template() -> None:
    plan = plan_of(nodeGroups=[{**GROUP, "tags": {"cost": "1"}}], tags={"team": "a"})
    (group,), (template,) = plan.design.node_groups, plan.design.launch_templates  # type: ignore[misc]
    assert dict(group.tags) == {"cost": "1", "team": "a"}
    assert dict(group.tags).items() <= dict(template.instance_tags).items()


def test_n23_one_type_may_stand_in_the_template_alone() -> None:
    plan = planned(instanceTypes=None, launchTemplate={"instanceType": "m5.xlarge"})
    (group,), (template,) = plan.design.node_groups, plan.design.launch_templates  # type: ignore[misc]
    assert (group.instance_types, template.instance_type) == ((), "m5.xlarge")
    assert plan.design.types_of(group) == ("m5.xlarge",)
    assert {row.instance_type for row in plan.pods} == {"m5.xlarge"}
    assert findings_of(plan) == set()


def test_a_type_in_the_template_that_nobody_knows_is_said_at_its_place() -> None:
    (one,) = wrong(instanceTypes=None, launchTemplate={"instanceType": "m5.larg"})
    assert one.field == "spec.nodeGroups[0].launchTemplate.instanceType"
    assert "m5.large" in one.fix


def test_n26_an_image_id_is_an_ami_id() -> None:
    plan = planned(maxPods=20, launchTemplate={"imageId": AMI})
    (group,), (template,) = plan.design.node_groups, plan.design.launch_templates  # type: ignore[misc]
    assert (group.ami_type, group.version, template.image_id) == (None, None, AMI)
    assert "apiServerEndpoint" in template.user_data
    assert {one.code for one in wrong(launchTemplate={"imageId": AMI})} == {"group-ami-pods"}
    assert not wrong(maxPods=20, amiId=AMI, launchTemplate={"imageId": AMI}), "both may say the same"


def test_n24_groups_in_ec2s_words_bring_the_cluster_group_along() -> None:
    plan = planned(launchTemplate={"securityGroupIds": [SG]})
    (template,) = plan.design.launch_templates  # type: ignore[misc]
    assert template.security_groups == ("eks-cluster-sg-test", SG)
    plan = planned(launchTemplate={"networkInterfaces": [{"groups": [SG]}, {"deviceIndex": 1, "interfaceType": "efa"}]})
    (template,) = plan.design.launch_templates  # type: ignore[misc]
    assert template.security_groups == (), "EC2 takes groups at one level"
    assert [one.security_groups for one in template.interfaces] == [
        ("eks-cluster-sg-test", SG),
        ("eks-cluster-sg-test",),
    ]
    assert template.primary_groups == ("eks-cluster-sg-test", SG)


def test_n24_interfaces_of_restricted_nodes_carry_the_nodes_group() -> None:
    group = {**GROUP, "launchTemplate": {"networkInterfaces": [{}]}}
    plan = plan_of(nodeGroups=[group], security={"egress": "restricted"})
    (template,) = plan.design.launch_templates  # type: ignore[misc]
    assert template.primary_groups == ("test-nodes",)
    assert findings_of(plan) == set()


@pytest.mark.parametrize(
    ("interfaces", "field"),
    [
        ([{"deviceIndex": 1}], ""),
        ([{}, {}], ""),
        ([{"associatePublicIpAddress": True}, {"deviceIndex": 1}], "[0].associatePublicIpAddress"),
    ],
)
def test_interfaces_that_ec2_does_not_take(interfaces: list[dict[str, Any]], field: str) -> None:
    (one,) = wrong(launchTemplate={"networkInterfaces": interfaces})
    assert one.code == "launch-template-interface"
    assert one.field == f"spec.nodeGroups[0].launchTemplate.networkInterfaces{field}"


def test_n32_several_interfaces_in_public_subnets_get_no_public_address() -> None:
    said = {"networkInterfaces": [{}, {"deviceIndex": 1}]}
    (one,) = wrong(subnets="public", launchTemplate=said)
    assert (one.code, one.note) == ("launch-template-interface", "N32")
    assert not wrong(launchTemplate=said)


def test_more_groups_at_an_interface_than_it_takes() -> None:
    many = [f"sg-0123456789abcde{number:02x}" for number in range(6)]
    assert {one.code for one in wrong(launchTemplate={"networkInterfaces": [{"groups": many}]})} == {"interface-groups"}


def test_n17_a_capacity_block_says_all_four_things_in_their_places() -> None:
    plan = plan_of(nodeGroups=[GROUP, BLOCK], zones=ZONES)
    (template,) = [one for one in plan.design.launch_templates if one.name == "test-train"]  # type: ignore[union-attr]
    (group,) = [one for one in plan.design.node_groups if one.name == "train"]  # type: ignore[union-attr]
    assert (template.market_type, template.instance_type) == ("capacity-block", "p5.48xlarge")
    assert template.capacity_reservation == "cr-0123456789abcdef0"
    assert (group.capacity_type, group.instance_types, len(group.subnets)) == ("CAPACITY_BLOCK", (), 1)
    assert group.ami_type == "AL2023_x86_64_NVIDIA"
    assert findings_of(plan) == set()


@pytest.mark.parametrize("key", ["instanceType", "capacityReservationId", "instanceMarketOptions"])
def test_n17_a_capacity_block_lacks_a_part(key: str) -> None:
    template = {name: value for name, value in BLOCK["launchTemplate"].items() if name != key}
    found = diagnostics_of(nodeGroups=[GROUP, {**BLOCK, "launchTemplate": template}], zones=ZONES)
    named = [one for one in found if one.code == "capacity-block"]
    assert [one.field for one in named] == ["spec.nodeGroups[1].capacityType"]
    assert f"launchTemplate.{key}" in named[0].value
    assert key in named[0].fix


def test_n17_a_capacity_block_lies_in_one_zone_and_is_asked_for_in_both_places() -> None:
    block = {**BLOCK, "zones": ZONES}
    found = [one for one in diagnostics_of(nodeGroups=[GROUP, block], zones=ZONES) if one.code == "capacity-block"]
    assert [one.field for one in found] == ["spec.nodeGroups[1].zones"]
    (one,) = wrong(launchTemplate={"instanceMarketOptions": {"marketType": "capacity-block"}})
    assert (one.code, one.limit) == ("capacity-block", "capacityType: on-demand")
    types = {**BLOCK, "instanceTypes": ["p5.48xlarge"]}
    assert "launch-template" in codes(nodeGroups=[GROUP, types], zones=ZONES)


def test_n17_reservations_of_other_groups() -> None:
    reservation = {"capacityReservationId": "cr-0123456789abcdef0"}
    (one,) = wrong(capacityType="spot", launchTemplate=reservation)
    assert (one.code, one.limit) == ("capacity-block", "capacityType: spot")
    assert "capacity-reservation" in notices(launchTemplate=reservation)
    (template,) = planned(launchTemplate=reservation).design.launch_templates  # type: ignore[misc]
    assert template.capacity_reservation == "cr-0123456789abcdef0"


def test_a_type_that_is_not_sold_in_capacity_blocks() -> None:
    block = {**BLOCK, "launchTemplate": {**BLOCK["launchTemplate"], "instanceType": "m5.large"}}
    (one,) = [found for found in diagnostics_of(nodeGroups=[GROUP, block], zones=ZONES) if found.code == "type-usage"]
    assert "capacity-block" in one.summary
