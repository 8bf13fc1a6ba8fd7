"""One group in each zone where volumes cannot follow their pods (notes N15, N42)."""

from __future__ import annotations

from typing import Any

from planner.design import NodeGroup
from planner.diagnostics import Kind
from tests.support.plans import GROUP, codes, decision, diagnostics_of, plan_of

CA = {"addons": ["cluster-autoscaler"]}
DB = {"name": "db", "instanceTypes": ["m5.large"]}
PG = {
    "name": "pg",
    "kind": "StatefulSet",
    "cpu": "500m",
    "memory": "4Gi",
    "replicas": 9,
    "nodeGroup": "db",
    "zonalStorage": True,
}


def planned(**spec: Any) -> dict[str, NodeGroup]:
    return {one.name: one for one in plan_of(**spec).design.node_groups}  # type: ignore[union-attr]


def test_N42_zonal_volumes_and_the_cluster_autoscaler_make_a_group_in_each_zone() -> None:
    plan = plan_of(**CA, nodeGroups=[GROUP, DB], workloads=[PG])
    made = {one.name: one for one in plan.design.node_groups}  # type: ignore[union-attr]
    zones = ("use1-az1", "use1-az2", "use1-az4")
    assert set(made) == {"general", *(f"db-{zone}" for zone in zones)}
    for zone in zones:
        one = made[f"db-{zone}"]
        assert [plan.design.subnet(name).zone for name in one.subnets] == [zone]  # type: ignore[union-attr]
        # nine pods, three in each zone, three of which fill three nodes; they move nowhere
        assert (one.min_size, one.desired_size, one.max_size) == (1, 3, 3)
        assert one.launch_template == f"test-db-{zone}"
    told = decision(plan, "zones.db")
    assert told.value == "one group in each: " + ", ".join(f"db-{zone}" for zone in zones)
    assert "--balance-similar-node-groups=true" in {one.name: one.value for one in told.inputs}["Cluster Autoscaler"]
    assert told.note == "N42"
    assert decision(plan, "zones.general").value == "one group over 3 zones"


def test_N42_other_groups_stay_whole_and_say_why() -> None:
    for spec, words in (
        ({"workloads": [PG], "nodeGroups": [DB]}, "no Cluster Autoscaler scales the group"),
        ({**CA, "workloads": [{**PG, "zonalStorage": False}], "nodeGroups": [DB]}, "no volumes bind pods"),
        ({**CA, "workloads": [PG], "nodeGroups": [{**DB, "perZone": False}]}, "perZone as the spec says"),
    ):
        plan = plan_of(**spec)
        assert [one.name for one in plan.design.node_groups] == ["db"]  # type: ignore[union-attr]
        assert words in decision(plan, "zones.db").explanation


def test_perZone_divides_sizes_and_keeps_maxSize_through_a_loss() -> None:
    made = planned(nodeGroups=[{**GROUP, "perZone": True, "minSize": 4, "desiredSize": 7, "maxSize": 10}])
    assert {(one.min_size, one.desired_size, one.max_size) for one in made.values()} == {(2, 3, 5)}
    # 10 nodes still fit when one of three zones is lost
    assert sum(one.max_size for one in made.values()) - 5 >= 10
    alone = planned(tolerateZoneLoss=0, nodeGroups=[{**GROUP, "perZone": True, "maxSize": 10, "minSize": 0}])
    assert {(one.min_size, one.max_size) for one in alone.values()} == {(0, 4)}


def test_settings_of_a_divided_group_keep_to_its_size() -> None:
    changes = {
        "update": {"maxUnavailable": 9},
        "warmPool": {"minSize": 4, "maxGroupPreparedCapacity": 12},
        "maxSize": 10,
    }
    for one in planned(nodeGroups=[{**GROUP, "perZone": True, **changes}]).values():
        assert one.update.max_unavailable == 5
        assert one.warm_pool is not None
        assert (one.warm_pool.min_size, one.warm_pool.max_prepared) == (2, 6)


def test_subnets_hold_the_same_nodes_however_a_group_is_cut() -> None:
    def nodes(**group: Any) -> dict[str, int]:
        plan = plan_of(growthPercent=50, nodeGroups=[{**GROUP, "maxSize": 10, **group}])
        return {
            demand.zone: sum(item.addresses for item in demand.items if item.name.startswith("nodes of"))
            for demand in plan.demands
            if demand.tier == "node"
        }

    assert nodes() == nodes(perZone=True)


def test_an_invented_group_is_cut_too() -> None:
    made = planned(**CA, nodeGroups=[], workloads=[{key: value for key, value in PG.items() if key != "nodeGroup"}])
    assert set(made) == {"default-use1-az1", "default-use1-az2", "default-use1-az4"}


def test_names_that_are_too_long_or_taken_are_refused() -> None:
    long = {**GROUP, "name": "g" * 60, "perZone": True}
    found = [one for one in diagnostics_of(nodeGroups=[long]) if one.code == "zone-group-name"]
    assert len(found) == 3
    assert all(one.kind is Kind.INVALID and one.limit == "63 characters" for one in found)
    taken = {**GROUP, "name": "general-use1-az1"}
    (clash,) = [
        one for one in diagnostics_of(nodeGroups=[{**GROUP, "perZone": True}, taken]) if one.code == "zone-group-name"
    ]
    assert (clash.value, clash.fix) == ("general-use1-az1", "rename one of them")


def test_N15_groups_in_each_zone_count_towards_the_quota() -> None:
    def many(count: int) -> list[dict[str, Any]]:
        return [{**GROUP, "name": f"g{number}", "maxSize": 1, "perZone": True} for number in range(count)]

    assert "group-quota" in codes(nodeGroups=many(11))
    assert "group-quota" not in codes(nodeGroups=many(10))
