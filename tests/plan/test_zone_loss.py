"""A zone, or a part of it, is lost (notes N39, N40, N42): how fast pods are evicted, when they move, what stays."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.plan.loads import carried, even
from planner.plan.model import Plan
from planner.plan.scenarios.moves import Move, moves
from planner.plan.scenarios.node_controller import ZoneState, eviction, toleration
from planner.plan.scenarios.of_plan import world_of_plan
from planner.plan.scenarios.zone_loss import remarks, timeline
from planner.plan.spec_of import spec_of
from tests.support.plans import embedded, plan_of

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 30, "desiredSize": 6}
WEB = {"name": "web", "cpu": "500m", "memory": "256Mi", "replicas": 12}
FACTS = embedded().facts
ZONE = "use1-az1"
FOREVER = [{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}]


@pytest.mark.parametrize(
    ("nodes", "percent", "state", "per_node"),
    [
        (50, 100, ZoneState.FULL, 10),
        (200, 100, ZoneState.FULL, 10),
        (100, 54, ZoneState.NORMAL, 10),
        (100, 55, ZoneState.PARTIAL, 100),
        (51, 60, ZoneState.PARTIAL, 100),
        (50, 60, ZoneState.PARTIAL, None),
        (100, 99, ZoneState.PARTIAL, 100),
        (3, 60, ZoneState.NORMAL, 10),
        (4, 60, ZoneState.PARTIAL, None),
        (1, 100, ZoneState.FULL, 10),
        (0, 100, ZoneState.NORMAL, 10),
    ],
    ids=[
        "a small zone gone",
        "a large zone gone",
        "just below 55 %",
        "55 % of a large zone",
        "one node more than small",
        "as large as small may be",
        "all but one",
        "two of three: fewer than three",
        "three of four",
        "its only node",
        "no node",
    ],
)
def test_N39_eviction_rates_follow_the_state_of_the_zone_and_its_size(
    nodes: int, percent: int, state: ZoneState, per_node: int | None
) -> None:
    found = eviction(nodes, percent, "1.35", FACTS)
    assert (found.state, found.per_node) == (state, per_node)


def test_N39_nothing_is_evicted_when_every_zone_is_gone() -> None:
    found = eviction(9, 100, "1.35", FACTS, others=False)
    assert (found.state, found.per_node, found.last) == (ZoneState.EVERYWHERE, None, None)
    assert eviction(9, 80, "1.35", FACTS, others=False).state is ZoneState.PARTIAL


@pytest.mark.parametrize(("version", "grace"), [("1.31", 40), ("1.32", 50), ("1.36", 50), ("", 50)])
def test_N39_the_grace_of_a_node_follows_the_version(version: str, grace: int) -> None:
    assert eviction(3, 100, version, FACTS).grace == grace


@given(st.integers(1, 400), st.integers(1, 100))
def test_nodes_are_tainted_in_order_and_never_faster_than_one_in_ten_seconds(nodes: int, percent: int) -> None:
    found = eviction(nodes, percent, "1.35", FACTS)
    assert 1 <= found.unhealthy <= nodes
    if found.per_node is None:
        assert found.tainted(0) is None
        assert found.state is ZoneState.PARTIAL
        assert nodes <= 50
        return
    times = [found.tainted(number) for number in range(found.unhealthy)]
    assert times[0] == found.grace
    assert times[-1] == found.last
    assert all(b - a in (10, 100) for a, b in itertools.pairwise(times) if a is not None and b is not None)


@pytest.mark.parametrize(
    ("tolerations", "seconds"),
    [
        ([], 300),
        ([{"key": "other", "operator": "Exists"}], 300),
        ([{**FOREVER[0], "tolerationSeconds": 20}], 20),
        ([{**FOREVER[0], "tolerationSeconds": 0}], 0),
        (FOREVER, None),
        ([{"operator": "Exists"}], None),
        ([{"operator": "Exists"}, {**FOREVER[0], "tolerationSeconds": 60}], 60),
        ([{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoSchedule"}], 300),
    ],
    ids=["default", "another taint", "own", "at once", "for ever", "everything", "the least", "another effect"],
)
def test_N39_pods_wait_for_their_own_toleration(tolerations: list[dict[str, Any]], seconds: int | None) -> None:
    plan = plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "tolerations": tolerations}])
    assert toleration(spec_of(plan).spec.workloads[0], FACTS) == seconds


def lost(plan: Plan, percent: int = 100, zone: str = ZONE) -> dict[str, Move]:
    loads = carried(plan, embedded())
    assert isinstance(loads, tuple)
    return {one.workload: one for one in moves(world_of_plan(plan), loads, zone, FACTS, percent)}


def test_N39_pods_move_after_grace_and_toleration_node_by_node() -> None:
    """Two nodes in the zone: tainted after 50 and 60 s, left 300 s later."""
    found = lost(plan_of(nodeGroups=[GROUP], workloads=[WEB]))["web"]
    assert (found.pods, found.first, found.last) == (4, 350, 360)
    quick = [{**FOREVER[0], "tolerationSeconds": 20}]
    sooner = lost(plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "tolerations": quick}]))["web"]
    assert (sooner.first, sooner.last) == (70, 80)


def test_pods_that_tolerate_unreachable_nodes_for_ever_stay() -> None:
    found = lost(plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "tolerations": FOREVER}]))["web"]
    assert (found.first, found.fit_most, found.stay) == (None, 0, 4)
    assert "for ever" in found.why


def test_some_find_room_on_nodes_that_run_and_more_on_those_that_start() -> None:
    """Three pods of 500m fit on an m5.large beside what every node runs."""
    found = lost(plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "replicas": 18}]))["web"]
    assert (found.pods, found.fit_running, found.fit_most, found.stay) == (6, 0, 6, 0)
    half = lost(plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "replicas": 12}]))["web"]
    assert (half.pods, half.fit_running, half.stay) == (4, 4, 0)


def test_what_finds_no_room_says_what_is_short() -> None:
    plan = plan_of(
        tolerateZoneLoss=0,
        nodeGroups=[{**GROUP, "maxSize": 6}],
        workloads=[{**WEB, "replicas": 18}],
    )
    found = lost(plan)["web"]
    # the two nodes of the lost zone start again in the others
    assert found.fit_most == 6
    alone = plan_of(
        tolerateZoneLoss=0, nodeGroups=[{**GROUP, "maxSize": 6}], workloads=[{**WEB, "cpu": "1500m", "replicas": 6}]
    )
    partly = lost(alone, 50)["web"]
    assert (partly.pods, partly.stay) == (1, 0)


def test_N42_pods_with_volumes_wait_for_their_zone() -> None:
    base = {**WEB, "name": "db", "kind": "StatefulSet", "replicas": 3, "zonalStorage": True}
    found = lost(plan_of(nodeGroups=[GROUP], workloads=[base]))["db"]
    assert (found.pods, found.fit_running, found.fit_most, found.stay) == (1, 0, 0, 1)
    assert f"its volumes are in {ZONE}" in found.why
    assert "node object is gone" in found.why


def test_N42_where_only_a_part_of_the_zone_is_lost_its_other_nodes_take_them() -> None:
    base = {**WEB, "name": "db", "replicas": 6, "zonalStorage": True}
    found = lost(plan_of(nodeGroups=[GROUP], workloads=[base]), 50)["db"]
    assert (found.pods, found.stay) == (1, 0)


def test_N39_a_large_zone_is_evicted_slowly_and_a_small_one_not_at_all_when_most_of_it_is_silent() -> None:
    small = lost(plan_of(nodeGroups=[{**GROUP, "desiredSize": 30}], workloads=[{**WEB, "replicas": 30}]), 60)
    assert (small["web"].first, small["web"].stay) == (None, small["web"].pods)
    assert small["web"].why == "eviction stops"
    big = {**GROUP, "maxSize": 180, "desiredSize": 180}
    large = lost(plan_of(nodeGroups=[big], workloads=[{**WEB, "replicas": 180}]), 60)["web"]
    assert (large.first, large.last) == (350, 350 + 35 * 100)  # 36 of 60 nodes, one in 100 s
    assert large.stay == 0


def test_N40_no_pod_is_counted_twice_or_lost() -> None:
    plan = plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "replicas": 13}])
    where = [lost(plan, zone=zone)["web"] for zone in world_of_plan(plan).zones]
    assert sum(one.pods for one in where) == 13
    assert all(one.fit_running <= one.fit_most and one.fit_most + one.stay == one.pods for one in where)


def test_the_timeline_of_a_part_says_the_other_case_as_well() -> None:
    world = world_of_plan(plan_of(nodeGroups=[{**GROUP, "maxSize": 90}]))
    zone = world.zones[0]
    whole = " ".join(one.what for one in timeline(world, zone, FACTS))
    assert "fully disrupted" in whole
    part = timeline(world, zone, FACTS, 60)
    assert [one.seconds for one in part] == [0, 50, 50]
    assert "eviction stops" in part[-1].what
    assert "stops (50 nodes or fewer" in remarks(world, FACTS, zone)[0]
    assert "goes on at 0.1" in remarks(world, FACTS, zone, 60)[0]
    wide = world_of_plan(plan_of(nodeGroups=[{**GROUP, "maxSize": 300}]))
    slow = timeline(wide, zone, FACTS, 60)
    assert slow[-1].seconds == 50 + 59 * 100 + 300
    assert "0.01" in remarks(wide, FACTS, zone)[0]
    few = timeline(world, zone, FACTS, 40)
    assert "normal" in few[2].what
    assert few[-1].seconds == 50 + 11 * 10 + 300


@given(st.integers(0, 200), st.integers(1, 6))
def test_nodes_are_balanced_over_zones(count: int, zones: int) -> None:
    found = even(count, "abcdef"[:zones])
    assert sum(found.values()) == count
    assert max(found.values()) - min(found.values()) <= 1
