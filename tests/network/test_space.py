"""Subnets as EC2 hands them out, and the reservations that keep /28 blocks whole (note N29)."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.network.prefixes import (
    blocks,
    blocks_needed,
    prefix_capacity,
    reservations,
    reserved_room,
    whole_blocks,
)
from planner.network.space import Placing, SubnetSpace

lengths = st.integers(16, 28)


@given(lengths, st.integers(0, 3000), st.integers(1, 4094), st.sampled_from(Placing))
def test_what_reservations_promise_can_be_taken_in_any_order(
    length: int, singles: int, prefixes: int, placing: Placing
) -> None:
    cidr = IPv4Network(f"10.0.0.0/{length}")
    if blocks_needed(singles, prefixes) > blocks(length):
        with pytest.raises(ValueError, match="blocks of /28"):
            reservations(cidr, singles, prefixes)
        return
    made = reservations(cidr, singles, prefixes)
    assert all(one.subnet_of(cidr) and one.prefixlen <= 28 for one in made)
    assert not any(one.overlaps(other) for number, one in enumerate(made) for other in made[:number])
    room = reserved_room(cidr, made)
    assert room[0] >= singles
    assert room[1] >= prefixes
    for first in (True, False):
        space = SubnetSpace(cidr, made, placing=placing)
        assert (space.free_singles, space.free_prefixes) == (room[0], room[1] + max(space.free_prefixes - room[1], 0))
        steps = [(singles, 0), (0, prefixes)] if first else [(0, prefixes), (singles, 0)]
        assert all(space.take(*step) for step in steps)


@given(lengths, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4)), max_size=60), st.sampled_from(Placing))
def test_a_subnet_never_gives_more_than_it_has(length: int, steps: list[tuple[int, int]], placing: Placing) -> None:
    cidr = IPv4Network(f"10.0.0.0/{length}")
    space = SubnetSpace(cidr, placing=placing)
    usable = cidr.num_addresses - 5
    assert space.free == usable
    assert space.free_prefixes == prefix_capacity(length)
    for singles, prefixes in steps:
        before = space.free, space.free_prefixes
        taken = space.take(singles, prefixes)
        if not taken:
            assert (space.free, space.free_prefixes) == before
        assert space.singles + 16 * space.prefixes + space.free == usable
        assert space.free_prefixes >= 0


def test_scattered_addresses_spoil_blocks_and_reservations_save_them() -> None:
    cidr = IPv4Network("10.0.0.0/24")
    assert SubnetSpace(cidr, used=14).free_prefixes == 0
    assert SubnetSpace(cidr, used=14, placing=Placing.PACKED).free_prefixes == 14
    assert SubnetSpace(cidr, reservations(cidr, 14, 8), used=14).free_prefixes >= 8


@pytest.mark.parametrize(
    ("cidr", "free", "expected"),
    [
        ("10.0.0.0/24", None, (14, 14)),
        ("10.0.0.0/24", 251, (14, 14)),
        ("10.0.0.0/24", 245, (8, 14)),
        ("10.0.0.0/24", 200, (0, 12)),
        ("10.0.0.0/28", None, (0, 0)),
        ("10.0.0.0/20", 3000, (0, 187)),
    ],
)
def test_free_addresses_bound_whole_blocks(cidr: str, free: int | None, expected: tuple[int, int]) -> None:
    assert whole_blocks(IPv4Network(cidr), free) == expected
