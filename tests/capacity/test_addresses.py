"""Addresses of one node: the CNI's published examples, and properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.addresses import WarmTargets, footprint
from planner.capacity.max_pods import PodNetwork, max_pods
from planner.catalog.model import Catalog
from tests.support.plans import embedded

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "ipamd_examples.json").read_text("utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one['instance']}-{one['pods']}pods-{one['settings']}")
def test_agrees_with_the_cni_examples(example: dict[str, Any], catalog: Catalog) -> None:
    settings = example["settings"]
    result = footprint(
        catalog.instance_types[example["instance"]],
        example["pods"],
        example["max_pods"],
        PodNetwork(prefix=settings.get("pd", False)),
        WarmTargets(
            settings.get("warm_eni"), settings.get("warm_ip"), settings.get("min_ip"), settings.get("warm_prefix")
        ),
        catalog.facts,
    )
    assert result.node_subnet == example["expected"]["subnet_ips"]
    assert result.interfaces == example["expected"]["enis"]


@pytest.mark.parametrize(
    ("network", "warm", "expected"),
    [
        (PodNetwork(), WarmTargets(), 60),
        (PodNetwork(), WarmTargets(ip=2, minimum_ip=32), 35),
        (PodNetwork(prefix=True), WarmTargets(), 49),
        (PodNetwork(prefix=True), WarmTargets(ip=2, minimum_ip=32), 33),
    ],
    ids=["warm-eni", "warm-ip", "prefix", "prefix-warm-ip"],
)
def test_worked_example_of_m5_xlarge_with_30_pods(
    network: PodNetwork, warm: WarmTargets, expected: int, catalog: Catalog
) -> None:
    assert footprint(catalog.instance_types["m5.xlarge"], 30, 58, network, warm, catalog.facts).node_subnet == expected


def test_c5_2xlarge_is_60_and_not_the_spreadsheets_47(catalog: Catalog) -> None:
    instance = catalog.instance_types["c5.2xlarge"]
    assert footprint(instance, 30, 58, PodNetwork(), WarmTargets(), catalog.facts).node_subnet == 60


def test_custom_networking_counts_no_primary_twice(catalog: Catalog) -> None:
    instance = catalog.instance_types["m5.large"]
    result = footprint(instance, 18, 20, PodNetwork(custom_networking=True), WarmTargets(), catalog.facts)
    assert (result.node_subnet, result.pod_subnet, result.interfaces) == (1, 2 * 10, 2)


def test_ipv6_takes_one_ipv4_address(catalog: Catalog) -> None:
    result = footprint(
        catalog.instance_types["m5.large"], 108, 110, PodNetwork(ipv6=True, prefix=True), WarmTargets(), catalog.facts
    )
    assert (result.node_subnet, result.pod_subnet) == (1, 0)


networks = st.builds(PodNetwork, prefix=st.booleans(), custom_networking=st.booleans())
targets = st.builds(
    WarmTargets,
    eni=st.none() | st.integers(0, 3),
    ip=st.none() | st.integers(1, 20),
    prefix=st.none() | st.integers(0, 3),
)


@given(
    st.sampled_from(["m5.large", "m5.xlarge", "c5.4xlarge", "t3.medium", "m5.24xlarge", "m4.large"]),
    st.integers(0, 250),
    networks,
    targets,
)
def test_a_node_holds_all_its_pods_and_never_more_than_its_interfaces(
    name: str, pods: int, network: PodNetwork, warm: WarmTargets
) -> None:
    catalog: Catalog = embedded()
    instance = catalog.instance_types[name]
    answer = max_pods(instance, network, catalog.facts)
    pods = min(pods, answer.pods - 2)
    result = footprint(instance, pods, answer.pods, network, warm, catalog.facts)
    total = result.node_subnet + result.pod_subnet - (1 if network.custom_networking else 0)
    assert total - result.interfaces >= pods
    assert result.interfaces <= max(answer.interfaces, 1)
    more = footprint(instance, min(pods + 1, answer.pods - 2), answer.pods, network, warm, catalog.facts)
    assert more.node_subnet + more.pod_subnet >= result.node_subnet + result.pod_subnet
