"""Version updates of managed node groups (notes N16, N21, N40, N42): phases, rounds, bounds, stuck pods."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.packing.model import PodKind
from planner.capacity.packing.shapes import NodeShape
from planner.diagnostics import Kind
from planner.nodegroups.updates.capacity import pending, short
from planner.nodegroups.updates.drain import drain, most_pods, seconds_of
from planner.nodegroups.updates.model import How, OldNode, Played, Strategy, Tenant, Timings, UpdatedGroup, timings
from planner.nodegroups.updates.play import play
from planner.nodegroups.updates.stuck import stuck
from planner.nodegroups.updates.surge import announced, at_once, surge
from planner.plan.loads import even
from tests.support.plans import embedded

TIMES = Timings(setup=100, boot=50, terminate=10, step=20, ready=60, wait=60, limit=900)
ZONES = ("a", "b", "c")


def tenant(name: str = "web", replicas: int = 6, **changes: Any) -> Tenant:
    pods = PodKind(name, 500, 512, replicas, zonal=changes.pop("zonal", False))
    base: dict[str, Any] = {"kind": "Deployment", "allowed": None, "budget": "", "budgets": 0, "grace": 30, "ready": 60}
    return Tenant(pods, **{**base, "index": 0, **changes})


def group(
    nodes: int, *tenants: Tenant, zones: tuple[str, ...] = ZONES, lost: frozenset[str] = frozenset(), most: int = 0
) -> UpdatedGroup:
    """A group whose nodes carry equal shares of all pods."""
    left = [zone for zone in zones if zone not in lost]
    where = [zone for zone, count in even(nodes, left).items() for _ in range(count)]
    old = []
    for number, zone in enumerate(where):
        shares = [(one.name, len(range(number, one.pods.replicas, max(nodes, 1)))) for one in tenants]
        old.append(OldNode(zone, tuple(sorted((name, count) for name, count in shares if count))))
    return UpdatedGroup("g", zones, tuple(old), most or max(nodes, 1), tenants, NodeShape(4_000, 8_192, 30), lost)


def how(number: int = 1, strategy: Strategy = Strategy.DEFAULT, **changes: Any) -> How:
    return How(strategy, number, **{"timings": TIMES, **changes})


def kinds(played: Played) -> list[str]:
    return [one.kind for one in played.phases]


def test_N21_the_four_phases_follow_each_other_without_a_gap() -> None:
    played = play(group(3), how())
    assert kinds(played) == ["setup", "scale-up", "round", "round", "round", "scale-down"]
    assert played.phases[0].start == 0
    for one, following in zip(played.phases, played.phases[1:], strict=False):
        assert one.end == following.start
    assert played.phases[-1].end == played.expected


def test_N21_the_time_of_a_default_update_is_the_sum_of_its_phases() -> None:
    """setup + boot + rounds × (drain + 60 + terminate) + surge × step."""
    played = play(group(3, tenant(replicas=3)), how())
    assert played.expected == 100 + 50 + 3 * (30 + 60 + 10) + 6 * 20
    assert played.worst == 100 + 50 + 3 * (900 + 60 + 10) + 6 * 20


def test_N21_minimal_starts_no_further_node_and_waits_for_each_round() -> None:
    played = play(group(3, tenant(replicas=3)), how(strategy=Strategy.MINIMAL))
    assert kinds(played) == ["setup", "round", "round", "round"]
    assert played.peak == 3
    assert played.expected == 100 + 3 * (30 + 60 + 10 + 50)


@pytest.mark.parametrize(
    ("zones", "number", "nodes"),
    [(5, 1, 10), (5, 20, 20), (5, 10, 10), (5, 11, 11), (1, 1, 2), (3, 6, 6), (3, 7, 7)],
    ids=["AWS's example of 10", "AWS's example of 20", "equal", "one more", "one zone", "2 × 3", "7"],
)
def test_N21_the_surge_is_the_larger_of_twice_the_zones_and_max_unavailable(
    zones: int, number: int, nodes: int
) -> None:
    names = tuple("abcde"[:zones])
    played = play(group(30, zones=names), how(number))
    assert surge(group(30, zones=names), how(number)) == nodes
    assert played.peak == 30 + nodes == announced(group(30, zones=names), how(number)).total


def test_a_lost_zone_leaves_the_same_surge_to_fewer_zones() -> None:
    whole, less = group(6), group(6, lost=frozenset("a"))
    assert surge(less, how()) == surge(whole, how()) == 6
    assert announced(less, how()).per_zone == 6
    assert play(less, how()).peak_by_zone == {"b": 6, "c": 6}


def test_a_percentage_is_shown_rounded_both_ways() -> None:
    assert at_once(None, 33, 10, 100) == (3, 4)
    assert at_once(None, 20, 10, 100) == (2,)
    assert at_once(None, 1, 10, 100) == (1,)
    assert at_once(None, 100, 450, 100) == (100,)
    assert at_once(None, None, 10, 100) == (1,)
    assert at_once(7, None, 10, 100) == (7,)


def test_N21_the_scale_down_ends_at_once_where_the_autoscaler_scales_up() -> None:
    grown = group(3, most=5)
    played = play(grown, how(autoscaler=True))
    assert played.final == played.peak == 5 + 6 == announced(grown, how(autoscaler=True)).total
    assert play(grown, how()).final == 3


def test_nothing_is_started_for_a_group_without_nodes() -> None:
    played = play(group(0), how())
    assert (played.rounds, played.peak, kinds(played)) == (0, 0, ["setup"])


def test_N21_a_budget_lets_pods_go_in_waves_and_the_drain_waits_for_replacements() -> None:
    """Nine pods, two at a time: five waves, four waits of 60 s, and the last pods' grace."""
    assert seconds_of(tenant(allowed=2, budgets=1), 9) == 4 * 60 + 30
    assert seconds_of(tenant(allowed=2, budgets=1), 2) == 30
    assert seconds_of(tenant(allowed=2, budgets=1), 9, late=50) == 50 + 4 * 60 + 30
    assert seconds_of(tenant(), 9, late=50) == seconds_of(tenant(), 9) == 30
    assert seconds_of(tenant(allowed=2, budgets=1), 0) == 0


def test_a_stateful_set_makes_a_replacement_when_the_pod_before_it_is_gone() -> None:
    assert seconds_of(tenant(kind="StatefulSet", allowed=1, budgets=1), 3) == 2 * (60 + 30) + 30


def test_nodes_that_are_drained_together_share_the_budget_and_the_slowest_workload_decides() -> None:
    slow, fast = tenant("slow", allowed=1, budgets=1), tenant("fast", grace=90)
    nodes = [OldNode("a", (("fast", 1), ("slow", 2))), OldNode("b", (("slow", 1),))]
    tenants = {one.name: one for one in (slow, fast)}
    assert drain(nodes[:1], tenants).seconds == 90
    together = drain(nodes, tenants)
    assert (together.seconds, together.slowest) == (2 * 60 + 30, "slow")


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"allowed": 0, "budgets": 1, "budget": "minAvailable 100%"}, "update-budget-zero", "0 of 6 pods may go"),
        ({"allowed": 0, "budgets": 2, "budget": "x and y"}, "update-budget-twice", "2 budgets"),
        ({"returns": True}, "update-returns", "node.kubernetes.io/unschedulable"),
        ({"grace": 901}, "update-grace", "terminationGracePeriodSeconds 901"),
        ({"allowed": 1, "budgets": 1, "ready": 900}, "update-drain", "up to 2 pods"),
    ],
    ids=["zero allowed", "two budgets", "tolerates everything", "long grace", "slow"],
)
def test_N21_stuck_pods_are_found_and_fail_the_update_with_PodEvictionFailure(
    changes: dict[str, Any], code: str, said: str
) -> None:
    held = group(3, tenant(**changes))
    (found,) = stuck(held, how())
    assert (found.kind, found.code) == (Kind.INFEASIBLE, code)
    assert found.note in ("N16", "N21", "N40")
    assert said in found.value
    assert found.fix
    assert found.source.startswith("https://")
    assert found.path[:3] == ("spec", "workloads", 0)
    played = play(held, how())
    assert played.failure is not None
    assert (played.failure.code, played.failure.workload) == ("PodEvictionFailure", "web")
    assert kinds(played)[-1] == "round"
    assert played.phases[-1].failed
    assert played.phases[-1].end - played.phases[-1].start == 900


@pytest.mark.parametrize(
    "changes",
    [
        {"allowed": 1, "budgets": 1},
        {"grace": 900},
        {"allowed": 1, "budgets": 1, "ready": 870},
        {"allowed": 6, "budgets": 1},
        {},
    ],
    ids=["one allowed", "just in time", "two waves just in time", "all allowed", "no budget"],
)
def test_their_neighbours_drain(changes: dict[str, Any]) -> None:
    held = group(3, tenant(**changes))
    assert list(stuck(held, how())) == []
    assert play(held, how()).failure is None


def test_N40_a_single_pod_with_a_budget_of_one_can_never_go() -> None:
    (found,) = stuck(group(3, tenant(replicas=1, allowed=0, budgets=1, budget="minAvailable 1")), how())
    assert "only pod may never go" in found.summary
    assert "second replica" in found.fix


def test_N21_force_deletes_pods_when_the_time_is_up_and_says_whose() -> None:
    held = group(3, tenant(allowed=0, budgets=1))
    played = play(held, how(force=True))
    assert played.failure is None
    assert played.forced == ("web",)
    assert played.expected == 100 + 50 + 3 * (900 + 60 + 10) + 6 * 20 == played.worst
    (found,) = stuck(held, how(force=True))
    assert found.kind is Kind.NOTICE
    assert "--force" in found.summary


def test_a_drain_that_depends_on_which_nodes_EKS_chooses_is_a_risk_only() -> None:
    """Two pods on one node and none on the others: at once with two nodes all may be two."""
    lone = UpdatedGroup(
        "g",
        ZONES,
        (OldNode("a", (("web", 1),)), OldNode("b", ()), OldNode("c", (("web", 1),))),
        3,
        (tenant(replicas=2, allowed=1, budgets=1, ready=900),),
    )
    (found,) = stuck(lone, how(2))
    assert found.kind is Kind.NOTICE
    assert most_pods(lone.nodes, "web", 2) == 2
    assert play(lone, how(2)).failure is None  # taken zone by zone: a with b, then c


def test_workloads_without_a_pod_on_the_group_stop_nothing() -> None:
    elsewhere = UpdatedGroup("g", ZONES, (OldNode("a"),), 1, (tenant(allowed=0, budgets=1),))
    assert list(stuck(elsewhere, how())) == []


def test_evicted_pods_wait_for_new_nodes_that_still_boot() -> None:
    """Six at once with a surge of six: the second round finds the nodes of the first still booting."""
    slow = Timings(setup=0, boot=500, terminate=10, step=0, ready=60, wait=60, limit=900)
    played = play(group(12, tenant(replicas=12)), how(6, timings=slow))
    assert played.late == 500
    assert play(group(12, tenant(replicas=12)), how(1, timings=slow)).late == 0


def test_N21_minimal_needs_room_for_the_pods_of_the_nodes_that_go() -> None:
    full = group(3, tenant(replicas=24))  # eight pods of 500m fill a node
    (found,) = short(full, how(strategy=Strategy.MINIMAL))
    assert (found.kind, found.code) == (Kind.NOTICE, "update-capacity")
    assert "8 pods without a node" in found.value
    (held,) = short(group(3, tenant(replicas=24, allowed=2, budgets=1)), how(strategy=Strategy.MINIMAL))
    assert held.kind is Kind.INFEASIBLE
    assert list(short(full, how())) == []
    assert list(short(group(3, tenant(replicas=15)), how(strategy=Strategy.MINIMAL))) == []
    assert pending(group(3, tenant(replicas=16)), 1) == {}
    assert pending(group(3, tenant(replicas=17)), 1) == {"web": 1}


def test_N42_pods_with_volumes_need_new_nodes_in_their_own_zone() -> None:
    bound = group(9, tenant(zonal=True))
    (found,) = short(bound, how(3))
    assert (found.kind, found.note) == (Kind.NOTICE, "N42")
    assert list(short(bound, how(2))) == []
    assert list(short(group(9, tenant(zonal=True), zones=("a",)), how(9))) == []
    assert sum(pending(group(3, tenant(replicas=6, zonal=True)), 1).values()) == 2  # no other node in the zone


def test_N16_only_two_times_are_documented_and_the_others_are_named_as_assumptions() -> None:
    facts = embedded().facts
    times = timings(facts, {"boot": 7})
    assert (times.limit, times.wait, times.boot) == (900, 60, 7)
    assert "assumptions" in facts["update.assumed"].note
    assert facts.source("update.eviction_seconds").endswith("managed-node-update-behavior.html")


@st.composite
def games(draw: st.DrawFn) -> tuple[UpdatedGroup, How]:
    """Groups of any size with workloads and budgets of any kind, and any way to update them."""
    zones = tuple("abcdef"[: draw(st.integers(1, 6))])
    lost = frozenset(draw(st.sampled_from([(), (), zones[:1]]))) if len(zones) > 1 else frozenset()
    tenants = tuple(
        tenant(
            f"w{number}",
            draw(st.integers(1, 80)),
            kind=draw(st.sampled_from(["Deployment", "StatefulSet"])),
            allowed=draw(st.sampled_from([None, None, 0, 1, 3])),
            grace=draw(st.sampled_from([0, 30, 600, 1000])),
            ready=draw(st.sampled_from([0, 60, 400])),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    nodes = draw(st.integers(0, 60))
    made = group(nodes, *tenants, zones=zones, lost=lost, most=nodes + draw(st.integers(1, 20)))
    return made, How(
        draw(st.sampled_from(list(Strategy))),
        draw(st.integers(1, 100)),
        Timings(
            setup=draw(st.integers(0, 300)),
            boot=draw(st.integers(0, 300)),
            terminate=draw(st.integers(0, 90)),
            step=draw(st.integers(0, 200)),
            ready=60,
            wait=60,
            limit=900,
        ),
        force=draw(st.booleans()),
        autoscaler=draw(st.booleans()),
    )


@given(games())
def test_N21_the_peak_that_is_played_never_exceeds_the_one_that_is_announced(game: tuple[UpdatedGroup, How]) -> None:
    made, setting = game
    bound = announced(made, setting)
    played = play(made, setting)
    assert played.peak <= bound.total
    assert max(played.peak_by_zone.values(), default=0) <= bound.per_zone
    assert all(one.most <= bound.total for one in played.phases)
    assert not set(played.peak_by_zone) & made.lost
    if setting.strategy is Strategy.MINIMAL and not setting.autoscaler:
        assert played.peak == len(made.nodes)
    if made.nodes and setting.strategy is Strategy.DEFAULT and not setting.autoscaler:
        assert played.peak == bound.total  # the bound is reached, so it is no larger than it must be


@given(games())
def test_an_update_replaces_every_node_once_within_its_worst_time_or_fails(game: tuple[UpdatedGroup, How]) -> None:
    made, setting = game
    played = play(made, setting)
    replaced = sum(one.replaced for one in played.phases)
    assert all(one.replaced <= setting.at_once for one in played.phases)
    if played.failure is None:
        assert replaced == len(made.nodes)
        assert played.expected <= played.worst
        if not (setting.autoscaler and setting.strategy is Strategy.DEFAULT):
            assert played.final == len(made.nodes)
    else:
        assert not setting.force
        assert replaced < len(made.nodes)


@given(games())
def test_without_stuck_pods_only_waits_for_nodes_can_fail_a_drain(game: tuple[UpdatedGroup, How]) -> None:
    made, setting = game
    played = play(made, setting)
    if played.failure is not None and not list(stuck(made, setting)):
        assert played.late > 0 or played.failure.seconds is not None
        assert setting.strategy is Strategy.DEFAULT
