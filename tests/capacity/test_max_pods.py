"""Pods per node against AWS's own calculator, and properties over the whole catalog."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.max_pods import ImpossibleNetworkError, Limiter, PodNetwork, max_pods, recommended_cap, smallest
from planner.capacity.systems import calculator
from planner.capacity.trunk import trunk_capable
from planner.catalog.model import Catalog, InstanceType
from tests.support.plans import decision, embedded, plan_of

SAMPLE = Path(__file__).parents[1] / "data" / "max_pods_calculator_sample.csv"
with SAMPLE.open(encoding="utf-8") as _file:
    ROWS = list(csv.DictReader(_file))

#: The calculator looks at the hypervisor only, which EC2 leaves out for bare metal, and so ignores
#: prefixes there; the CNI does not. After the cap no type differs.
METAL = {("m5.metal", "prefix_maxallowed"), ("m5.metal", "custom_prefix_maxallowed")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['instance_type']}-{row['mode']}")
def test_agrees_with_awss_calculator(row: dict[str, str], catalog: Catalog) -> None:
    flags = row["extra_flags"]
    network = PodNetwork(
        prefix="--cni-prefix-delegation-enabled" in flags,
        cni_version=row["cni_version"],
        custom_networking="--cni-custom-networking-enabled" in flags,
        max_eni=int(flags.split("--cni-max-eni ")[1].split()[0]) if "--cni-max-eni" in flags else None,
    )
    instance, capped = catalog.instance_types[row["instance_type"]], "--show-max-allowed" not in flags
    assert calculator(instance, network, catalog.facts, capped=capped) == int(row["max_pods"])
    answer = max_pods(instance, network, catalog.facts, capped=capped)
    if (row["instance_type"], row["mode"]) in METAL:
        assert answer.pods == (int(row["max_pods"]) - 2) * 16 + 2
    else:
        assert answer.pods == int(row["max_pods"])


@pytest.mark.parametrize(
    ("name", "secondary", "uncapped", "prefix", "custom"),
    [
        ("t3.medium", 17, 17, 110, 12),
        ("m5.large", 29, 29, 110, 20),
        ("m5.24xlarge", 250, 737, 250, 250),
        ("m4.large", 20, 20, 20, 11),
        ("p5.48xlarge", 100, 100, 250, 51),
    ],
)
def test_N27_published_examples(
    name: str, secondary: int, uncapped: int, prefix: int, custom: int, catalog: Catalog
) -> None:
    instance, facts = catalog.instance_types[name], catalog.facts
    assert max_pods(instance, PodNetwork(), facts).pods == secondary
    assert max_pods(instance, PodNetwork(), facts, capped=False).pods == uncapped
    assert max_pods(instance, PodNetwork(prefix=True), facts).pods == prefix
    assert max_pods(instance, PodNetwork(custom_networking=True), facts).pods == custom


def test_N18_the_cap_is_110_up_to_30_vcpu_and_250_above(catalog: Catalog) -> None:
    assert {recommended_cap(vcpu, catalog.facts) for vcpu in (2, 8, 30)} == {110}
    assert {recommended_cap(vcpu, catalog.facts) for vcpu in (31, 32, 96)} == {250}


def test_N18_a_mixed_group_gets_its_smallest_types_value() -> None:
    plan = plan_of(
        nodeGroups=[{"name": "mixed", "instanceTypes": ["t3a.xlarge", "t3a.medium", "m5.xlarge"], "maxSize": 3}]
    )
    assert decision(plan, "max-pods.mixed").value == "17"
    assert "t3a.medium" in decision(plan, "max-pods.mixed").explanation
    assert plan.design.node_groups[0].max_pods == 17  # type: ignore[index]


def test_m5_large_with_prefixes_is_110_not_250_or_434() -> None:
    plan = plan_of(cni={"mode": "prefix"})
    assert decision(plan, "max-pods.general").value == "110"
    assert decision(plan, "max-pods.general").worked == "3 × (10 − 1) × 16 + 2 = 434, capped to 110"


def test_the_trunk_takes_an_interface(catalog: Catalog) -> None:
    network = PodNetwork(security_groups_for_pods=True)
    assert max_pods(catalog.instance_types["c5.4xlarge"], network, catalog.facts, capped=False).pods == 7 * 29 + 2
    both = PodNetwork(security_groups_for_pods=True, custom_networking=True)
    answer = max_pods(catalog.instance_types["p5.48xlarge"], both, catalog.facts)
    assert (answer.limiter, answer.pods) == (Limiter.NO_INTERFACE, 2)


def test_windows_has_one_interface(catalog: Catalog) -> None:
    instance = catalog.instance_types["m5.large"]
    assert max_pods(instance, PodNetwork(), catalog.facts, windows=True).pods == 9
    assert max_pods(instance, PodNetwork(prefix=True), catalog.facts, windows=True).pods == 110


@pytest.mark.parametrize(
    ("name", "network", "reason"),
    [
        ("m4.large", PodNetwork(ipv6=True, prefix=True), "not a Nitro type"),
        ("m5.large", PodNetwork(ipv6=True, custom_networking=True), "IPv4 only"),
        ("t3.medium", PodNetwork(security_groups_for_pods=True), "no trunk"),
    ],
)
def test_impossible_combinations_say_why(name: str, network: PodNetwork, reason: str, catalog: Catalog) -> None:
    with pytest.raises(ImpossibleNetworkError, match=reason):
        max_pods(catalog.instance_types[name], network, catalog.facts)


def _all_types() -> list[InstanceType]:
    catalog: Catalog = embedded()
    return [catalog.instance_types[name] for name in catalog.instance_types]


def test_properties_hold_for_every_type(catalog: Catalog) -> None:
    facts = catalog.facts
    for instance in _all_types():
        plain = max_pods(instance, PodNetwork(), facts, capped=False)
        prefix = max_pods(instance, PodNetwork(prefix=True), facts, capped=False)
        custom = max_pods(instance, PodNetwork(custom_networking=True), facts, capped=False)
        assert prefix.uncapped >= plain.uncapped >= custom.uncapped >= 2, instance.name
        assert max_pods(instance, PodNetwork(prefix=True), facts).pods <= 250
        assert instance.interfaces <= instance.total_interfaces
        if instance.bare_metal:
            assert prefix.uncapped > plain.uncapped or instance.ipv4_per_interface == 1
        if not instance.nitro:
            assert prefix.pods == plain.pods
            assert not trunk_capable(instance)


def test_784_types_differ_between_a_managed_group_and_nodeadm(catalog: Catalog) -> None:
    differing = sum(
        1
        for one in _all_types()
        if max_pods(one, PodNetwork(), catalog.facts).pods
        != max_pods(one, PodNetwork(), catalog.facts, capped=False).pods
    )
    assert differing == 784


@given(st.integers(1, 15), st.integers(0, 5), st.booleans(), st.booleans())
def test_more_interfaces_never_mean_fewer_pods(limit: int, host: int, prefix: bool, custom: bool) -> None:
    catalog: Catalog = embedded()
    instance = catalog.instance_types["m5.24xlarge"]

    def pods(most: int) -> int:
        return max_pods(
            instance, PodNetwork(prefix, custom, max_eni=most, host_network_pods=host), catalog.facts, capped=False
        ).pods

    assert pods(limit) <= pods(limit + 1)
    answer = max_pods(instance, PodNetwork(prefix, custom, max_eni=limit, host_network_pods=host), catalog.facts)
    assert smallest([answer, answer]) == answer


@pytest.mark.parametrize(
    "network",
    [
        PodNetwork(),
        PodNetwork(prefix=True),
        PodNetwork(custom_networking=True),
        PodNetwork(security_groups_for_pods=True),
    ],
    ids=["single", "prefix", "custom", "trunk"],
)
def test_N27_more_interfaces_never_mean_fewer_pods(network: PodNetwork, catalog: Catalog) -> None:
    for instance in _all_types():
        if network.security_groups_for_pods and not trunk_capable(instance):
            continue
        pods = [
            max_pods(instance, dataclasses.replace(network, max_eni=most), catalog.facts, capped=False).pods
            for most in range(1, instance.interfaces + 2)
        ]
        assert pods == sorted(pods), instance.name
        assert pods[-1] == max_pods(instance, network, catalog.facts, capped=False).pods
