"""No accepted plan overflows a subnet: every node of the worst day is started in the step simulator."""

from __future__ import annotations

import random
from ipaddress import IPv4Network
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.capacity.group import pod_network, warm_targets
from planner.capacity.ipamd import Ipamd
from planner.capacity.ipamd import settings as pool_settings
from planner.network.space import Placing, SubnetSpace
from planner.plan.build import build
from planner.plan.model import Plan
from planner.spec.cluster import ClusterDocument
from planner.templates import render
from tests.strategies import specs
from tests.support.plans import embedded, load, spec_text


@st.composite
def address_specs(draw: st.DrawFn) -> dict[str, Any]:
    """Specs with every setting that changes addresses."""
    spec = draw(specs())
    spec["vpc"] = {
        **spec["vpc"],
        "layout": draw(st.sampled_from(["roomy", "minimal"])),
        "clusterSubnets": draw(st.sampled_from(["dedicated", "shared"])),
    }
    if draw(st.booleans()) and spec["cni"]["mode"] == "prefix":
        spec["cni"]["warmPrefixTarget"] = draw(st.integers(0, 5))
    elif "warmIpTarget" in spec["cni"]:
        spec["cni"]["minimumIpTarget"] = draw(st.integers(0, 120))
    else:
        spec["cni"]["warmEniTarget"] = draw(st.integers(0, 3))
    if draw(st.booleans()):
        spec["cni"]["maxEni"] = draw(st.integers(2, 5))
    if draw(st.booleans()):
        spec["fargate"] = [{"name": "jobs", "pods": draw(st.integers(1, 300))}]
    if draw(st.booleans()):
        spec["nodePools"] = [
            {
                "name": "elastic",
                "instanceTypes": draw(st.sampled_from([["m5.large", "m7g.xlarge"], ["c5.4xlarge"]])),
                "maxNodes": draw(st.integers(1, 60)),
                "disruptionBudget": draw(st.sampled_from(["10%", "50%", 3])),
            }
        ]
    if draw(st.integers(0, 5)) == 0:
        spec["ipFamily"] = "ipv6"
        spec["cni"] = {}
    return spec


def rooms(plan: Plan, tier: str, zone: str) -> list[SubnetSpace]:
    """The subnets of a tier in a zone with all addresses that are not for nodes taken, prefixes in
    their worst case."""
    (row,) = [one for one in plan.capacity if (one.tier, one.zone) == (tier, zone)]
    (demand,) = [one for one in plan.demands if (one.tier, one.zone) == (tier, zone)]
    mine = [one for one in plan.design.subnets if one.name in row.subnets]
    spread = demand.prefixes and all(one.prefix_reservations for one in mine)
    placing = Placing.SPREAD if spread else Placing.PACKED
    made = [SubnetSpace(one.cidr, one.reserved_blocks, placing=placing) for one in mine]
    left = sum(item.addresses for item in demand.items if not item.owner)
    for one in made:
        taken = min(left, one.free_singles)
        assert one.take(taken, 0)
        left -= taken
    assert left == 0
    return made


def freest(spaces: list[SubnetSpace]) -> SubnetSpace:
    return max(spaces, key=lambda one: one.free)


def start_all(plan: Plan, document: ClusterDocument, zone: str, seed: int, most: int) -> None:
    """Start the nodes of a zone, update surge included, and let all their pods come and some churn."""
    chance = random.Random(seed)
    spec, catalog = document.spec, embedded()
    network, warm = pod_network(spec), warm_targets(spec)
    tiers = {one.tier for one in plan.demands if one.zone == zone}
    spaces = {tier: rooms(plan, str(tier), zone) for tier in tiers}
    for one in plan.spreads:
        if zone not in one.zones:
            continue
        nodes = spaces["public" if one.subnets == "public" else "node"]  # type: ignore[index]
        instance = catalog.instance_types[one.addresses.of]
        for number in range(one.per_zone):
            home = freest(nodes)
            if network.ipv6:
                assert home.take(1, 0)
                continue
            churning = number < most
            node = Ipamd(
                pool_settings(instance, one.addresses.max_pods, network, warm, catalog.facts),
                node_subnet=home,
                pod_subnet=freest(spaces["pod"]) if network.custom_networking else None,  # type: ignore[index]
                discovered=[other for other in nodes if other is not home],
                choose=chance.randrange if churning else None,
            )
            node.settle()
            pods = []
            for _ in range(one.addresses.pods):
                pod = node.add()
                assert pod is not None, (plan.name, zone, one.name, number, node.total, node.assigned)
                pods.append(pod)
                node.settle()
            if churning:
                for pod in chance.sample(pods, len(pods) // 2):
                    node.remove(pod)
                node.advance(40)
                for _ in range(len(pods) // 2):
                    assert node.add() is not None
                    node.settle()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(address_specs(), st.integers(0, 2**32))
def test_N29_no_accepted_plan_overflows_a_subnet(spec: dict[str, Any], seed: int) -> None:
    loaded = load(spec_text(**spec))
    if loaded.document is None:
        return
    plan = build(loaded.document, embedded(), render).plan
    if plan is None:
        return
    for zone in sorted({one.zone for one in plan.demands})[:2]:
        start_all(plan, loaded.document, zone, seed, most=6)


@settings(max_examples=40, deadline=None)
@given(address_specs(), st.integers(1, 60), st.booleans())
def test_N29_planning_again_moves_nothing(spec: dict[str, Any], size: int, more_zones: bool) -> None:
    loaded = load(spec_text(**spec))
    if loaded.document is None:
        return
    before = build(loaded.document, embedded(), render).plan
    if before is None:
        return
    changed = dict(spec)
    changed["nodeGroups"] = [*spec["nodeGroups"], {"name": "later", "instanceTypes": ["m5.large"], "maxSize": size}]
    if more_zones:
        changed["zones"] = spec["zones"] + 1
    again = load(spec_text(**changed))
    assert again.document is not None
    result = build(again.document, embedded(), render, before)
    if result.plan is None:
        assert result.diagnostics
        return
    there = {one.name: one for one in result.plan.design.subnets}
    for subnet in before.design.subnets:
        kept = there[subnet.name]
        assert (kept.cidr, kept.zone_id, kept.ipv6_index) == (subnet.cidr, subnet.zone_id, subnet.ipv6_index)
    assert result.plan.design.vpc.cidr == before.design.vpc.cidr
    assert before.design.cluster
    assert result.plan.design.cluster
    assert result.plan.design.cluster.subnets == before.design.cluster.subnets
    assert result.plan.design.cluster.service_cidr == before.design.cluster.service_cidr
    blocks: list[IPv4Network] = sorted(one.cidr for one in result.plan.design.subnets)
    assert not any(one.overlaps(other) for one, other in pairwise(blocks))
    for row in result.plan.capacity:
        assert row.usable >= row.needed
    for zone in sorted({one.zone for one in result.plan.demands})[:1]:
        start_all(result.plan, again.document, zone, size, most=2)
    for subnet in before.design.subnets:
        if subnet.prefix_reservations and there[subnet.name].prefix_reservations != subnet.prefix_reservations:
            assert there[subnet.name].prefix_reservations


def test_the_same_spec_again_gives_the_same_subnets() -> None:
    for spec in ({}, {"cni": {"mode": "prefix"}}, {"cni": {"customNetworking": True}}, {"ipFamily": "ipv6"}):
        loaded = load(spec_text(**spec))
        assert loaded.document
        first = build(loaded.document, embedded(), render).plan
        assert first
        second = build(loaded.document, embedded(), render, first).plan
        assert second
        assert second.design == first.design
        assert second.capacity == first.capacity
