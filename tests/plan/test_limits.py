"""How large a cluster may grow, and what grows with it (note N37)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.plan.limits import Reach, check_size
from tests.support.plans import GROUP, codes, decision, diagnostics_of, embedded, plan_of

BIG: dict[str, Any] = {"vpc": {"pool": "10.0.0.0/8"}, "quotas": {"networkAddressUsage": 256_000}, "zones": 3}


def large(nodes: int, **changes: Any) -> dict[str, Any]:
    return {**BIG, "nodeGroups": [{**GROUP, "maxSize": nodes, "podsPerNode": 4, **changes}]}


@pytest.mark.parametrize(
    ("nodes", "code"), [(300, None), (301, "cluster-plan"), (1000, "cluster-plan"), (1001, "cluster-large")]
)
def test_N37_eks_wants_to_know_of_large_clusters(nodes: int, code: str | None) -> None:
    found = {one for one in codes(**large(nodes)) if one.startswith("cluster-")}
    assert found == ({code} if code else set())


def test_N37_beyond_kubernetes_own_limits() -> None:
    class Told:
        facts = embedded().facts
        spec = plan_spec()

    for reach, code in (
        (Reach(5_000, 0, 0, 0, ""), "cluster-large"),
        (Reach(5_001, 0, 0, 0, ""), "cluster-limit"),
        (Reach(10, 150_001, 0, 0, ""), "cluster-limit"),
        (Reach(10, 50_001, 0, 0, ""), "cluster-large"),
        (Reach(10, 5_001, 0, 0, ""), "cluster-plan"),
    ):
        (found,) = check_size(Told(), reach)  # type: ignore[arg-type]
        assert found.code == code
    (most,) = check_size(Told(), Reach(5_001, 7, 0, 0, ""))  # type: ignore[arg-type]
    assert (most.value, most.limit) == ("5,001 nodes, 7 pods", "5,000 nodes, 150,000 pods")


def plan_spec() -> Any:
    from tests.support.plans import load, spec_text

    document = load(spec_text()).document
    assert document is not None
    return document.spec


def test_the_largest_cluster_counts_groups_pools_and_fargate() -> None:
    plan = plan_of(
        nodePools=[{"name": "pool", "instanceTypes": ["m5.large"], "maxNodes": 7}],
        fargate=[{"name": "jobs", "pods": 5}],
        workloads=[
            {"name": "web", "cpu": "10m", "memory": "16Mi", "replicas": 40},
            {"name": "agent", "kind": "DaemonSet", "cpu": "10m", "memory": "16Mi"},
        ],
    )
    size = decision(plan, "cluster.size")
    assert size.worked == "general 10 + pool 7 + Fargate 5"
    assert size.value == f"22 nodes, {40 + 17 + 5} pods"


def coredns(**spec: Any) -> dict[str, Any]:
    cluster = plan_of(**spec).design.cluster
    assert cluster is not None
    addon = cluster.addon("coredns")
    assert addon is not None
    return dict(json.loads(addon.configuration))


def test_N37_coredns_grows_with_the_cluster() -> None:
    assert coredns(**large(32)) == {}
    assert coredns(**large(33)) == {"autoScaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 3}}
    # what the spec says stays, and is judged
    for configuration, enough in (
        ({"replicaCount": 7}, True),
        ({"replicaCount": 6}, False),
        ({"autoScaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 7}}, True),
        ({"autoScaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 6}}, False),
        ({"autoScaling": {"enabled": False, "maxReplicas": 50}}, False),
        ({"resources": {}}, True),
    ):
        spec = {"addons": [{"name": "coredns", "configuration": configuration}], **large(100)}
        assert ("coredns-replicas" not in codes(**spec)) is enough, configuration
        assert coredns(**spec).items() >= configuration.items()
    (found,) = [
        one
        for one in diagnostics_of(addons=[{"name": "coredns", "configuration": {"replicaCount": 6}}], **large(100))
        if one.code == "coredns-replicas"
    ]
    assert (found.value, found.limit) == ("6 replicas", "7 at 100 nodes")
    assert "maxReplicas: 7" in found.fix
    # few nodes of many cores: 12 × 96 = 1,152 cores
    cores = decision(plan_of(**large(12, instanceTypes=["m5.24xlarge"])), "coredns")
    assert cores.worked == "max(⌈12 ÷ 16⌉, ⌈1152 ÷ 256⌉, 2) = 5"


def test_N37_the_tier_is_planned_with_its_figures() -> None:
    plan = plan_of(controlPlane={"tier": "tier-2xl"})
    assert plan.design.cluster is not None
    assert plan.design.cluster.control_plane_tier == "tier-2xl"
    told = {one.name: one.value for one in decision(plan, "control-plane").inputs}
    assert told["tier-2xl"] == "3,400 requests at once (seats), 283 pods scheduled a second, 16 GB of etcd"
    assert told["standard"] == "scales by itself, 8 GB of etcd"
    assert told["advice"].startswith("standard")
    (found,) = diagnostics_of(controlPlane={"tier": "tier-16xl"})
    assert found.code == "choice"


def test_a_large_or_spiky_cluster_is_advised_a_tier() -> None:
    for spec, begins in (
        (large(1001), "tier-xl"),
        (large(1000), "standard"),
        ({**large(301), "autoscaling": {"load": "spiky"}}, "tier-xl"),
        ({**large(300), "autoscaling": {"load": "spiky"}}, "standard"),
    ):
        told = {one.name: one.value for one in decision(plan_of(**spec), "control-plane").inputs}
        assert told["advice"].startswith(begins)


@pytest.mark.parametrize(("replicas", "noticed"), [(450, False), (451, True)])
def test_N15_nodes_that_workloads_need_meet_the_quota_too(replicas: int, noticed: bool) -> None:
    one_each = {"name": "web", "cpu": "1500m", "memory": "4Gi", "replicas": replicas, "spread": "none"}
    group = {"name": "general", "instanceTypes": ["m5.large"], "podsPerNode": 4}
    spec = {**BIG, "tolerateZoneLoss": 0, "zones": 2, "nodeGroups": [group], "workloads": [one_each]}
    found = [one for one in diagnostics_of(**spec) if one.code == "group-nodes-quota"]
    assert bool(found) is noticed
    assert all("older pages say 100" in one.limit for one in found)
