"""The cheapest nodes for pods: against the true optimum, through the loss of zones, and interrupted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.capacity.packing.model import Budget, NodeKind, Packing, PodKind, PodTooLargeError, Problem
from planner.capacity.packing.solve import pack
from planner.capacity.packing.verify import faults
from planner.capacity.packing.zones import shares
from tests.capacity.packing.problems import clock, optimum, pods, thirty_types

NODES = (NodeKind("small", 2000, 4096, 10, 5), NodeKind("large", 4000, 16384, 20, 11))


def sound(problem: Problem, packing: Packing) -> None:
    assert faults(problem, packing) == []
    assert packing.lower_bound <= packing.cost <= packing.first_fit
    if packing.single_kind is not None:
        assert packing.cost <= packing.single_kind


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    names = [f"n{number}" for number in range(draw(st.integers(1, 3)))]
    nodes = tuple(
        NodeKind(
            name, draw(st.integers(4, 12)), draw(st.integers(4, 12)), draw(st.integers(1, 4)), draw(st.integers(1, 9))
        )
        for name in names
    )
    kinds = tuple(
        PodKind(
            f"p{number}",
            draw(st.integers(0, 4)),
            draw(st.integers(0, 4)),
            draw(st.integers(0, 3)),
            draw(st.sampled_from([None, None, frozenset(names[:1])])),
        )
        for number in range(draw(st.integers(1, 3)))
    )
    return Problem(kinds, nodes)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_problems())
def test_N38_bound_optimum_and_cost_are_in_order(problem: Problem) -> None:
    packing = pack(problem)
    sound(problem, packing)
    best = optimum(problem)
    assert packing.lower_bound <= best <= packing.cost
    # so few pods are packed as well as can be, nearly always within one small node
    assert packing.cost <= best + max(node.cost for node in problem.nodes)
    assert pack(problem) == packing


@pytest.mark.parametrize(
    ("shape", "seconds"),
    [((40, 25, 100, 2000), 8.0), ((1000, 1, 100, 2000), 8.0), ((100, 10, 1500, 9000), 12.0)],
    ids=["40 workloads", "1,000 different pods", "100 large workloads"],
)
def test_a_thousand_pods_over_thirty_types_come_within_3_percent(
    shape: tuple[int, int, int, int], seconds: float
) -> None:
    problem = Problem(pods(*shape, seed=3), thirty_types())
    assert (sum(one.replicas for one in problem.pods), len(problem.nodes)) == (1000, 30)
    packing = pack(problem, clock(seconds))
    sound(problem, packing)
    assert packing.gap <= 0.03
    assert packing.first_fit > packing.cost * 1.05


def test_the_cheapest_of_two_kinds_by_hand() -> None:
    # four pods of a core and a GiB: two small nodes (10) beat one large (11) and the others
    packing = pack(Problem((PodKind("web", 1000, 1024, 4),), NODES))
    assert (packing.cost, dict(packing.counts())) == (10, {"small": 2})
    # with 4 GiB each only large ones carry two and more
    heavy = pack(Problem((PodKind("web", 1000, 4000, 4),), NODES))
    assert (heavy.cost, dict(heavy.counts())) == (11, {"large": 1})


def test_N27_pods_stay_on_the_kinds_that_may_carry_them() -> None:
    kinds = (PodKind("arm", 500, 512, 3, frozenset({"large"})), PodKind("any", 500, 512, 3))
    packing = pack(Problem(kinds, NODES))
    assert {node.kind for node in packing.nodes if "arm" in dict(node.pods)} == {"large"}


def test_nothing_to_carry_costs_nothing() -> None:
    packing = pack(Problem((PodKind("none", 500, 512, 0),), NODES))
    assert (packing.nodes, packing.cost, packing.gap, packing.complete) == ((), 0, 0.0, True)


def test_a_hundred_thousand_replicas() -> None:
    problem = Problem((PodKind("web", 250, 300, 100_000), PodKind("job", 1000, 900, 10_000)), thirty_types())
    packing = pack(problem, clock(10))
    sound(problem, packing)
    assert packing.gap <= 0.01


def test_a_pod_that_fits_nowhere_is_named() -> None:
    with pytest.raises(PodTooLargeError, match="giant") as raised:
        pack(Problem((PodKind("web", 100, 100, 1), PodKind("giant", 9000, 100, 1)), NODES))
    assert raised.value.pod.cpu_millicores == 9000


@pytest.mark.parametrize(("zones", "lost"), [(1, 1), (3, 3), (2, 5), (3, -1)])
def test_some_zone_must_be_left(zones: int, lost: int) -> None:
    with pytest.raises(ValueError, match="none is left"):
        pack(Problem((PodKind("web", 100, 100, 1),), NODES, zones, lost))


def test_nodes_are_not_free() -> None:
    with pytest.raises(ValueError, match="1 millionth or more"):
        pack(Problem((PodKind("web", 100, 100, 1),), (NodeKind("free", 1000, 1000, 10, 0),)))


@st.composite
def zoned_problems(draw: st.DrawFn) -> Problem:
    zones = draw(st.integers(2, 4))
    kinds = tuple(
        PodKind(
            f"p{number}",
            draw(st.integers(1, 1800)),
            draw(st.integers(1, 3800)),
            draw(st.integers(0, 9)),
            zonal=draw(st.sampled_from([False, False, True])),
            spread=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    return Problem(kinds, NODES, zones, draw(st.integers(0, zones - 1)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(zoned_problems())
def test_N42_every_share_fits_into_every_zone(problem: Problem) -> None:
    packing = pack(problem)
    sound(problem, packing)
    if not problem.lost:
        return
    by_zone: dict[int | None, Counter[str]] = {}
    for node in packing.nodes:
        by_zone.setdefault(node.zone, Counter())[node.kind] += node.count
    if not by_zone:
        return
    if any(pod.spread or pod.zonal for pod in problem.pods):
        assert len(by_zone) == problem.zones
    problem = replace(problem, zones=len(by_zone))
    assert problem.lost < problem.zones
    assert len({tuple(sorted(counts.items())) for counts in by_zone.values()}) == 1
    counts = next(iter(by_zone.values()))
    kinds = {node.name: node for node in problem.nodes}
    for part in shares(problem):
        # these nodes and no others must do: each once, by the same search over copies of them
        assert _carries(part, [kinds[name] for name, many in counts.items() for _ in range(many)])


def _carries(part: tuple[PodKind, ...], nodes: list[NodeKind]) -> bool:
    """Whether pods fit onto given nodes, by trying (largest pods first, with memory of failures)."""
    wanted = sorted(
        (pod for pod in part for _ in range(pod.replicas)), key=lambda one: (-one.cpu_millicores, -one.memory_mib)
    )
    failed: set[tuple[int, tuple[tuple[int, int, int], ...]]] = set()

    def place(number: int, rooms: tuple[tuple[int, int, int], ...]) -> bool:
        if number == len(wanted):
            return True
        key = (number, tuple(sorted(rooms)))
        if key in failed:
            return False
        pod = wanted[number]
        for place_, (cpu, memory, slots) in enumerate(rooms):
            if rooms[place_] in rooms[:place_]:
                continue
            if pod.cpu_millicores <= cpu and pod.memory_mib <= memory and slots:
                after = (cpu - pod.cpu_millicores, memory - pod.memory_mib, slots - 1)
                if place(number + 1, (*rooms[:place_], after, *rooms[place_ + 1 :])):
                    return True
        failed.add(key)
        return False

    return place(0, tuple((one.cpu_millicores, one.memory_mib, one.pods) for one in nodes))


@given(zoned_problems())
def test_N42_any_zones_that_are_left_hold_all_pods(problem: Problem) -> None:
    parts = shares(problem)
    left = problem.zones - problem.lost
    assert len(parts) == left
    for pod in problem.pods:
        counts = [sum(one.replicas for one in part if one.name == pod.name) for part in parts]
        if pod.zonal and problem.lost:
            assert set(counts) == {-(-pod.replicas // problem.zones)}
        else:
            assert sum(counts) == pod.replicas
            assert max(counts) - min(counts) <= 1


def test_the_bound_under_a_loss_counts_the_zones_that_are_left() -> None:
    whole = Problem((PodKind("web", 900, 1500, 60),), NODES)
    calm, careful = pack(whole), pack(replace(whole, zones=3, lost=1))
    assert careful.lower_bound * 2 >= calm.lower_bound * 3 * 0.99
    assert careful.cost > calm.cost


def test_an_interruption_keeps_the_best_so_far() -> None:
    calls = 0

    def interrupt() -> float:
        nonlocal calls
        calls += 1
        if calls > 40:
            raise KeyboardInterrupt
        return 60.0

    problem = Problem(pods(60, 10, 300, 6000, seed=1), thirty_types())
    packing = pack(problem, Budget(rounds=5_000, seconds_left=interrupt))
    sound(problem, packing)
    assert packing.interrupted
    assert not packing.complete


@pytest.mark.parametrize(("zones", "lost"), [(1, 0), (3, 0), (3, 1)])
def test_no_time_left_still_gives_a_packing(zones: int, lost: int) -> None:
    problem = Problem(pods(60, 10, 300, 6000, seed=1), thirty_types(), zones, lost)
    packing = pack(problem, Budget(seconds_left=lambda: 0.0))
    sound(problem, packing)
    assert not packing.complete


def test_pods_that_may_be_anywhere_gather_in_fewer_zones() -> None:
    alone = PodKind("one", 1000, 1024, 1, spread=False)
    packing = pack(Problem((alone,), NODES, zones=3, lost=1))
    assert (packing.cost, {node.zone for node in packing.nodes}) == (10, {0, 1})
    assert packing.lower_bound <= 10
    spread = pack(Problem((replace(alone, spread=True, replicas=3),), NODES, zones=3, lost=1))
    assert {node.zone for node in spread.nodes} == {0, 1, 2}
