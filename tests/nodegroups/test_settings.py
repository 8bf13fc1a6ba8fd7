"""Node groups and launch templates (notes N15, N17, N19, N20, N23, N26, N28)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.design import LaunchTemplate, NodeGroup
from tests.support.plans import plan_example, plan_of


def planned(**group: Any) -> tuple[NodeGroup, LaunchTemplate]:
    design = plan_of(nodeGroups=[{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 6, **group}]).design
    return design.node_groups[0], design.launch_templates[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("group", "ami_type"),
    [
        ({}, "AL2023_x86_64_STANDARD"),
        ({"instanceTypes": ["m7g.large"]}, "AL2023_ARM_64_STANDARD"),
        ({"instanceTypes": ["g4dn.xlarge"]}, "AL2023_x86_64_NVIDIA"),
        ({"instanceTypes": ["trn1.32xlarge"], "zones": ["use1-az6"]}, "AL2023_x86_64_NEURON"),
        ({"os": "bottlerocket"}, "BOTTLEROCKET_x86_64"),
        ({"os": "bottlerocket-fips", "instanceTypes": ["m7g.large"]}, "BOTTLEROCKET_ARM_64_FIPS"),
        ({"os": "bottlerocket", "instanceTypes": ["g5g.xlarge"]}, "BOTTLEROCKET_ARM_64_NVIDIA"),
    ],
)
def test_the_ami_type_follows_from_os_and_types(group: dict[str, Any], ami_type: str) -> None:
    base = {"name": "general", "maxSize": 6, "instanceTypes": ["m5.large"], **group}
    zones: Any = ["use1-az1", "use1-az2", "use1-az6"] if "zones" in group else 2
    design = plan_of(zones=zones, nodeGroups=[base]).design
    assert design.node_groups[0].ami_type == ami_type  # type: ignore[index]


def test_N28_disks_are_encrypted() -> None:
    for name in ("minimal", "production", "private"):
        for template in plan_example(name).design.launch_templates:  # type: ignore[union-attr]
            assert template.disks
            assert all(disk.encrypted and disk.volume_type == "gp3" for disk in template.disks)


def test_bottlerocket_has_a_data_volume() -> None:
    _, template = planned(os="bottlerocket", disk={"sizeGib": 80})
    assert [(disk.device, disk.size_gib) for disk in template.disks] == [("/dev/xvda", 4), ("/dev/xvdb", 80)]


def test_N19_imds_needs_a_token_and_stays_on_the_node() -> None:
    _, template = planned()
    assert (template.http_tokens, template.hop_limit) == ("required", 1)
    _, open_template = planned(podsMayUseImds=True)
    assert open_template.hop_limit == 2


def test_N20_N23_every_group_has_a_template_that_holds_nothing_eks_forbids() -> None:
    group, template = planned()
    assert group.launch_template == template.name
    assert template.instance_type is None
    assert group.instance_types == ("m5.large",)


def test_N26_an_own_ami_leaves_type_and_version_to_the_template() -> None:
    group, template = planned(amiId="ami-0123456789abcdef0", maxPods=29)
    assert (group.ami_type, group.version) == (None, None)
    assert template.image_id == "ami-0123456789abcdef0"


def test_N17_spot_is_a_group_of_its_own() -> None:
    group, _ = planned(capacityType="spot", requirements={"vcpu": 4, "memoryGib": 16}, instanceTypes=[])
    assert group.capacity_type == "SPOT"
    assert len(group.instance_types) == 10


def test_N15_sizes_default_to_one_node_in_each_zone() -> None:
    group, _ = planned()
    assert (group.min_size, group.desired_size, group.max_size) == (3, 3, 6)
    small, _ = planned(maxSize=2)
    assert (small.min_size, small.desired_size, small.max_size) == (2, 2, 2)
