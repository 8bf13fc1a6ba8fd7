"""Pods on given nodes: never more than fits, none lost, zones kept."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.packing.model import PodKind
from planner.capacity.packing.place import Spot, put, settle
from planner.capacity.packing.shapes import NodeShape

ZONES = ("a", "b", "c")
SHAPE = NodeShape(4_000, 8_192, 10)


def spots(*counts: int) -> list[Spot]:
    return [Spot.empty(zone, SHAPE) for zone, count in zip(ZONES, counts, strict=True) for _ in range(count)]


kinds = st.lists(
    st.builds(
        PodKind,
        st.sampled_from(["p", "q", "r"]),
        st.integers(0, 5_000),
        st.integers(0, 9_000),
        st.integers(0, 30),
        spread=st.booleans(),
        zonal=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda one: one.name,
)


@given(kinds, st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
def test_nodes_never_hold_more_than_they_have_and_no_pod_is_lost(pods: list[PodKind], a: int, b: int, c: int) -> None:
    nodes, left = settle(spots(a, b, c), pods, ZONES)
    by_name = {one.name: one for one in pods}
    for node in nodes:
        assert min(node.cpu, node.memory, node.slots) >= 0
        assert sum(node.pods.values()) + node.slots == SHAPE.pods
        used = sum(by_name[name].cpu_millicores * count for name, count in node.pods.items())
        assert used + node.cpu == SHAPE.cpu_millicores
    placed = Counter[str]()
    for node in nodes:
        placed.update(node.pods)
    assert all(placed[one.name] + left.get(one.name, 0) == one.replicas for one in pods)


def test_pods_of_a_workload_are_spread_over_nodes_and_zones() -> None:
    nodes, left = settle(spots(2, 2, 2), [PodKind("p", 100, 100, 12)], ZONES)
    assert not left
    assert {one.pods["p"] for one in nodes} == {2}


def test_where_spreading_leaves_no_room_the_largest_go_first_onto_the_first_that_hold_them() -> None:
    """Two large pods and small ones: spread evenly, the small ones would be in a large one's way."""
    large, small = PodKind("large", 4_000, 100, 1, spread=False), PodKind("small", 1_000, 100, 4, spread=False)
    nodes, left = settle([Spot.empty("a", SHAPE), Spot.empty("a", SHAPE)], [small, large], ("a",))
    assert not left
    assert sorted(tuple(one.pods.items()) for one in nodes) == [(("large", 1),), (("small", 4),)]


def test_pods_with_volumes_stay_in_their_zone() -> None:
    _, left = settle(spots(1, 1, 0), [PodKind("db", 4_000, 100, 3, zonal=True)], ZONES)
    assert left == {"db": 1}
    _, moved = settle(spots(2, 1, 0), [PodKind("web", 4_000, 100, 3)], ZONES)
    assert moved == {}


def test_what_is_left_over_is_counted() -> None:
    node = Spot.empty("a", SHAPE)
    assert put([node], PodKind("p", 1_000, 1, 0), 6) == 2
    assert put([node], PodKind("p", 1_000, 1, 0), 1, even=True) == 1
