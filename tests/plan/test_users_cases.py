"""What people ran into, as specs: each is refused or answered rightly, with the rule named."""

from __future__ import annotations

from typing import Any

import pytest

from planner.diagnostics import Diagnostic
from tests.support.plans import GROUP, codes, decision, diagnostics_of, plan_of

VPC = "vpc-0123456789abcdef0"
SMALL = {"name": "general", "instanceTypes": ["t3.medium"], "maxSize": 2}


def existing(*subnets: dict[str, Any], **vpc: Any) -> dict[str, Any]:
    """An existing VPC with these subnets, ids filled in."""
    listed = [{"id": f"subnet-{number:017x}", **one} for number, one in enumerate(subnets, start=1)]
    return {"id": VPC, "cidr": "10.0.0.0/16", "subnets": listed, **vpc}


def one(code: str, **spec: Any) -> Diagnostic:
    found = [problem for problem in diagnostics_of(**spec) if problem.code == code]
    assert found, [problem.code for problem in diagnostics_of(**spec)]
    return found[0]


def test_N31_nodes_that_share_28_cluster_subnets_leave_too_few_for_an_update() -> None:
    subnets = [
        {"cidr": f"10.0.0.{16 * number}/28", "zone": f"use1-az{zone}", "use": ["cluster", "node"]}
        for number, zone in enumerate((1, 2))
    ]
    problem = one("subnet-full", zones=["use1-az1", "use1-az2"], vpc=existing(*subnets), nodeGroups=[SMALL], nat="none")
    assert problem.limit.startswith("11 free")
    assert problem.fix.endswith("for EKS itself: control-plane interfaces 4, kept free for version updates 5")
    assert problem.note == "N31"


@pytest.mark.parametrize(("length", "fits"), [(28, False), (27, True)])
def test_N31_what_EKS_needs_decides_where_the_nodes_alone_would_fit(length: int, fits: bool) -> None:
    tiny = {"name": "tiny", "instanceTypes": ["t3.nano"], "maxSize": 2, "update": {"strategy": "minimal"}}
    subnets = [
        {"cidr": f"10.0.{zone}.0/{length}", "zone": f"use1-az{zone}", "use": ["cluster", "node"]} for zone in (1, 2)
    ]
    found = codes(
        zones=["use1-az1", "use1-az2"],
        vpc=existing(*subnets),
        nodeGroups=[tiny],
        nat="none",
        loadBalancers={"internal": 0},
        tolerateZoneLoss=0,
    )
    assert ("subnet-full" not in found) is fits


def test_N31_free_addresses_are_judged_in_each_cluster_subnet_and_never_summed() -> None:
    subnets = [
        {"cidr": "10.0.0.0/28", "zone": "use1-az1", "use": "cluster", "free": 11},
        {"cidr": "10.0.0.16/28", "zone": "use1-az1", "use": "cluster", "free": 3},
        {"cidr": "10.0.0.32/28", "zone": "use1-az2", "use": "cluster", "free": 11},
    ]
    problem = one("cluster-subnet-full", zones=["use1-az1", "use1-az2"], vpc=existing(*subnets))
    assert problem.value.startswith("9 addresses needed")
    assert problem.limit == "3 free in 10.0.0.16/28"


def test_a_dedicated_28_suffices() -> None:
    plan = plan_of()
    assert decision(plan, "subnet.cluster.use1-az1").worked == "4 + 5 + 5 reserved = 14 → /28"


def test_N29_prefix_mode_in_a_fragmented_subnet_is_refused_with_the_range() -> None:
    subnets = [
        {"cidr": f"10.0.{8 * number}.0/21", "zone": f"use1-az{zone}", "use": "node", "free": 1500}
        for number, zone in enumerate((1, 2))
    ]
    spec = {
        "zones": ["use1-az1", "use1-az2"],
        "vpc": existing(*subnets),
        "cni": {"mode": "prefix"},
        "nodeGroups": [{**GROUP, "podsPerNode": 60, "maxSize": 6}],
    }
    problem = one("subnet-fragmented", **spec)
    assert "between 0 and 9" in problem.limit
    assert "freePrefixes" in problem.fix
    for subnet in spec["vpc"]["subnets"]:  # type: ignore[index]
        subnet["freePrefixes"] = 90
    assert "subnet-fragmented" not in codes(**spec)
    for subnet in spec["vpc"]["subnets"]:  # type: ignore[index]
        subnet["freePrefixes"] = 10
    assert "at most" in one("subnet-fragmented", **spec).limit


def test_N29_planned_prefix_subnets_have_reservations_that_hold_all_prefixes() -> None:
    plan = plan_of(cni={"mode": "prefix"}, vpc={"cidr": "10.0.0.0/16", "layout": "minimal"})
    for row in plan.capacity:
        mine = [subnet for subnet in plan.design.subnets if subnet.name in row.subnets]
        inside = sum(block.num_addresses // 16 for subnet in mine for block in subnet.reserved_blocks)
        assert inside - len(mine) >= row.prefixes or not row.prefixes
        for subnet in mine:
            assert all(block.subnet_of(subnet.cidr) for block in subnet.reserved_blocks)


def test_N29_subnets_that_are_not_one_block_leave_room_for_whole_interfaces() -> None:
    """Leftovers smaller than an interface's batch are of no use to the CNI."""
    halves = [
        {"cidr": "10.0.0.0/25", "zone": "use1-az1", "use": "node"},
        {"cidr": "10.0.1.0/25", "zone": "use1-az1", "use": "node"},
        {"cidr": "10.0.2.0/24", "zone": "use1-az2", "use": "node"},
    ]
    spec: dict[str, Any] = {
        "zones": ["use1-az1", "use1-az2"],
        "vpc": existing(*halves),
        "loadBalancers": {"internal": 0},
        "tolerateZoneLoss": 0,
    }
    # 246 addresses in two pieces: 8 nodes of 30 fit by the sum, but one may find 9 left in each piece
    wanted = [{**GROUP, "maxSize": 12, "update": {"strategy": "default"}}]
    problem = one("subnet-full", **spec, nodeGroups=wanted)
    assert "smaller than an interface's 10" in problem.limit


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"vpc": {"cidr": "10.0.0.0/15"}}, "vpc-size"),
        ({"vpc": {"cidr": "10.0.0.0/29"}}, "vpc-size"),
        ({"vpc": {"cidr": "169.254.0.0/16"}}, "vpc-forbidden"),
        ({"vpc": {"cidr": "172.17.0.0/16"}}, "vpc-docker"),
        ({"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": ["198.19.0.0/16"]}}, "secondary-cidr"),
        ({"vpc": {"cidr": "10.1.0.0/16", "secondaryCidrs": ["10.0.0.0/16"]}}, "secondary-cidr"),
        ({"vpc": {"cidr": "172.16.0.0/16", "secondaryCidrs": ["172.31.0.0/16"]}}, "secondary-cidr"),
        ({"vpc": {"cidr": "100.64.0.0/16", "secondaryCidrs": ["10.0.0.0/16"]}}, "secondary-cidr"),
        ({"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": ["10.0.128.0/17"]}}, "cidr-overlap"),
        (
            {"vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": [f"10.{number}.0.0/16" for number in range(2, 7)]}},
            "vpc-cidr-quota",
        ),
        ({"serviceCidr": "172.0.0.0/11"}, "service-size"),
        ({"serviceCidr": "172.20.0.0/25"}, "service-size"),
        ({"vpc": {"cidr": "10.0.0.0/16"}, "serviceCidr": "10.0.0.0/20"}, "cidr-overlap"),
        ({"serviceCidr": "100.64.0.0/16"}, "service-private"),
        ({"zones": ["use1-az1", "use1-az3"]}, "zone-disallowed"),
        ({"zones": ["use1-az1"]}, "zones"),
        (
            {
                "nodeGroups": [{"name": "big", "instanceTypes": ["m5.24xlarge"], "maxSize": 450}],
                "vpc": {"cidr": "10.0.0.0/16", "secondaryCidrs": [f"10.{n}.0.0/16" for n in (2, 3, 4, 5)]},
            },
            "vpc-nau",
        ),
    ],
)
def test_N29_N41_what_AWS_refuses_is_refused_before(spec: dict[str, Any], code: str) -> None:
    problem = one(code, **spec)
    assert problem.limit
    assert problem.fix


def test_a_raised_quota_is_believed() -> None:
    vpc = {"cidr": "10.0.0.0/16", "secondaryCidrs": [f"10.{number}.0.0/16" for number in range(2, 7)]}
    assert "vpc-cidr-quota" not in codes(vpc=vpc, quotas={"vpcCidrs": 6})
    many = {"name": "big", "instanceTypes": ["m5.24xlarge"], "maxSize": 450}
    wide = {"cidr": "10.0.0.0/16", "secondaryCidrs": [f"10.{number}.0.0/16" for number in (2, 3, 4, 5)]}
    assert "vpc-nau" not in codes(nodeGroups=[many], vpc=wide, quotas={"networkAddressUsage": 256_000})


def test_prefixes_count_one_unit_and_not_sixteen() -> None:
    single = plan_of(nodeGroups=[{"name": "big", "instanceTypes": ["m5.4xlarge"], "maxSize": 60, "podsPerNode": 100}])
    prefix = plan_of(
        cni={"mode": "prefix"},
        nodeGroups=[{"name": "big", "instanceTypes": ["m5.4xlarge"], "maxSize": 60, "podsPerNode": 100}],
    )

    def units(plan: Any) -> int:
        return int(decision(plan, "vpc.nau").value.replace(",", ""))

    assert units(prefix) * 4 < units(single)


def demand(tier: str, **spec: Any) -> dict[str, int]:
    (found,) = [item for item in plan_of(**spec).demands if item.tier == tier and item.zone == "use1-az1"]
    return {item.name: item.addresses for item in found.items}


def test_N12_a_karpenter_pool_has_its_budget_as_surge() -> None:
    pool = {"name": "elastic", "instanceTypes": ["m5.large"], "maxNodes": 30, "disruptionBudget": "20%"}
    items = demand("node", nodePools=[pool], tolerateZoneLoss=0)
    assert items["nodes of elastic"] == 10 * 30
    assert items["update surge of elastic"] == 2 * 30


def test_N12_auto_mode_nodes_have_prefixes_whatever_the_cni_says() -> None:
    pool = {"name": "auto", "manager": "auto-mode", "instanceTypes": ["m5.large"], "maxNodes": 3, "podsPerNode": 20}
    items = demand("node", nodePools=[pool], tolerateZoneLoss=0)
    assert items["nodes of auto"] == 1 * (1 + 3 * 16)


def test_a_pool_alone_needs_no_node_group() -> None:
    plan = plan_of(
        nodeGroups=[],
        nodePools=[{"name": "auto", "manager": "auto-mode", "instanceTypes": ["m5.large"], "maxNodes": 3}],
    )
    assert plan.design.node_groups == ()
    assert [one.name for one in plan.spreads] == ["auto"]


def test_fargate_pods_take_an_address_each_in_ipv6_clusters_too() -> None:
    for family in ("ipv4", "ipv6"):
        items = demand("node", fargate=[{"name": "jobs", "pods": 100}], ipFamily=family, tolerateZoneLoss=1)
        assert items["Fargate pods of jobs"] == 50


def test_N27_branch_interfaces_come_on_top_of_the_node() -> None:
    group = {**GROUP, "maxSize": 3, "podsPerNode": 20, "update": {"strategy": "minimal"}}
    without = demand("node", nodeGroups=[group], tolerateZoneLoss=0)
    trunk = demand("node", nodeGroups=[group], tolerateZoneLoss=0, cni={"securityGroupsForPods": True})
    assert "branch interfaces of general" not in without
    assert trunk["branch interfaces of general"] <= 9  # an m5.large has nine
    few = demand(
        "node",
        nodeGroups=[{**group, "securityGroupPodsPerNode": 0}],
        tolerateZoneLoss=0,
        cni={"securityGroupsForPods": True},
    )
    assert "branch interfaces of general" not in few
    assert sum(few.values()) <= sum(trunk.values())
    assert "group-branches" in codes(nodeGroups=[{**group, "securityGroupPodsPerNode": 2}])


def test_shared_cluster_subnets_are_the_node_subnets() -> None:
    plan = plan_of(vpc={"cidr": "10.0.0.0/16", "clusterSubnets": "shared"})
    assert plan.design.cluster is not None
    assert all("-node-" in name for name in plan.design.cluster.subnets)
    assert {row.tier for row in plan.capacity} == {"node", "public"}
    items = demand("node", vpc={"cidr": "10.0.0.0/16", "clusterSubnets": "shared"})
    assert (items["control-plane interfaces"], items["kept free for version updates"]) == (4, 5)


def test_every_bar_of_the_waterfall_is_a_decision() -> None:
    from planner.report.pictures.waterfall import waterfalls

    for spec in (
        {},
        {"cni": {"mode": "prefix", "customNetworking": True}},
        {"vpc": {"cidr": "10.0.0.0/16", "clusterSubnets": "shared"}},
    ):
        plan = plan_of(**spec)
        known = {one.id for one in plan.decisions}
        for fall in waterfalls(plan):
            assert {step.decision for step in fall.steps} <= known
            *steps, size = fall.steps
            height = 0
            for step in steps:
                assert step.start == height
                height += step.addresses
            assert (height, size.addresses) == (fall.size, fall.size)


def test_the_map_shows_every_address_once() -> None:
    from planner.report.pictures.address_map import address_map

    for spec in (
        {},
        {"cni": {"mode": "prefix", "customNetworking": True}},
        {"vpc": existing({"cidr": "10.0.0.0/20", "zone": "use1-az1"}), "zones": ["use1-az1", "use1-az2"]},
    ):
        for block in address_map(plan_of(**spec)):
            position = int(block.cidr.network_address)
            for piece in block.pieces:
                assert piece.first == position
                position += piece.count
            assert position == int(block.cidr.broadcast_address) + 1


def test_pools_and_profiles_that_are_wrong() -> None:
    pool = {"name": "general", "instanceTypes": ["m5.large"], "maxNodes": 3}
    assert "name-twice" in codes(nodePools=[pool])
    assert "pool-types" in codes(nodePools=[{"name": "p", "maxNodes": 3}])
    assert "pool-zone" in codes(nodePools=[{**pool, "name": "p", "zones": ["use1-az1"]}])
    assert "node-pool" in codes(
        nodePools=[{"name": "p", "manager": "auto-mode", "instanceTypes": ["m4.large"], "maxNodes": 3}]
    )
    assert "node-pool" in codes(nodePools=[{**pool, "name": "p", "podsPerNode": 500}])
    assert "budget" in codes(nodePools=[{**pool, "name": "p", "disruptionBudget": "many"}])
    assert "name-twice" in codes(fargate=[{"name": "a", "pods": 1}, {"name": "a", "pods": 2}])
    assert "type-unknown" in codes(nodePools=[{**pool, "name": "p", "instanceTypes": ["m5.huge"]}])
