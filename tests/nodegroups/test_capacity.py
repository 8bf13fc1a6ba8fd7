"""How capacity is bought, and what the Cluster Autoscaler makes of a group (notes N15, N17)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.design import NodeGroup
from planner.diagnostics import Kind
from tests.support.plans import GROUP, codes, decision, diagnostics_of, plan_of

CA = {"addons": ["cluster-autoscaler"]}
PREFIX = "k8s.io/cluster-autoscaler/node-template/resources/"


def group(**changes: Any) -> dict[str, Any]:
    return {"nodeGroups": [{**GROUP, **changes}]}


def test_N17_few_spot_pools_are_noticed() -> None:
    few = ["m5.large", "m5a.large", "m6i.large"]
    (found,) = [
        one for one in diagnostics_of(**group(capacityType="spot", instanceTypes=few)) if one.code == "group-spot-few"
    ]
    assert found.kind is Kind.NOTICE
    assert (found.value, found.limit) == ("3 types × 3 zones = 9 pools", "10 types are advised (30 pools)")
    assert "group-spot-few" not in codes(**group(instanceTypes=few))
    ten = {"vcpu": 4, "memoryGib": 16, "count": 10}
    assert "group-spot-few" not in codes(**group(capacityType="spot", instanceTypes=[], requirements=ten))
    nine = group(capacityType="spot", instanceTypes=[], requirements={**ten, "count": 9})
    assert "group-spot-few" in codes(**nine)


def test_N17_sizes_that_the_cluster_autoscaler_confuses_are_noticed() -> None:
    mixed = group(instanceTypes=["m5.large", "m5a.large", "m5.xlarge"])
    (found,) = [one for one in diagnostics_of(**CA, **mixed) if one.code == "group-shapes"]
    assert (found.value, found.limit) == ("m5.xlarge (4 vCPU, 16 GiB)", "m5.large (2 vCPU, 8 GiB)")
    assert "group-shapes" not in codes(**mixed)
    assert "group-shapes" not in codes(**CA, **group(instanceTypes=["m5.large", "m5a.large"]))


def test_N17_order_strategy_label_and_rebalancing_are_told() -> None:
    plan = plan_of(
        nodeGroups=[
            {**GROUP, "instanceTypes": ["m5a.large", "m5.large"]},
            {**GROUP, "name": "spot", "instanceTypes": ["m5.large", "m5a.large"], "capacityType": "spot"},
        ]
    )
    ordered, spot = decision(plan, "capacity.general"), decision(plan, "capacity.spot")
    assert ordered.value == "On-Demand, prioritized"
    assert {one.name: one.value for one in ordered.inputs} == {
        "order": "m5a.large, m5.large",
        "label": "eks.amazonaws.com/capacityType=ON_DEMAND",
    }
    assert spot.value == "Spot, price-capacity-optimized"
    assert spot.worked == "2 × 3 = 6"
    told = {one.name: one.value for one in spot.inputs}
    assert told["label"] == "eks.amazonaws.com/capacityType=SPOT"
    assert "CapacityRebalance is on" in told["rebalancing"]


def tags_of(**spec: Any) -> dict[str, str]:
    made: NodeGroup = plan_of(**spec).design.node_groups[0]  # type: ignore[index]
    return {key.removeprefix(PREFIX): value for key, value in made.tags if key.startswith(PREFIX)}


def test_N15_a_group_without_nodes_tells_what_they_have() -> None:
    assert tags_of(**CA, **group(minSize=0)) == {"ephemeral-storage": f"{44 * 1024}Mi", "pods": "29"}
    assert tags_of(**CA, **group(minSize=0, disk={"sizeGib": 200}))["ephemeral-storage"] == f"{179 * 1024}Mi"
    # nodes that are there speak for themselves, and nobody else asks
    assert tags_of(**CA, **group(minSize=1)) == {}
    assert tags_of(**group(minSize=0)) == {}
    own = {f"{PREFIX}pods": "20"}
    assert tags_of(**CA, **group(minSize=0, tags=own))["pods"] == "20"


def test_neuron_devices_are_told_and_gpus_need_not_be() -> None:
    zones = ["use1-az1", "use1-az2", "use1-az6"]
    trainium = group(minSize=0, instanceTypes=["trn1.32xlarge"], zones=["use1-az6"])
    assert tags_of(**CA, zones=zones, **trainium)["aws.amazon.com/neuron"] == "16"
    assert set(tags_of(**CA, **group(minSize=0, instanceTypes=["g4dn.xlarge"]))) == {"ephemeral-storage", "pods"}


@pytest.mark.parametrize(("least", "noticed"), [(0, True), (1, False)])
def test_windows_nodes_cannot_be_imagined(least: int, noticed: bool) -> None:
    windows = {**GROUP, "name": "win", "os": "windows-core-2022", "minSize": least}
    assert ("windows-from-zero" in codes(**CA, nodeGroups=[GROUP, windows])) is noticed
