"""The modes side by side (notes N18, N27, N29)."""

from __future__ import annotations

from typing import Any

import pytest

from planner.plan.compare import Comparison, Option, compare
from tests.support.plans import GROUP, embedded, load, spec_text

WORKED = {
    "vpc": {"cidr": "10.0.0.0/16", "clusterSubnets": "shared"},
    "loadBalancers": {"public": 0, "internal": 0},
    "nodeGroups": [{"name": "general", "instanceTypes": ["m5.xlarge"], "maxSize": 45, "podsPerNode": 32}],
}


def comparison(**spec: Any) -> Comparison:
    loaded = load(spec_text(**spec))
    assert loaded.document is not None, loaded.diagnostics
    found = compare(loaded.document, embedded())
    assert isinstance(found, Comparison), found
    return found


def option(key: str, **spec: Any) -> Option:
    (found,) = [one for one in comparison(**spec).options if one.key == key]
    return found


@pytest.mark.parametrize(
    ("key", "each", "none_lost", "one_lost", "one_lost_balanced"),
    [
        ("secondary-ip", 60, (1034, 21), (1574, 21), 1514),
        ("secondary-ip-tuned", 35, (609, 22), (924, 22), 889),
        ("prefix", 49, (847, 22), (1288, 21), 1239),
        ("prefix-tuned", 33, (575, 22), (872, 22), 839),
    ],
)
def test_N29_the_worked_table_of_45_m5_xlarge(
    key: str, each: int, none_lost: tuple[int, int], one_lost: tuple[int, int], one_lost_balanced: int
) -> None:
    """With a zone lost the six surge nodes fall on two zones: three in each, not two."""
    found = option(key, **WORKED)
    assert [one.node_subnet for one in found.groups] == [each]
    needs = {need.lost: need for need in found.needs if need.tier == "node"}
    assert (needs[0].addresses, needs[0].length) == none_lost
    assert (needs[1].addresses, needs[1].length) == one_lost
    assert needs[1].balanced_addresses == one_lost_balanced
    assert (needs[0].nodes, needs[0].surge, needs[1].nodes, needs[1].surge) == (15, 2, 23, 3)


def test_the_naive_sum() -> None:
    naive = comparison(**WORKED).naive
    assert naive is not None
    assert (naive.per_node, naive.addresses, naive.length) == (31, 470, 23)


def test_custom_networking_needs_two_subnets_and_ipv6_one_address() -> None:
    custom = option("custom", **WORKED)
    assert [(one.node_subnet, one.pod_subnet) for one in custom.groups] == [(1, 45)]
    assert {need.tier for need in custom.needs} == {"node", "pod"}
    six = option("ipv6", **WORKED)
    assert [(one.node_subnet, one.pod_subnet) for one in six.groups] == [(1, 0)]


def test_the_recommendation_is_one_that_fits() -> None:
    found = comparison(**WORKED)
    assert found.recommended == "prefix-tuned"
    assert "fewest EC2 calls" in found.reason
    small = comparison(vpc={"cidr": "10.0.0.0/23"}, nodeGroups=[{**GROUP, "maxSize": 40}])
    chosen = next(one for one in small.options if one.key == small.recommended)
    assert chosen.fits
    assert chosen.key.startswith("custom")
    assert not next(one for one in small.options if one.key == "secondary-ip").fits


def test_the_specs_own_settings_stand_among_them() -> None:
    found = comparison(cni={"warmIpTarget": 5, "minimumIpTarget": 8})
    (own,) = [one for one in found.options if one.asked]
    assert own.key == "spec"
    assert own.settings == "mode: secondary-ip, warmIpTarget: 5, minimumIpTarget: 8"
    plain = comparison()
    assert [one.key for one in plain.options if one.asked] == ["secondary-ip"]


def test_a_mode_that_cannot_be_says_why() -> None:
    xen = option("ipv6", nodeGroups=[{"name": "old", "instanceTypes": ["m4.large"], "maxSize": 3}])
    assert not xen.fits
    assert "Nitro" in xen.problem
    many = option("secondary-ip", nodeGroups=[{**GROUP, "podsPerNode": 60}], cni={"mode": "prefix"})
    assert not many.fits
    assert "60" in many.problem


def test_calls_and_seconds_of_a_start() -> None:
    calls = {one.key: (one.groups[0].calls, one.groups[0].seconds) for one in comparison(**WORKED).options}
    assert calls["secondary-ip"] == (10, 10.0)
    assert calls["prefix"] == (3, 5.0)
    assert calls["prefix-tuned"] == (1, 0.0)
