"""Which zones a plan takes (notes N29, N31)."""

from __future__ import annotations

from planner.design import Unknown
from planner.diagnostics import Kind
from tests.support.plans import GROUP, codes, diagnostics_of, plan_of


def zones(**spec: object) -> list[str]:
    return sorted({subnet.zone for subnet in plan_of(**spec).design.subnets})


def test_N31_forbidden_zones_are_passed_over() -> None:
    assert zones(zones=5) == ["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"]
    problems = [one for one in diagnostics_of(zones=6) if one.code == "zones-few"]
    assert problems[0].value == "6"
    assert problems[0].limit.startswith("5: use1-az1")


def test_N31_a_forbidden_zone_by_id_is_refused_and_by_name_not_judged() -> None:
    assert "zone-disallowed" in codes(zones=["use1-az3", "use1-az1"])
    assert "zone-name" in codes(zones=["us-east-1a", "us-east-1b"])
    plan = plan_of(zones=["us-east-1a", "us-east-1b"])
    assert {one.rule for one in plan.verdict.not_evaluated} == set()
    assert all(isinstance(subnet.zone_id, Unknown) for subnet in plan.design.subnets)


def test_zones_that_do_not_offer_the_types_are_passed_over() -> None:
    chosen = zones(region="ap-northeast-2", zones=2, nodeGroups=[{**GROUP, "instanceTypes": ["r6gd.large"]}])
    assert chosen == ["apne2-az1", "apne2-az2"]
    problems = diagnostics_of(region="ap-northeast-2", zones=3, nodeGroups=[{**GROUP, "instanceTypes": ["r6gd.large"]}])
    (one,) = [problem for problem in problems if problem.code == "zones-offering"]
    assert one.kind is Kind.INFEASIBLE
    assert "r6gd.large" in one.limit


def test_named_zones_that_lack_the_types_are_infeasible() -> None:
    problems = diagnostics_of(
        region="ap-northeast-2",
        zones=["apne2-az1", "apne2-az3"],
        nodeGroups=[{**GROUP, "instanceTypes": ["r6gd.large"]}],
    )
    (one,) = [problem for problem in problems if problem.code == "type-offering"]
    assert one.limit == "offered in apne2-az1, apne2-az2"


def test_a_group_may_stay_in_some_zones() -> None:
    plan = plan_of(
        zones=["use1-az1", "use1-az2", "use1-az4"],
        nodeGroups=[GROUP, {**GROUP, "name": "near", "zones": ["use1-az2"]}],
    )
    groups = {group.name: group.subnets for group in plan.design.node_groups}  # type: ignore[union-attr]
    assert groups["near"] == ("test-node-use1-az2",)
    assert len(groups["general"]) == 3


def test_small_regions_say_how_many_zones_they_have() -> None:
    (one,) = [one for one in diagnostics_of(region="us-west-1", zones=3, nodeGroups=[GROUP]) if one.code == "zones-few"]
    assert one.fix == "use zones: 2"
    assert len(plan_of(region="us-west-1", nodeGroups=[GROUP]).design.subnets) == 6, "not asked for three, it takes two"
