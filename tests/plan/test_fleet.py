"""Fleets: blocks that never overlap, stay where they are, and give the subnets of single plans (N29, N41)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.plan.build import build
from planner.plan.fleet.file import read_text, to_document, write_text
from planner.plan.fleet.model import FleetPlan
from planner.plan.fleet.review import review_fleet
from planner.templates import render
from tests.support.fleets import claims_of, clashes, cluster, net, plan_of, problems_of, result_of
from tests.support.plans import GROUP, embedded, load, spec_text

POOL = [{"name": "all", "cidrs": ["10.0.0.0/12"]}]


@st.composite
def fleets(draw: st.DrawFn) -> dict[str, Any]:
    """A few clusters of a few shapes, with everything that may hold address space."""
    templates = {
        "small": {"nodeGroups": [{**GROUP, "maxSize": 4, "podsPerNode": 10}]},
        "big": {"nodeGroups": [{**GROUP, "maxSize": 60}], "vpc": {"layout": "minimal"}},
        "pods": {"cni": {"customNetworking": True}, "nodeGroups": [GROUP]},
    }
    count = draw(st.integers(1, 5))
    clusters = [
        {
            "name": f"c{number}",
            "template": draw(st.sampled_from(sorted(templates))),
            "count": draw(st.sampled_from([1, 1, 3])),
        }
        for number in range(count)
    ]
    clusters = [{key: value for key, value in one.items() if value != 1} for one in clusters]
    if draw(st.booleans()):
        clusters.append({"name": "pinned", "spec": {"vpc": {"cidr": "10.9.0.0/16"}, "serviceCidr": "172.31.0.0/16"}})
    return {
        "pools": POOL,
        "templates": templates,
        "clusters": clusters,
        "avoid": [{"cidr": f"10.{draw(st.integers(0, 8))}.0.0/16", "name": "on-premises"}],
        "allocations": [{"name": "legacy", "cidrs": [f"10.{draw(st.integers(10, 14))}.0.0/16"]}],
        "podBlocks": draw(st.sampled_from(["shared", "unique"])),
        "serviceBlocks": draw(st.sampled_from(["shared", "unique"])),
    }


relaxed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(fleets())
def test_N29_N41_nothing_overlaps_that_must_be_told_apart(spec: dict[str, Any]) -> None:
    plan = plan_of(**spec)
    assert clashes(claims_of(plan), plan.sharing) == []
    assert review_fleet(plan, embedded().facts).findings == ()


def blocks_of(plan: FleetPlan) -> dict[str, Any]:
    return {one.name: (one.vpc, one.secondary, one.pods, one.service, one.subnets) for one in plan.clusters}


@relaxed
@given(fleets(), st.randoms(use_true_random=False), st.integers(0, 2))
def test_N29_after_an_earlier_plan_nothing_moves(spec: dict[str, Any], chance: Any, dropped: int) -> None:
    before = plan_of(**spec)
    clusters = list(spec["clusters"])
    chance.shuffle(clusters)
    clusters = clusters[min(dropped, len(clusters) - 1) :]
    clusters.insert(chance.randrange(len(clusters) + 1), {"name": "newcomer", "template": "big"})
    after = blocks_of(plan_of(before, **{**spec, "clusters": clusters}))
    known = blocks_of(before)
    assert "newcomer" in after
    for name, held in after.items():
        if name in known:
            assert held == known[name]


def test_N29_a_cluster_at_the_end_moves_none_without_an_earlier_plan() -> None:
    clusters = [{"name": f"c{number}"} for number in range(5)]
    first = blocks_of(plan_of(pools=POOL, clusters=clusters))
    second = blocks_of(plan_of(pools=POOL, clusters=[*clusters, {"name": "later"}]))
    assert {name: second[name] for name in first} == first


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"cni": {"mode": "prefix"}},
        {"cni": {"mode": "prefix", "customNetworking": True}},
        {"vpc": {"layout": "minimal", "clusterSubnets": "shared"}},
        {"ipFamily": "ipv6"},
        {"nodePools": [{"name": "elastic", "instanceTypes": ["m5.large"], "maxNodes": 20}]},
    ],
    ids=["default", "prefix", "custom", "shared", "ipv6", "pools"],
)
def test_a_cluster_has_the_subnets_of_a_plan_by_itself(spec: dict[str, Any]) -> None:
    fleet = plan_of(pools=POOL, clusters=[{"name": "first", "spec": spec}, {"name": "second", "spec": spec}])
    found = cluster(fleet, "second")
    vpc = {**spec.get("vpc", {}), "cidr": str(found.vpc), "secondaryCidrs": [str(one) for one in found.pods]}
    alone = load(spec_text(name="second", **{**spec, "vpc": vpc}))
    assert alone.document is not None, alone.diagnostics
    plan = build(alone.document, embedded(), render).plan
    assert plan is not None
    assert {one.cidr for one in found.subnets} == {one.cidr for one in plan.design.subnets}


def test_a_fleet_plan_is_read_back_and_guarded_by_its_digest() -> None:
    plan = plan_of(pools=POOL, clusters=[{"name": "one"}])
    text = write_text(to_document(plan))
    assert blocks_of(read_text(text, "f.json")) == blocks_of(plan)
    with pytest.raises(Exception, match="was changed"):
        read_text(text.replace(str(plan.clusters[0].vpc), "10.15.0.0/16"), "f.json")


def test_many_clusters_in_a_full_pool_say_how_many_do_not_fit() -> None:
    pool = [{"name": "tiny", "cidrs": ["10.0.0.0/16"]}]
    (problem,) = problems_of(pools=pool, clusters=[{"name": "c", "count": 300}])
    assert problem.code == "fleet-pool-full"
    assert "tiny" in problem.summary + problem.value + problem.limit
    assert problem.fix


BAD: list[tuple[dict[str, Any], str]] = [
    ({"clusters": [{"name": "a", "template": "nope"}]}, "fleet-template"),
    ({"clusters": [{"name": "a"}, {"name": "a"}]}, "fleet-twice"),
    ({"pools": [{"name": "p", "cidrs": ["10.0.0.0/28"]}]}, "fleet-pool-full"),
    (
        {"allocations": [{"name": "x", "cidrs": ["10.1.0.0/16"]}, {"name": "y", "cidrs": ["10.1.128.0/17"]}]},
        "fleet-overlap",
    ),
    ({"clusters": [{"name": "a", "spec": {"region": "mars-north-1"}}]}, "region-unknown"),
    ({"clusters": [{"name": "a", "spec": {"regoin": "us-east-1"}}]}, "unknown-key"),
    ({"clusters": [{"name": "a", "spec": {"serviceCidr": "8.8.0.0/16"}}]}, "service-private"),
]


@pytest.mark.parametrize(("spec", "code"), BAD, ids=[code for _, code in BAD])
def test_bad_fleets_say_why(spec: dict[str, Any], code: str) -> None:
    found = problems_of(**{"pools": POOL, **spec})
    assert code in {one.code for one in found}, [(one.code, one.summary) for one in found]
    assert all(one.fix for one in found)


def test_overlapping_pins_are_found_wherever_they_are() -> None:
    clusters = [{"name": f"c{number}", "spec": {"vpc": {"cidr": f"10.{number}.0.0/16"}}} for number in range(60)]
    clusters.append({"name": "late", "spec": {"vpc": {"cidr": "10.30.128.0/17"}}})
    found = problems_of(pools=[{"name": "p", "cidrs": ["10.0.0.0/8"]}], clusters=clusters)
    said = " ".join(one.summary + one.value + one.limit for one in found)
    assert "c30" in said
    assert "late" in said
    assert net("10.30.0.0/16").overlaps(net("10.30.128.0/17"))


@pytest.mark.parametrize(("count", "account", "noticed"), [(100, "1", False), (101, "1", True), (101, "", False)])
def test_more_clusters_than_an_account_may_have_are_noticed(count: int, account: str, noticed: bool) -> None:
    small = {"nodeGroups": [{**GROUP, "maxSize": 1, "podsPerNode": 4}], "vpc": {"layout": "minimal"}}
    whose = {"account": account * 12} if account else {}
    clusters = [{"name": "c", "count": count, "template": "small", **whose}]
    found = [
        one
        for one in result_of(pools=POOL, templates={"small": small}, clusters=clusters).diagnostics
        if one.code == "cluster-quota"
    ]
    assert bool(found) is noticed
    assert [one.value for one in found] == (["101 clusters"] if noticed else [])
