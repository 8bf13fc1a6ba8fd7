"""What each system would say of a type, and how much memory it keeps back."""

from __future__ import annotations

import math

import pytest

from planner.capacity.max_pods import ImpossibleNetworkError, Limiter, PodNetwork, max_pods, refused
from planner.capacity.systems import System, SystemAnswer, memory_reserves, systems
from planner.catalog.model import Catalog


def said(name: str, network: PodNetwork, catalog: Catalog, **more: object) -> dict[System, SystemAnswer]:
    instance = catalog.instance_types[name]
    answers = systems(instance, network, catalog.facts, disk_gib=50, **more)  # type: ignore[arg-type]
    return {one.system: one for one in answers}


@pytest.mark.parametrize(
    ("name", "network", "pods"),
    [
        # managed group, calculator, nodeadm, Bottlerocket, Karpenter, Auto Mode, Cluster Autoscaler
        ("m5.large", PodNetwork(), (29, 29, 29, 29, 29, 110, 110)),
        ("m5.4xlarge", PodNetwork(), (110, 110, 234, 234, 234, 110, 110)),
        ("m5.24xlarge", PodNetwork(), (250, 250, 737, 737, 737, 110, 110)),
        ("m5.large", PodNetwork(prefix=True), (110, 110, 29, 29, 29, 110, 110)),
        ("m5.large", PodNetwork(custom_networking=True), (20, 20, 29, 29, 29, 110, 110)),
        ("m5.large", PodNetwork(security_groups_for_pods=True), (29, 29, 29, 29, 29, 110, 110)),
        ("m5.large", PodNetwork(max_eni=2), (20, 20, 29, 29, 29, 110, 110)),
        ("m5.large", PodNetwork(prefix=True, ipv6=True), (110, None, 29, 29, 29, 110, 110)),
        ("m5.metal", PodNetwork(), (250, 250, 737, 737, 737, None, 110)),
        ("m4.large", PodNetwork(prefix=True), (20, 20, 20, 20, 20, None, 110)),
        ("p5.48xlarge", PodNetwork(), (100, 100, 100, 100, 100, 110, 110)),
    ],
)
def test_N18_pods_by_system(name: str, network: PodNetwork, pods: tuple[int | None, ...], catalog: Catalog) -> None:
    assert tuple(one.pods for one in said(name, network, catalog).values()) == pods


def test_N18_managed_groups_and_nodeadm_differ_for_784_types(catalog: Catalog) -> None:
    differ = 0
    for name in catalog.instance_types:
        answers = said(name, PodNetwork(), catalog)
        differ += answers[System.MANAGED].pods != answers[System.NODEADM].pods
    assert (differ, len(catalog.instance_types)) == (784, 1395)


def test_windows_nodes(catalog: Catalog) -> None:
    answers = said("m5.large", PodNetwork(prefix=True), catalog, family="windows")
    assert [one.pods for one in answers.values()] == [110, None, None, None, 110, None, 110]
    assert "does not see that prefixes multiply" in answers[System.KARPENTER].why
    with pytest.raises(ImpossibleNetworkError, match="Windows"):
        said("m5.large", PodNetwork(custom_networking=True), catalog, family="windows")


@pytest.mark.parametrize(
    ("network", "system", "words"),
    [
        (PodNetwork(prefix=True), System.NODEADM, "does not see prefix mode"),
        (PodNetwork(prefix=True), System.KARPENTER, "kubelet.maxPods"),
        (PodNetwork(custom_networking=True), System.KARPENTER, "RESERVED_ENIS=1"),
        (PodNetwork(custom_networking=True, security_groups_for_pods=True), System.KARPENTER, "RESERVED_ENIS=2"),
        (PodNetwork(security_groups_for_pods=True), System.MANAGED, "does not know that the trunk"),
        (PodNetwork(host_network_pods=2), System.MANAGED, "beyond aws-node"),
        (PodNetwork(max_eni=2), System.BOTTLEROCKET, "MAX_ENI"),
        (PodNetwork(), System.AUTOSCALER, "nothing kept back"),
    ],
)
def test_each_says_why(network: PodNetwork, system: System, words: str, catalog: Catalog) -> None:
    assert words in said("m5.large", network, catalog)[system].why


def test_N38_memory_reserves_at_110_pods(catalog: Catalog) -> None:
    rows = {
        one.system: one.memory_mib for one in memory_reserves(catalog.instance_types["m5.large"], 110, catalog.facts)
    }
    assert sorted(set(rows.values())) == [0, 574, 1465]
    assert rows["AL2023, maxPodsExpression"] == rows["Bottlerocket"] == 1465
    assert rows["Karpenter, AL2023"] == 574


def test_N38_allocatable_of_every_type_by_karpenters_formulas(catalog: Catalog) -> None:
    """The formulas of karpenter-provider-aws v1.14.1 types.go, written down again."""
    for instance in catalog.instance_types.values():
        size = instance.memory_mib - (64 if instance.architectures[0] == "arm64" else 0)
        pods = instance.interfaces * (instance.ipv4_per_interface - 1) + 2
        memory = size - math.ceil(size * 0.075) - (11 * pods + 255) - 100
        kept, cores = 0.0, instance.vcpu * 1000
        for start, end, share in ((0, 1000, 0.06), (1000, 2000, 0.01), (2000, 4000, 0.005), (4000, 1 << 31, 0.0025)):
            kept += max(min(cores, end) - start, 0) * share
        left = said(instance.name, PodNetwork(), catalog)[System.KARPENTER].allocatable
        assert left is not None
        assert left.memory_mib == max(memory, 0), instance.name
        assert abs(left.cpu_millicores - (cores - kept)) < 1, instance.name
        assert left.ephemeral_storage_mib == 17 * 1024


def test_every_answer_has_a_sentence_and_is_always_the_same(catalog: Catalog) -> None:
    for name in ("t3.nano", "m5.large", "p5.48xlarge", "c6g.metal", "m4.large"):
        first = said(name, PodNetwork(prefix=True), catalog)
        assert first == said(name, PodNetwork(prefix=True), catalog)
        assert all(len(one.why) > 20 for one in first.values())


def test_N27_refusals_name_what_would_happen_instead(catalog: Catalog) -> None:
    types, facts = catalog.instance_types, catalog.facts
    xen = refused(types["m4.large"], PodNetwork(prefix=True), facts)
    assert xen is not None
    assert "(N27)" in xen
    assert "20 pods" in xen
    assert refused(types["m5.metal"], PodNetwork(prefix=True), facts) is None
    assert refused(types["m5.large"], PodNetwork(prefix=True), facts) is None
    assert "custom networking exists for IPv4 only" in (
        refused(types["m5.large"], PodNetwork(prefix=True, ipv6=True, custom_networking=True), facts) or ""
    )


def test_N27_version_floors_and_what_binds(catalog: Catalog) -> None:
    instance, facts = catalog.instance_types["m5.large"], catalog.facts
    old = max_pods(instance, PodNetwork(prefix=True, cni_version="1.8.0"), facts)
    assert (old.pods, old.limiter) == (29, Limiter.ADDRESSES)
    assert "1.9.0 is the first" in old.explanation
    assert max_pods(instance, PodNetwork(prefix=True, cni_version="v1.9.0-eksbuild.1"), facts).pods == 110
    few = max_pods(instance, PodNetwork(max_eni=1), facts)
    assert (few.pods, few.limiter) == (11, Limiter.MAX_ENI)
    none = max_pods(instance, PodNetwork(max_eni=1, custom_networking=True), facts)
    assert (none.pods, none.limiter) == (2, Limiter.NO_INTERFACE)
    with pytest.raises(ImpossibleNetworkError, match=r"1\.7\.7 or newer"):
        max_pods(instance, PodNetwork(security_groups_for_pods=True, cni_version="1.7.0"), facts)
