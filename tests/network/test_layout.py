"""Subnets: where they lie, how they grow, and what happens when they do not fit."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import pairwise
from typing import Any

import pytest

from planner.diagnostics import Kind
from planner.network.prefixes import prefix_capacity
from tests.support.plans import GROUP, build_text, decision, diagnostics_of, plan_of, spec_text

VPC = "vpc-0123456789abcdef0"


def cidrs(tier: str, **spec: Any) -> list[IPv4Network]:
    plan = plan_of(**spec)
    return [IPv4Network(cidr) for row in plan.capacity if row.tier == tier for cidr in row.cidrs]


def test_a_roomy_layout_keeps_half_of_the_vpc_free() -> None:
    plan = plan_of(vpc={"cidr": "10.0.0.0/16"})
    used = sum(subnet.cidr.num_addresses for subnet in plan.design.subnets)
    assert used <= 65536 // 2
    assert {one.prefixlen for one in cidrs("node", vpc={"cidr": "10.0.0.0/16"})} == {19}


def test_a_minimal_layout_takes_what_the_demand_needs() -> None:
    assert {one.prefixlen for one in cidrs("node", vpc={"cidr": "10.0.0.0/16", "layout": "minimal"})} == {23}


def test_N29_the_vpc_block_avoids_what_must_be_avoided() -> None:
    plan = plan_of(avoid=["10.0.0.0/15", {"cidr": "10.2.0.0/16", "name": "peer"}])
    assert str(plan.design.vpc.cidr) == "10.3.0.0/16"
    small = plan_of(vpc={"pool": ["10.5.0.0/20"], "prefixLength": 22}, nodeGroups=[{**GROUP, "maxSize": 2}])
    assert str(small.design.vpc.cidr) == "10.5.0.0/22"


def test_the_pool_gives_the_smallest_block_that_carries_the_demand() -> None:
    plan = plan_of(vpc={"pool": "10.0.0.0/8"}, nodeGroups=[{**GROUP, "maxSize": 3}])
    assert plan.design.vpc.cidr.prefixlen == 21
    used = sum(subnet.cidr.num_addresses for subnet in plan.design.subnets)
    assert used <= plan.design.vpc.cidr.num_addresses // 2


def test_a_full_pool_says_what_is_left() -> None:
    (one,) = diagnostics_of(vpc={"pool": "10.0.0.0/16", "prefixLength": 17}, avoid=["10.0.0.0/18", "10.0.128.0/18"])
    assert one.code == "pool-full"
    assert one.value == "/17 needed"
    assert "/18" in one.limit


def test_N41_the_service_block_is_clear_of_everything() -> None:
    assert str(plan_of().design.cluster.service_cidr) == "172.20.0.0/16"  # type: ignore[union-attr]
    plan = plan_of(vpc={"cidr": "172.20.0.0/16"}, avoid=["10.100.0.0/16"])
    assert str(plan.design.cluster.service_cidr) == "172.30.0.0/16"  # type: ignore[union-attr]


def test_pods_live_in_a_shared_block_with_custom_networking() -> None:
    plan = plan_of(cni={"customNetworking": True})
    assert list(map(str, plan.design.vpc.secondary_cidrs)) == ["100.64.0.0/16"]
    assert all(
        subnet.cidr.subnet_of(IPv4Network("100.64.0.0/16")) for subnet in plan.design.subnets if "-pod-" in subnet.name
    )
    assert {one.prefixlen for one in cidrs("pod", cni={"customNetworking": True})} == {18}


def big(size: int) -> dict[str, Any]:
    return {
        "cni": {"customNetworking": True},
        "nodeGroups": [{"name": "big", "instanceTypes": ["m5.24xlarge"], "maxSize": size}],
        "quotas": {"networkAddressUsage": 256_000},
    }


def test_more_pods_than_one_block_holds_take_several() -> None:
    plan = plan_of(**big(400))
    assert len(plan.design.vpc.secondary_cidrs) == 3
    for row in plan.capacity:
        assert row.usable >= row.needed


def test_pods_of_a_zone_have_one_subnet_with_custom_networking() -> None:
    problems = diagnostics_of(**big(450))
    assert {one.code for one in problems} == {"pod-subnet"}
    assert problems[0].value == "68,400 addresses needed"
    assert problems[0].limit == "65,531 in one subnet"


def test_nodes_of_a_zone_may_have_several_subnets() -> None:
    spec = {
        "nodeGroups": [{"name": "big", "instanceTypes": ["m5.24xlarge"], "maxSize": 450}],
        "quotas": {"networkAddressUsage": 256_000},
    }
    plan = plan_of(vpc={"cidr": "10.0.0.0/16", "secondaryCidrs": [f"10.{n}.0.0/16" for n in (2, 3, 4, 5)]}, **spec)
    rows = [row for row in plan.capacity if row.tier == "node"]
    assert {len(row.subnets) for row in rows} == {2}
    assert all(row.usable >= row.needed for row in rows)


def test_nodes_use_the_secondary_block_only_when_the_primary_is_too_small() -> None:
    roomy = plan_of(vpc={"cidr": "10.0.0.0/16", "secondaryCidrs": ["100.64.0.0/16"]})
    assert all(subnet.cidr.subnet_of(IPv4Network("10.0.0.0/16")) for subnet in roomy.design.subnets)
    tight = plan_of(vpc={"cidr": "10.0.0.0/24", "secondaryCidrs": ["100.64.0.0/16"]})
    assert any(subnet.cidr.subnet_of(IPv4Network("100.64.0.0/16")) for subnet in tight.design.subnets)


def test_prefixes_fit_into_their_subnets() -> None:
    assert [prefix_capacity(length) for length in (28, 27, 24, 20)] == [0, 0, 14, 254]
    plan = plan_of(
        cni={"mode": "prefix"}, vpc={"cidr": "10.0.0.0/16", "layout": "minimal"}, nodeGroups=[{**GROUP, "maxSize": 60}]
    )
    for demand in plan.demands:
        row = next(one for one in plan.capacity if (one.tier, one.zone) == (demand.tier, demand.zone))
        if demand.prefixes:
            (cidr,) = row.cidrs
            assert prefix_capacity(IPv4Network(cidr).prefixlen) >= demand.prefixes


def existing(**changes: Any) -> dict[str, Any]:
    return {"id": VPC, "cidr": "10.0.0.0/22", **changes}


def test_an_existing_vpc_keeps_what_is_there() -> None:
    taken = [
        {"id": "subnet-00000001", "cidr": "10.0.0.0/24", "zone": "use1-az1"},
        {"id": "subnet-00000002", "cidr": "10.0.2.0/24", "zone": "use1-az2"},
    ]
    plan = plan_of(
        zones=2,
        vpc=existing(subnets=taken),
        nodeGroups=[{**GROUP, "maxSize": 2, "podsPerNode": 8}],
        cni={"warmIpTarget": 1},
        loadBalancers={"public": 1, "internal": 1},
    )
    new = [subnet.cidr for subnet in plan.design.subnets if not subnet.existing]
    assert new
    assert not any(cidr.overlaps(IPv4Network(str(one["cidr"]))) for cidr in new for one in taken)


def test_existing_subnets_are_used_as_the_spec_says() -> None:
    subnets = [
        {"id": f"subnet-0000000{number}", "cidr": f"10.0.{number}.0/24", "zone": f"use1-az{1 + number % 2}", "use": use}
        for number, use in ((0, "node"), (1, "node"), (2, "public"), (3, "public"))
    ]
    plan = plan_of(
        zones=2, vpc={"id": VPC, "cidr": "10.0.0.0/16", "subnets": subnets}, nodeGroups=[{**GROUP, "maxSize": 3}]
    )
    assert plan.design.node_groups[0].subnets == ("subnet-00000000", "subnet-00000001")  # type: ignore[index]
    assert {table.name for table in plan.design.route_tables} == {"test-private-use1-az1", "test-private-use1-az2"}  # type: ignore[union-attr]


def test_a_full_existing_subnet_says_both_numbers() -> None:
    subnets = [
        {"id": f"subnet-0000000{n}", "cidr": f"10.0.{n}.0/24", "zone": f"use1-az{n + 1}", "use": "node", "free": 20}
        for n in (0, 1)
    ]
    found = diagnostics_of(zones=2, vpc={"id": VPC, "cidr": "10.0.0.0/16", "subnets": subnets})
    problems = [one for one in found if one.kind is not Kind.NOTICE]
    assert {one.code for one in problems} == {"subnet-full"}
    assert problems[0].limit.startswith("20 free")
    assert "addresses needed" in problems[0].value


def test_a_node_subnet_is_split_where_no_single_block_is_left() -> None:
    """The free space of the VPC is 10.0.0.0/25 and 10.0.1.128/25: no /24 in one piece."""
    taken = [
        {"id": "subnet-00000001", "cidr": "10.0.0.128/25", "zone": "use1-az1"},
        {"id": "subnet-00000002", "cidr": "10.0.1.0/25", "zone": "use1-az1"},
        {"id": "subnet-00000003", "cidr": "10.0.2.0/23", "zone": "use1-az1"},
        *(
            {"id": f"subnet-0000001{n}", "cidr": f"10.0.{4 + n}.0/24", "zone": "use1-az2", "use": use}
            for n, use in enumerate(("node", "public", "cluster"))
        ),
        *(
            {"id": f"subnet-0000002{n}", "cidr": f"10.0.{7 + n}.0/28", "zone": "use1-az1", "use": use}
            for n, use in ((0, "cluster"),)
        ),
        {"id": "subnet-00000030", "cidr": "10.0.8.0/24", "zone": "use1-az1", "use": "public"},
        {"id": "subnet-00000031", "cidr": "10.0.7.16/28", "zone": "use1-az1"},
        {"id": "subnet-00000032", "cidr": "10.0.7.32/27", "zone": "use1-az1"},
        {"id": "subnet-00000033", "cidr": "10.0.7.64/26", "zone": "use1-az1"},
        {"id": "subnet-00000034", "cidr": "10.0.7.128/25", "zone": "use1-az1"},
    ]
    blocks = {"cidr": "10.0.0.0/21", "secondaryCidrs": ["10.0.8.0/24"]}
    plan = plan_of(
        zones=["use1-az1", "use1-az2"],
        vpc={"id": VPC, **blocks, "subnets": taken},
        nodeGroups=[{**GROUP, "maxSize": 10, "podsPerNode": 10, "update": {"strategy": "minimal"}}],
        tolerateZoneLoss=0,
        cni={"warmIpTarget": 1},
        loadBalancers={"internal": 10},
    )
    row = next(one for one in plan.capacity if (one.tier, one.zone) == ("node", "use1-az1"))
    assert [cidr.partition("/")[0] for cidr in row.cidrs] == ["10.0.0.0", "10.0.1.128"]
    assert row.usable >= row.needed
    tagged = [subnet.name for subnet in plan.design.subnets if subnet.tag("kubernetes.io/role/internal-elb")]
    assert tagged == ["subnet-00000010", "test-node-use1-az1"]
    assert "2 subnets together" in decision(plan, "subnet.node.use1-az1").explanation


def test_N29_too_small_says_both_numbers_and_what_would_fit() -> None:
    problems = diagnostics_of(vpc={"cidr": "10.0.0.0/24"}, nodeGroups=[{**GROUP, "maxSize": 60}])
    (one,) = problems
    assert one.kind is Kind.INFEASIBLE
    assert "addresses needed" in one.value
    assert one.limit == "256 free in 10.0.0.0/24, largest free block /24"
    assert "a VPC block of /" in one.fix


@pytest.mark.parametrize("size", [5, 20, 60, 200])
def test_every_remedy_that_is_named_does_make_it_fit(size: int) -> None:
    spec: dict[str, Any] = {"vpc": {"cidr": "10.0.0.0/22"}, "nodeGroups": [{**GROUP, "maxSize": size}]}
    problems = diagnostics_of(**spec)
    if not problems:
        return
    (one,) = problems
    remedies = [part.removeprefix("or ").strip() for part in one.fix.split(";")]
    tried = 0
    for remedy in remedies:
        changed = dict(spec)
        if remedy.startswith("a VPC block of /"):
            changed["vpc"] = {"cidr": f"10.0.0.0/{remedy.split('/')[1].split()[0]}"}
        elif remedy.startswith("tolerateZoneLoss"):
            changed["tolerateZoneLoss"] = 0
        elif remedy.startswith("cni.warmIpTarget"):
            changed["cni"] = {"warmIpTarget": 2}
        elif remedy.startswith("cni.customNetworking"):
            changed["cni"] = {"customNetworking": True}
        elif remedy.startswith("maxSize general"):
            changed["nodeGroups"] = [{**GROUP, "maxSize": int(remedy.split()[-1])}]
        else:
            continue
        tried += 1
        assert build_text(spec_text(**changed)).plan is not None, remedy
    assert tried >= 1


@pytest.mark.parametrize("size", [48, 49, 51])
def test_subnets_that_do_not_fit_in_one_piece_are_made_in_several(size: int) -> None:
    """17 nodes of 30 addresses need a /22 in one piece; three of these do not fit into a /21, but a
    /23 and a /26 in each zone do."""
    spec: dict[str, Any] = {
        "vpc": {"cidr": "10.0.0.0/21"},
        "nodeGroups": [{**GROUP, "maxSize": size, "update": {"strategy": "minimal"}}],
        "tolerateZoneLoss": 0,
        "loadBalancers": {"internal": 0, "public": 0},
    }
    plan = plan_of(**spec)
    for row in plan.capacity:
        (demand,) = [one for one in plan.demands if (one.tier, one.zone) == (row.tier, row.zone)]
        room = sum(IPv4Network(cidr).num_addresses - 5 for cidr in row.cidrs)
        assert room - (len(row.cidrs) - 1) * (demand.batch - 1) >= demand.addresses
    blocks = sorted(subnet.cidr for subnet in plan.design.subnets)
    assert not any(one.overlaps(other) for one, other in pairwise(blocks))
    assert any(len(row.cidrs) > 1 for row in plan.capacity) is (size > 48)
