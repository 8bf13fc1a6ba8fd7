"""Bad days on plans (notes N21, N29, N39, N40): what fits, where it breaks first, what would help."""

from __future__ import annotations

import dataclasses
import re
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.catalog.facts import Facts
from planner.plan.build import build
from planner.plan.model import Plan
from planner.plan.scenarios.of_plan import world_of_plan
from planner.plan.scenarios.play import ALL, Growth, Outcome, play
from planner.plan.scenarios.world import World
from planner.plan.scenarios.zone_loss import timeline
from planner.templates import render
from tests.support.plans import FEASIBLE, embedded, load, plan_example, plan_of, spec_text

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 30, "desiredSize": 6}
TIGHT: dict[str, Any] = {
    "vpc": {"cidr": "10.0.0.0/20", "layout": "minimal"},
    "loadBalancers": {"public": 0, "internal": 0},
    "tolerateZoneLoss": 0,
    "growthPercent": 0,
    "nodeGroups": [{**GROUP, "maxSize": 24, "update": {"strategy": "minimal"}}],
}
"""Eight nodes of 30 addresses in each zone's /24; twelve do not fit."""


def growth(percent: int = 5, months: int = 24, most: int = 100_000) -> Growth:
    return Growth(percent, months, most)


def outcome(name: str, plan: Plan, growing: Growth | None = None) -> Outcome:
    (found,) = play(world_of_plan(plan), growing or growth(), (name,))
    return found


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_example_survives_what_its_plan_counts_with(name: str) -> None:
    plan = plan_example(name)
    for one in play(world_of_plan(plan), growth(), ("all-max", "update", "fragmentation")):
        assert one.fits, (one.name, one.change)
    tolerated = plan.spec["spec"].get("tolerateZoneLoss", 1)
    assert outcome("zone-loss", plan).fits or not tolerated


def test_a_plan_without_room_for_a_zone_loss_says_where_it_breaks() -> None:
    found = outcome("zone-loss", plan_of(**TIGHT))
    assert not found.fits
    assert found.filled is not None
    first = found.filled.first
    assert first is not None
    lost = found.worst.removeprefix("without ")
    assert first.zone != lost
    assert first.singles_needed > first.singles_free
    assert found.filled.fit < found.filled.wanted == 24
    assert first.zone in found.change
    assert "add a subnet of /" in found.change


def test_the_number_of_nodes_that_is_said_to_fit_does() -> None:
    found = outcome("zone-loss", plan_of(**TIGHT))
    advised = re.search(r"keep the nodes of general to (\d+) or less", found.change)
    assert advised is not None
    most = int(advised[1])
    plan = plan_of(**TIGHT)
    for size, fits in ((most, True), (most + 1, False)):
        world = world_of_plan(plan)
        (crowd,) = world.crowds
        smaller = dataclasses.replace(world, crowds=(dataclasses.replace(crowd, most=size),))
        (again,) = play(smaller, growth(), ("zone-loss",))
        assert again.fits is fits, size


def test_the_subnet_that_is_advised_is_enough() -> None:
    found = outcome("zone-loss", plan_of(**TIGHT))
    assert found.filled is not None
    world = world_of_plan(plan_of(**TIGHT))
    rooms = []
    for room in world.rooms:
        advised = re.search(
            rf"{re.escape(room.zone)} lacks [\d,]+ addresses in ([^:]+): add a subnet of /(\d+)", found.change
        )
        places = room.places
        if advised and advised[1] == ", ".join(place.name for place in room.places):
            more = dataclasses.replace(places[0], name="more", cidr=IPv4Network(f"10.1.0.0/{advised[2]}"), used=0)
            places = (*places, more)
        rooms.append(dataclasses.replace(room, places=places))
    lost = found.worst.removeprefix("without ")
    wider = dataclasses.replace(world, rooms=tuple(rooms))
    (again,) = play(wider, growth(), ("zone-loss",))
    # with that zone lost it fits now; another loss may still lack room in the zones not advised about
    assert again.fits or again.worst != f"without {lost}"


def test_N21_minimal_updates_start_no_further_nodes_and_others_two_for_each_zone() -> None:
    """max(2 × zones, maxUnavailable): three zones start six nodes more."""
    plan = plan_of(nodeGroups=[GROUP])
    found = outcome("update", plan)
    assert "general (+6 nodes)" in found.worst
    assert found.filled is not None
    assert found.filled.wanted == 36
    minimal = outcome("update", plan_of(nodeGroups=[{**GROUP, "update": {"strategy": "minimal"}}]))
    assert "general (+0 nodes)" in minimal.worst


def test_updates_of_all_groups_at_once_take_the_sum() -> None:
    groups = [{**GROUP, "name": name} for name in ("a", "b", "c")]
    found = outcome("update-all", plan_of(nodeGroups=groups))
    assert found.worst == "+18 nodes"


def test_N29_fragmentation_breaks_without_reservations_and_not_with_them() -> None:
    plan = plan_of(
        cni={"mode": "prefix"},
        vpc={"cidr": "10.0.0.0/16", "layout": "minimal"},
        nodeGroups=[{**GROUP, "maxSize": 24, "update": {"strategy": "minimal"}}],
        tolerateZoneLoss=0,
    )
    found = outcome("fragmentation", plan)
    assert found.applies
    assert found.fits
    counted = re.search(r"(\d+) of (\d+) nodes would find", found.note)
    assert counted is not None
    assert int(counted[1]) < int(counted[2]) == 24


def test_fragmentation_means_nothing_for_single_addresses() -> None:
    found = outcome("fragmentation", plan_of())
    assert (found.applies, found.fits) == (False, True)


@pytest.mark.parametrize("percent", [1, 5, 20, 100])
def test_growth_ends_in_the_month_that_counting_finds(percent: int) -> None:
    plan = plan_of(nodeGroups=[GROUP])
    found = outcome("growth", plan, growth(percent, months=1))
    assert found.months is not None
    assert outcome("growth", plan, growth(percent, months=max(found.months, 1))).fits
    assert not outcome("growth", plan, growth(percent, months=found.months + 1)).fits


def test_growth_stops_at_what_a_cluster_may_have() -> None:
    plan = plan_of(nodeGroups=[GROUP])
    found = outcome("growth", plan, growth(100, months=24, most=10))
    assert (found.fits, found.months) == (False, 0)
    assert "more than 10 nodes" in found.worst


def test_nothing_grows_with_0_percent() -> None:
    found = outcome("growth", plan_of(), growth(0))
    assert (found.applies, found.months) == (False, None)


def test_the_bad_day_is_never_better_than_a_single_one() -> None:
    for name in FEASIBLE:
        played = {one.name: one for one in play(world_of_plan(plan_example(name)), growth())}
        bad = played["bad-day"]
        assert set(played) == set(ALL)
        assert bad.filled is not None
        if bad.fits:
            assert all(played[other].fits for other in ("all-max", "update", "update-all", "zone-loss"))


def test_N39_N40_a_lost_zone_is_noticed_before_pods_move(catalog: Any) -> None:
    """50 s until a node is Unknown, 300 s that pods tolerate, one node tainted every 10 s."""
    world = world_of_plan(plan_of(nodeGroups=[{**GROUP, "maxSize": 90}]))
    moments = timeline(world, world.zones[0], catalog.facts)
    seconds = [one.seconds for one in moments]
    assert seconds == sorted(seconds)
    assert 50 in seconds
    assert 350 in seconds
    last_taint = 50 + (30 - 1) * 10
    assert any(abs(one - last_taint) <= 10 for one in seconds)


def test_nodes_that_need_two_rooms_give_the_first_back_when_the_second_is_full() -> None:
    plan = plan_of(cni={"customNetworking": True}, nodeGroups=[{**GROUP, "maxSize": 60}])
    world: World = world_of_plan(plan)
    (crowd,) = world.crowds
    assert crowd.pod_rooms
    for one in play(world, growth()):
        if one.filled is not None:
            for room in one.filled.rooms:
                assert room.usable >= 0
            assert one.filled.pods_fit == one.filled.fit * crowd.pods


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.integers(1, 60),
    loss=st.integers(0, 2),
    growing=st.sampled_from([0, 25, 100]),
    mode=st.sampled_from(["secondary-ip", "prefix"]),
    strategy=st.sampled_from(["default", "minimal"]),
    layout=st.sampled_from(["roomy", "minimal"]),
)
def test_what_a_plan_promises_every_scenario_keeps(
    size: int, loss: int, growing: int, mode: str, strategy: str, layout: str
) -> None:
    """A plan counts with its groups at their maximum, grown, the zones it tolerates lost and one
    update: these scenarios fit in every accepted plan."""
    loaded = load(
        spec_text(
            nodeGroups=[
                {"name": "g", "instanceTypes": ["m5.xlarge"], "maxSize": size, "update": {"strategy": strategy}}
            ],
            tolerateZoneLoss=loss,
            growthPercent=growing,
            cni={"mode": mode},
            vpc={"layout": layout},
            loadBalancers={"internal": 1},
        )
    )
    assert loaded.document is not None
    plan = build(loaded.document, embedded(), render).plan
    if plan is None:
        return
    played = {one.name: one for one in play(world_of_plan(plan), growth(5, 1))}
    for name in ("all-max", "update", "update-all", "fragmentation"):
        assert played[name].fits, (name, played[name].change)
    if loss:
        assert played["zone-loss"].fits, played["zone-loss"].change
        assert played["bad-day"].fits, played["bad-day"].change


def test_facts_of_the_timeline_have_a_source(catalog: Any) -> None:
    facts: Facts = catalog.facts
    world = world_of_plan(plan_of())
    moments = timeline(world, world.zones[0], facts)
    assert all(one.what and one.source.startswith("https://") for one in moments)
