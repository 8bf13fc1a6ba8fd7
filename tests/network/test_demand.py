"""Addresses that each subnet must hold (notes N06, N21, N29, N31, N32)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.network.demand import SubnetDemand
from tests.support.plans import GROUP, decision, plan_of

M5 = {"name": "general", "instanceTypes": ["m5.xlarge"], "maxSize": 45, "podsPerNode": 32}


def demand(tier: str, zone: str = "use1-az1", **spec: Any) -> SubnetDemand:
    (found,) = [one for one in plan_of(**spec).demands if one.tier == tier and one.zone == zone]
    return found


@pytest.mark.parametrize(
    ("cni", "lost", "nodes", "surge", "each"),
    [
        ({}, 0, 15, 2, 60),
        ({}, 1, 23, 3, 60),
        ({"warmIpTarget": 2, "minimumIpTarget": 32}, 0, 15, 2, 35),
        ({"mode": "prefix"}, 0, 15, 2, 49),
        ({"mode": "prefix"}, 1, 23, 3, 49),
        ({"mode": "prefix", "warmIpTarget": 2, "minimumIpTarget": 32}, 0, 15, 2, 33),
    ],
)
def test_N29_worked_example_of_45_m5_xlarge(cni: dict[str, Any], lost: int, nodes: int, surge: int, each: int) -> None:
    found = demand("node", nodeGroups=[M5], cni=cni, tolerateZoneLoss=lost, loadBalancers={"internal": 0})
    assert [(item.name, item.addresses) for item in found.items] == [
        ("nodes of general", nodes * each),
        ("update surge of general", surge * each),
    ]


def test_N21_surge_is_twice_the_zones_or_max_unavailable() -> None:
    few = plan_of(nodeGroups=[{**GROUP, "update": {"maxUnavailable": 9}}], tolerateZoneLoss=0)
    assert [one.worked for one in few.demands[4].items if "surge" in one.name] == ["⌈9 nodes ÷ 3⌉ = 3, × 30"]
    none = demand("node", nodeGroups=[{**GROUP, "update": {"strategy": "minimal"}}])
    assert not [item for item in none.items if "surge" in item.name]


def test_N06_a_dedicated_cluster_subnet_is_a_28() -> None:
    plan = plan_of()
    assert {subnet.cidr.prefixlen for subnet in plan.design.named_subnets(plan.design.cluster.subnets)} == {28}  # type: ignore[union-attr]
    assert decision(plan, "subnet.cluster.use1-az1").worked == "4 + 5 + 5 reserved = 14 → /28"


def test_growth_and_zone_loss_are_exact() -> None:
    found = demand("node", nodeGroups=[{**M5, "maxSize": 7}], growthPercent=50, tolerateZoneLoss=1)
    assert found.items[0].worked.startswith("⌈11 nodes ÷ 2⌉ = 6 with 1 of 3 zones lost")


def test_every_consumer_is_there() -> None:
    found = demand(
        "node",
        nat="none",
        addons=["aws-efs-csi-driver"],
        otherAddresses=[{"name": "rds", "perZone": 4}],
        loadBalancers={"internal": 3},
        nodeGroups=[{**GROUP, "maxSize": 3}],
    )
    names = {item.name: item.addresses for item in found.items}
    assert names["internal load balancers"] == 24
    assert names["EFS mount target"] == 1
    assert names["rds"] == 4
    assert names["interface endpoints"] == 5  # ec2, ecr.api, ecr.dkr, eks-auth, elasticfilesystem


def test_more_nodes_pods_growth_or_loss_never_need_less() -> None:
    def needed(**spec: Any) -> int:
        return demand("node", **spec).addresses

    for one, other in (
        ({"nodeGroups": [M5]}, {"nodeGroups": [{**M5, "maxSize": 46}]}),
        ({"nodeGroups": [M5]}, {"nodeGroups": [{**M5, "podsPerNode": 40}]}),
        ({"nodeGroups": [M5]}, {"nodeGroups": [M5], "growthPercent": 1}),
        ({"nodeGroups": [M5], "tolerateZoneLoss": 0}, {"nodeGroups": [M5], "tolerateZoneLoss": 1}),
        ({"nodeGroups": [M5]}, {"nodeGroups": [M5, GROUP | {"name": "more"}]}),
    ):
        assert needed(**one) <= needed(**other)
