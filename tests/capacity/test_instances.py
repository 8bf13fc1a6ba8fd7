"""Instance types found by what they are and what they carry, and their orders."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.allocatable import allocatable
from planner.capacity.instance_order import NUMBERS, by_name, by_nearness, by_number, natural
from planner.capacity.instances import (
    ANY,
    Filter,
    Found,
    NodeSetup,
    Row,
    Span,
    accelerator_kinds,
    architecture,
    asked,
    find,
    gib_per_vcpu,
    memory_gib,
    removals,
    row_of,
)
from planner.capacity.max_pods import Limiter, PodNetwork, max_pods
from planner.capacity.selection import accelerator_of, generation
from planner.capacity.systems import network_pods
from planner.capacity.trunk import trunk_capable
from planner.catalog import store
from planner.catalog.model import Catalog, InstanceType
from planner.spec.check.disk import DEFAULT_GIB

SETUPS = {
    "secondary-ip": NodeSetup(),
    "prefix": NodeSetup(PodNetwork(prefix=True)),
    "sg-pods": NodeSetup(PodNetwork(security_groups_for_pods=True)),
    "ipv6": NodeSetup(PodNetwork(prefix=True, ipv6=True)),
    "windows": NodeSetup(windows=True),
}


@functools.cache
def embedded() -> Catalog:
    """The embedded catalog, also where a fixture cannot reach."""
    return store.load(store.EMBEDDED)


def search(wanted: Filter, setup: NodeSetup = SETUPS["secondary-ip"]) -> Found:
    """What a filter leaves of the embedded catalog."""
    catalog = embedded()
    return find(catalog.instance_types.values(), wanted, setup, catalog.facts, catalog.load_branches())


def row(name: str, setup: NodeSetup = SETUPS["secondary-ip"]) -> Row:
    """One type of the embedded catalog."""
    catalog = embedded()
    return row_of(catalog.instance_types[name], setup, catalog.facts, catalog.load_branches())


def names(found: Found) -> list[str]:
    """Names in the order found."""
    return [one.instance.name for one in found.rows]


def test_no_filter_takes_every_type(catalog: Catalog) -> None:
    found = search(Filter())
    assert names(found) == list(catalog.instance_types)
    assert found.impossible == ()
    assert asked(Filter()) == ()


def test_N27_a_row_holds_what_a_managed_node_group_gives(catalog: Catalog) -> None:
    """3 × (10 − 1) + 2 = 29 pods; 2,000 − 70 millicores; 8,192 − 615 − (255 + 11 × 29) − 100 MiB;
    51,200 − 1,024 − 5,120 MiB of disk."""
    one = row("m5.large")
    assert (one.pods.pods, one.pods.limiter) == (29, Limiter.ADDRESSES)
    assert one.allocatable.cpu_millicores == 1930
    assert one.allocatable.memory_mib == 8192 - 615 - (255 + 11 * 29) - 100
    assert one.allocatable.ephemeral_storage_mib == 50 * 1024 - 1024 - 5120
    assert (one.branches.count, one.branches.certain) == (9, True)
    assert one.pods_per_vcpu == 14.5
    assert (one.zones, one.price) == (None, None)


@pytest.mark.parametrize("name", ["m5.large", "t4g.nano", "p5.48xlarge", "m7i.metal-24xl"])
def test_N27_rows_agree_with_the_parts_they_are_made_of(name: str, catalog: Catalog) -> None:
    instance, facts = catalog.instance_types[name], catalog.facts
    one = row(name, SETUPS["prefix"])
    assert one.pods == max_pods(instance, PodNetwork(prefix=True), facts)
    assert one.allocatable == allocatable(instance, network_pods(instance, facts), facts, disk_gib=DEFAULT_GIB)


FILTERS: list[tuple[Filter, Callable[[InstanceType], bool]]] = [
    (Filter(vcpu=Span(4, 8)), lambda one: 4 <= one.vcpu <= 8),
    (Filter(vcpu=Span(None, 1)), lambda one: one.vcpu == 1),
    (Filter(memory=Span(16, 16)), lambda one: one.memory_mib == 16384),
    (Filter(ratio=Span(8, None)), lambda one: one.memory_mib / 1024 / one.vcpu >= 7.995),
    (Filter(arch="arm64"), lambda one: one.architectures == ("arm64",)),
    (Filter(arch="x86_64"), lambda one: "x86_64" in one.architectures),
    (Filter(family=("m5", "t3")), lambda one: one.name.startswith(("m5.", "t3."))),
    (Filter(names=("m7*.xlarge", "t3.nano")), lambda one: one.name == "t3.nano" or _like_m7_xlarge(one.name)),
    (Filter(current=True), lambda one: one.current_generation),
    (Filter(local_storage=True), lambda one: one.local_storage_gb > 0),
    (Filter(local_storage=False), lambda one: one.local_storage_gb == 0),
    (Filter(burstable=True), lambda one: one.burstable),
    (Filter(bare_metal=False), lambda one: not one.bare_metal),
    (Filter(nitro=False), lambda one: one.hypervisor == "xen"),
    (Filter(usage="capacity-block"), lambda one: "capacity-block" in one.usage_classes),
    (Filter(accelerator="none"), lambda one: not one.accelerators),
    (Filter(accelerator="any"), lambda one: bool(one.accelerators)),
    (Filter(accelerator="nvidia"), lambda one: any(a.manufacturer == "NVIDIA" for a in one.accelerators)),
    (Filter(accelerator="neuron"), lambda one: any(a.manufacturer == "AWS" for a in one.accelerators)),
    (Filter(trunk=True), trunk_capable),
]


def _like_m7_xlarge(name: str) -> bool:
    return name.startswith("m7") and name.endswith(".xlarge")


@pytest.mark.parametrize(
    ("wanted", "check"), FILTERS, ids=lambda one: repr(asked(one)) if isinstance(one, Filter) else ""
)
def test_N27_each_filter_takes_what_it_says_and_nothing_else(
    wanted: Filter, check: Callable[[InstanceType], bool], catalog: Catalog
) -> None:
    expected = [one.name for one in catalog.instance_types.values() if check(one)]
    assert 0 < len(expected) < len(catalog.instance_types)
    assert names(search(wanted)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(family=("m5",), pods=Span(29, 29)), ["m5.large"]),
        (Filter(family=("t3",), pods=Span(35, 58)), ["t3.2xlarge", "t3.large", "t3.xlarge"]),
        (Filter(family=("m5",), allocatable_cpu=Span(1900, 4000)), ["m5.large", "m5.xlarge"]),
        (Filter(family=("t3",), allocatable_memory=Span(None, 1024)), ["t3.micro", "t3.nano"]),
        (Filter(family=("m5", "m6i", "m7i"), vcpu=Span(2, 2), generation=Span(6, 7)), ["m6i.large", "m7i.large"]),
        (Filter(family=("dl2q", "f2", "vt1"), accelerator="qualcomm"), ["dl2q.24xlarge"]),
    ],
    ids=lambda one: repr(asked(one)) if isinstance(one, Filter) else "",
)
def test_N27_filters_by_hand(wanted: Filter, expected: list[str]) -> None:
    assert sorted(names(search(wanted))) == expected


@pytest.mark.parametrize(("name", "without"), [("sg-pods", "t3.large"), ("ipv6", "t2.large"), ("prefix", "m4.large")])
def test_N27_types_that_cannot_do_a_mode_are_left_out_and_named(name: str, without: str, catalog: Catalog) -> None:
    found = search(Filter(), SETUPS[name])
    assert without in found.impossible
    assert not set(found.impossible) & set(names(found))
    assert len(found.impossible) + len(found.rows) == len(catalog.instance_types)


def test_only_types_that_meet_the_filter_count_as_impossible() -> None:
    assert search(Filter(family=("t2", "m5"), vcpu=Span(8, 8)), SETUPS["ipv6"]).impossible == ("t2.2xlarge",)


def test_N27_windows_nodes_are_x86_and_carry_one_interface() -> None:
    found = search(Filter(family=("m5", "m6g"), vcpu=Span(2, 2)), SETUPS["windows"])
    assert names(found) == ["m5.large"]
    assert found.impossible == ("m6g.large",)
    assert found.rows[0].pods.pods == 9
    assert found.rows[0].allocatable.reserved_memory_mib == 255 + 11 * 110


def test_a_region_leaves_what_it_offers_and_its_zones(catalog: Catalog) -> None:
    region = catalog.load_region("us-east-1")
    found = search(Filter(region=region))
    assert set(names(found)) == set(region.offerings) & set(catalog.instance_types)
    everywhere = search(Filter(region=region, zones=6))
    assert 0 < len(everywhere.rows) < len(found.rows)
    assert all(len(one.zones or ()) == 6 for one in everywhere.rows)
    third = search(Filter(region=region, zone=("use1-az3", "use1-az1")))
    assert all({"use1-az1", "use1-az3"} <= set(one.zones or ()) for one in third.rows)
    assert {one.instance.name for one in third.rows} == {
        name for name, zones in region.offerings.items() if {"use1-az1", "use1-az3"} <= zones
    }


def test_local_zones_are_no_availability_zones(catalog: Catalog) -> None:
    region = catalog.load_region("us-west-1")
    first, *others = region.zones
    local = dataclasses.replace(region, zones=(dataclasses.replace(first, kind="local-zone"), *others))
    assert search(Filter(region=region, zones=2)).rows
    assert not search(Filter(region=local, zones=2)).rows
    assert search(Filter(region=local, zone=(first.id,))).rows


def test_a_region_whose_offerings_nobody_knows_leaves_all(catalog: Catalog) -> None:
    found = search(Filter(region=catalog.load_region("cn-north-1")))
    assert len(found.rows) == len(catalog.instance_types)
    assert found.rows[0].zones is None


def test_prices_are_those_of_the_region_and_of_linux(catalog: Catalog) -> None:
    region = dataclasses.replace(catalog.load_region("us-east-1"), prices={"m5.large": 0.096, "t3.large": 0.0832})
    cheap = search(Filter(region=region, price=Span(None, 0.09)))
    assert [(one.instance.name, one.price) for one in cheap.rows] == [("t3.large", 0.0832)]
    assert {one.price for one in search(Filter(region=region, family=("m5",))).rows} == {0.096, None}
    assert {one.price for one in search(Filter(region=region, family=("m5",)), SETUPS["windows"]).rows} == {None}


def test_N27_like_keeps_kind_and_size_and_at_least_the_pods() -> None:
    model = row("m5.large")
    found = search(Filter(like=model))
    assert len(found.rows) > 10
    assert "m5.large" not in names(found)
    for one in found.rows:
        assert one.instance.vcpu == 2
        assert architecture(one.instance) == "x86_64"
        assert not one.instance.bare_metal
        assert not one.instance.accelerators
        assert 7372.8 <= one.instance.memory_mib <= 9011.2
        assert one.pods.pods >= 29
    assert {"m1.large", "m7i.large", "t3.large", "m8i.large"} <= set(names(found))


def test_N27_like_counts_pods_in_the_mode_that_was_asked_for() -> None:
    """t3.large has 35 pods with single addresses; with prefixes the cap is the same for both."""
    assert "m7i.large" not in names(search(Filter(like=row("t3.large"))))
    prefix = SETUPS["prefix"]
    assert "m7i.large" in names(search(Filter(like=row("t3.large", prefix)), prefix))


def test_like_keeps_accelerators_apart() -> None:
    found = search(Filter(like=row("g5.xlarge")))
    assert all(accelerator_kinds(one.instance) == {"nvidia"} for one in found.rows)
    assert "m5.xlarge" not in names(found)


def test_the_nearest_comes_first() -> None:
    """Same memory before other memory, same pods before more, then alike in kind, then the newest."""
    model = row("m5.large")
    order = [one.instance.name for one in by_nearness(search(Filter(like=model)).rows, model)]

    def before(*wanted: str) -> None:
        places = [order.index(name) for name in wanted]
        assert places == sorted(places)

    before("m7i.large", "m6i.large", "m5a.large", "m5d.large", "t3.large", "m8i.large", "m8in.large", "m3.large")


def test_removals_say_what_leaves_out_most(catalog: Catalog) -> None:
    counts = removals(
        catalog.instance_types.values(),
        Filter(vcpu=Span(2, 2), pods=Span(500, None), burstable=True),
        SETUPS["secondary-ip"],
        catalog.facts,
        catalog.load_branches(),
    )
    assert [one.name for one in counts] == ["pods", "burstable", "vcpu"]
    assert counts[0].removed == counts[0].of == len(catalog.instance_types)
    assert counts[1].removed == sum(not one.burstable for one in catalog.instance_types.values())


def test_removals_of_like_look_at_kind_and_pods(catalog: Catalog) -> None:
    wanted = Filter(like=row("m5.large"))
    (one,) = removals(
        catalog.instance_types.values(), wanted, SETUPS["secondary-ip"], catalog.facts, catalog.load_branches()
    )
    assert one.of - one.removed == len(search(wanted).rows)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("m7i.large", 7),
        ("c9g.large", 9),
        ("t3a.nano", 3),
        ("u7i-12tb.224xlarge", 7),
        ("u-6tb1.56xlarge", 1),
        ("mac2-m1ultra.metal", 2),
        ("mac-m4.metal", 4),
        ("p6-b200.48xlarge", 6),
        ("im4gn.large", 4),
        ("trn1n.32xlarge", 1),
    ],
)
def test_the_generation_is_the_number_in_the_familys_name(name: str, expected: int, catalog: Catalog) -> None:
    assert generation(catalog.instance_types[name]) == expected


def test_generations_beyond_nine(catalog: Catalog) -> None:
    assert generation(dataclasses.replace(catalog.instance_types["m7i.large"], name="m10i.large")) == 10


def test_every_type_has_a_generation(catalog: Catalog) -> None:
    assert all(generation(one) > 0 for one in catalog.instance_types.values())


def test_accelerators_of_others_are_not_neuron(catalog: Catalog) -> None:
    assert accelerator_of(catalog.instance_types["dl2q.24xlarge"]) == ""
    assert accelerator_of(catalog.instance_types["inf1.xlarge"]) == "neuron"
    assert accelerator_kinds(catalog.instance_types["inf1.xlarge"]) == {"neuron"}
    assert accelerator_kinds(catalog.instance_types["vt1.3xlarge"]) == {"media"}
    assert accelerator_kinds(catalog.instance_types["f2.6xlarge"]) == {"fpga"}


def test_architectures(catalog: Catalog) -> None:
    assert architecture(catalog.instance_types["c1.medium"]) == "x86_64"
    assert architecture(catalog.instance_types["mac2.metal"]) == "arm64_mac"


def test_names_sort_as_people_read_them(catalog: Catalog) -> None:
    types = catalog.instance_types
    sizes = sorted((one for one in types.values() if one.family == "m5"), key=natural)
    assert [one.name.partition(".")[2] for one in sizes] == [
        *("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "metal")
    ]
    old, new = types["m9g.large"], dataclasses.replace(types["m9g.large"], name="m10g.large")
    assert sorted([new, old], key=natural) == [old, new]


def test_unknown_numbers_come_last_in_both_directions(catalog: Catalog) -> None:
    region = dataclasses.replace(catalog.load_region("us-east-1"), prices={"m5.large": 0.096, "m5.xlarge": 0.192})
    rows = search(Filter(region=region, family=("m5",), vcpu=Span(None, 8))).rows
    up = [one.instance.name for one in by_number(rows, "price")]
    down = [one.instance.name for one in by_number(rows, "price", descending=True)]
    assert up == ["m5.large", "m5.xlarge", "m5.2xlarge"]
    assert down == ["m5.xlarge", "m5.large", "m5.2xlarge"]


@pytest.mark.parametrize("number", NUMBERS)
def test_orders_keep_every_row_and_do_not_depend_on_where_they_began(number: str) -> None:
    rows = search(Filter(family=("m5", "t3", "p5", "m7g"))).rows
    for descending in (False, True):
        ordered = by_number(rows, number, descending=descending)
        assert ordered == by_number(tuple(reversed(rows)), number, descending=descending)
        assert sorted(map(id, ordered)) == sorted(map(id, rows))
        values = [NUMBERS[number](one) for one in ordered]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=descending)
    assert by_name(rows, descending=True) == tuple(reversed(by_name(rows)))


NUMBER = st.one_of(st.none(), st.integers(0, 1000))


@given(low=NUMBER, high=NUMBER, value=st.integers(0, 1000))
def test_both_ends_are_in_a_span(low: int | None, high: int | None, value: int) -> None:
    expected = (low is None or low <= value) and (high is None or value <= high)
    assert (value in Span(low, high)) is expected
    assert value in ANY


@given(vcpu=st.tuples(NUMBER, NUMBER), pods=st.tuples(NUMBER, NUMBER), trunk=st.booleans())
def test_N27_filters_together_are_the_filters_one_by_one(
    vcpu: tuple[int | None, int | None], pods: tuple[int | None, int | None], trunk: bool
) -> None:
    some = Filter(family=("m5", "t3", "c9g", "p5"))
    parts = [
        dataclasses.replace(some, vcpu=Span(*vcpu)),
        dataclasses.replace(some, pods=Span(*pods)),
        dataclasses.replace(some, trunk=trunk),
    ]
    together = dataclasses.replace(some, vcpu=Span(*vcpu), pods=Span(*pods), trunk=trunk)
    one_by_one = [set(names(search(part))) for part in parts]
    assert set(names(search(together))) == set.intersection(*one_by_one)


def test_gib_are_those_that_are_shown(catalog: Catalog) -> None:
    assert memory_gib(catalog.instance_types["m1.small"]) == 1.7
    assert gib_per_vcpu(catalog.instance_types["m3.large"]) == 3.75
