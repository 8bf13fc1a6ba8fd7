"""Aligned blocks: properties of the free space."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.model import Catalog
from planner.network.cidr import FreeSpace, merged_blocks, prefix_for, subnet_prefix, usable
from tests.strategies import networks
from tests.support.plans import embedded


@pytest.mark.parametrize(
    ("addresses", "length"),
    [
        (1, 28),
        (11, 28),
        (12, 27),
        (27, 27),
        (28, 26),
        (251, 24),
        (252, 23),
        (1019, 22),
        (1020, 21),
        (65531, 16),
        (65532, 15),
    ],
)
def test_five_addresses_are_reserved(addresses: int, length: int, catalog: Catalog) -> None:
    assert subnet_prefix(addresses, catalog.facts) == length


@given(st.integers(0, 100_000))
def test_the_block_holds_what_it_must_and_half_of_it_does_not(addresses: int) -> None:
    catalog: Catalog = embedded()
    length = subnet_prefix(addresses, catalog.facts)
    assert usable(IPv4Network((0, length)), catalog.facts) >= addresses
    if length < 28:
        assert usable(IPv4Network((0, length + 1)), catalog.facts) < addresses


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="no IPv4 block"):
        prefix_for(2**32, 1)
    with pytest.raises(ValueError, match="no IPv4 block"):
        prefix_for(-1)


@given(networks(8, 20), st.lists(networks(8, 30), max_size=12), st.lists(st.integers(16, 28), max_size=30))
def test_taken_blocks_are_inside_aligned_and_never_overlap(
    space: IPv4Network, taken: list[IPv4Network], wanted: list[int]
) -> None:
    free = FreeSpace([space], taken)
    before = free.addresses
    got = [block for length in wanted if (block := free.take(length)) is not None]
    assert free.addresses == before - sum(block.num_addresses for block in got)
    for number, block in enumerate(got):
        assert block.subnet_of(space)
        assert not any(block.overlaps(other) for other in taken)
        assert not any(block.overlaps(other) for other in got[:number])
    for block in got:
        free.give_back(block)
    assert free.addresses == before
    assert free.blocks() == FreeSpace([space], taken).blocks()


@given(networks(8, 20), st.lists(networks(8, 30), max_size=12))
def test_free_blocks_are_exactly_what_is_not_taken(space: IPv4Network, taken: list[IPv4Network]) -> None:
    free = FreeSpace([space], taken)
    inside = merged_blocks(block for block in taken if block.overlaps(space))
    if any(space.subnet_of(block) for block in inside):
        assert free.addresses == 0
        return
    assert free.addresses == space.num_addresses - sum(block.num_addresses for block in inside)
    for block in free.blocks():
        assert not any(block.overlaps(other) for other in inside)


@given(st.permutations([16, 18, 18, 20, 22, 22, 24, 28, 28]), st.integers(0, 255))
def test_large_first_never_fails_for_fragmentation(lengths: list[int], octet: int) -> None:
    total = sum(2 ** (32 - length) for length in lengths)
    space = IPv4Network((octet << 24, prefix_for(total)))
    free = FreeSpace([space])
    assert all(free.take(length) is not None for length in sorted(lengths))


def test_the_smallest_fitting_block_is_taken_so_that_large_ones_stay_whole() -> None:
    free = FreeSpace([IPv4Network("10.0.0.0/16")], [IPv4Network("10.0.1.0/24")])
    assert free.take(24) == IPv4Network("10.0.0.0/24")
    assert free.take(17) == IPv4Network("10.0.128.0/17")
    assert free.largest == 18


def test_overlapping_blocks_count_once() -> None:
    space = FreeSpace([IPv4Network("10.0.0.0/16"), IPv4Network("10.0.0.0/24"), IPv4Network("10.1.0.0/16")])
    assert space.addresses == 2 * 65536
