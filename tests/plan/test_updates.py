"""Updates of planned groups and control planes (notes N10, N16, N21, N31, N42): addresses, recommendation, hops."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.diagnostics import Kind
from planner.nodegroups.updates.model import Strategy, timings
from planner.plan.file import read_text, write_text
from planner.plan.model import Plan
from planner.plan.scenarios.of_plan import world_of_plan
from planner.plan.spec_of import spec_of
from planner.plan.updates.control_plane import NoWayError, Way, way
from planner.plan.updates.recommend import recommend
from planner.plan.updates.subject import Asked, subjects_of_plan
from planner.plan.updates.update import Update, update
from tests.support.plans import CLUSTER_EXAMPLES, FEASIBLE, build_text, embedded, load, plan_example, plan_of, spec_text

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 30, "desiredSize": 6}
WEB = {"name": "web", "cpu": "250m", "memory": "256Mi", "replicas": 12}


def asked(**changes: Any) -> Asked:
    return Asked(timings(embedded().facts, changes.pop("times", {})), **changes)


def updates(plan: Plan, **changes: Any) -> dict[str, Update]:
    catalog, wish = embedded(), asked(**changes)
    world = world_of_plan(plan)
    subjects = subjects_of_plan(plan, world, catalog, wish)
    assert isinstance(subjects, tuple), subjects
    return {one.group.name: update(one, world, wish, catalog.facts) for one in subjects}


def only(plan: Plan, **changes: Any) -> Update:
    (found,) = updates(plan, **changes).values()
    return found


def codes(found: Update) -> set[str]:
    return {one.code for one in found.troubles}


@pytest.mark.parametrize("path", CLUSTER_EXAMPLES, ids=lambda path: path.stem)
def test_the_spec_in_a_plan_is_read_again_as_it_was(path: Any) -> None:
    loaded = load(path.read_text("utf-8"))
    result = build_text(path.read_text("utf-8")) if loaded.document else None
    if result is None or result.plan is None:
        return
    again = spec_of(read_text(write_text(result.plan), "plan.json"))
    assert again == loaded.document


def test_quantities_and_budgets_of_a_plan_mean_the_same_as_those_of_its_spec() -> None:
    budgets = {"podDisruptionBudget": {"minAvailable": "50%"}, "readySeconds": 5}
    plan = plan_of(
        nodeGroups=[{**GROUP, "systemReserved": {"cpu": "100m", "memory": "200Mi"}}], workloads=[{**WEB, **budgets}]
    )
    (workload,) = spec_of(plan).spec.workloads
    assert (workload.cpu, workload.ready_seconds, len(workload.pod_disruption_budget)) == (250, 5, 1)
    reserved = spec_of(plan).spec.node_groups[0].system_reserved
    assert reserved is not None
    assert (reserved.cpu, reserved.memory) == (100, 200 * 1024 * 1024)


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_example_can_be_updated_also_at_its_maximum(name: str) -> None:
    for nodes in ("desired", "max"):
        for found in updates(plan_example(name), nodes=nodes).values():
            assert found.works, (found.subject.group.name, [one.summary for one in found.troubles])


def test_N21_the_plan_counts_with_the_pods_that_it_declares() -> None:
    found = only(plan_of(nodeGroups=[GROUP], workloads=[WEB]))
    here = [dict(node.pods) for node in found.subject.group.nodes]
    assert sum(one.get("web", 0) for one in here) == 12
    assert {one.get("web", 0) for one in here} == {2}
    assert sum(one.get("coredns", 0) for one in here) == 2


def test_N21_daemon_sets_are_no_matter_of_the_drain() -> None:
    agent = {"name": "agent", "kind": "DaemonSet", "cpu": "100m", "memory": "128Mi"}
    found = only(plan_of(nodeGroups=[GROUP], workloads=[agent, {**WEB, "terminationGracePeriodSeconds": 45}]))
    assert "agent" not in {one.name for one in found.subject.group.tenants}
    assert found.trials[0].played.phases[2].drain == 45


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"podDisruptionBudget": {"minAvailable": "100%"}}, "update-budget-zero"),
        ({"podDisruptionBudget": {"maxUnavailable": 0}}, "update-budget-zero"),
        ({"podDisruptionBudget": {"minAvailable": 12}}, "update-budget-zero"),
        ({"podDisruptionBudget": {"minAvailable": "92%"}}, "update-budget-zero"),
        ({"replicas": 1, "podDisruptionBudget": {"minAvailable": 1}}, "update-budget-zero"),
        ({"podDisruptionBudget": [{"maxUnavailable": 1}, {"minAvailable": 1}]}, "update-budget-twice"),
        ({"tolerations": [{"operator": "Exists"}]}, "update-returns"),
        ({"terminationGracePeriodSeconds": 1_000}, "update-grace"),
        ({"podDisruptionBudget": {"maxUnavailable": 1}, "readySeconds": 900}, "update-drain"),
    ],
    ids=["100 %", "none", "as many as there are", "92 % of 12 is 12", "alone", "two", "returns", "grace", "slow"],
)
def test_N21_N40_stuck_pods_stop_the_update_of_a_plan(changes: dict[str, Any], code: str) -> None:
    plan = plan_of(nodeGroups=[GROUP], workloads=[{**WEB, **changes}])
    found = only(plan)
    assert not found.works
    (trouble,) = [one for one in found.troubles if one.kind is Kind.INFEASIBLE]
    assert trouble.code == code
    assert trouble.summary.startswith("web:")
    forced = only(plan, force=True)
    assert forced.works
    assert code in codes(forced)


@pytest.mark.parametrize(
    "changes",
    [
        {"podDisruptionBudget": {"minAvailable": "91%"}},  # 11 of 12
        {"podDisruptionBudget": {"maxUnavailable": "1%"}},  # one pod: percentages round up
        {"podDisruptionBudget": {"maxUnavailable": 1}},
        {"tolerations": [{"key": "team", "operator": "Exists"}]},
        {"terminationGracePeriodSeconds": 900},
    ],
    ids=["91 %", "1 %", "one", "one taint", "900 s"],
)
def test_N40_their_neighbours_do_not(changes: dict[str, Any]) -> None:
    assert only(plan_of(nodeGroups=[GROUP], workloads=[{**WEB, **changes}])).works


def test_a_percentage_is_played_rounded_down_and_up() -> None:
    plan = plan_of(nodeGroups=[{**GROUP, "desiredSize": 10, "update": {"maxUnavailablePercentage": 33}}])
    found = only(plan)
    assert found.percentage == 33
    assert [one.played.how.at_once for one in found.trials] == [3, 4]
    assert [one.played.rounds for one in found.trials] == [4, 3]
    assert only(plan, at_once=2).percentage is None


def tight(**group: Any) -> Plan:
    """A plan whose subnets were sized for MINIMAL: they hold the group and no surge."""
    return plan_of(
        vpc={"cidr": "10.0.0.0/20", "layout": "minimal"},
        loadBalancers={"public": 0, "internal": 0},
        tolerateZoneLoss=0,
        nodeGroups=[{**GROUP, "maxSize": 24, "desiredSize": 24, "update": {"strategy": "minimal"}, **group}],
    )


def test_N21_a_surge_without_addresses_is_a_NodeCreationFailure() -> None:
    plan = tight()
    assert only(plan).works
    found = only(plan, strategy=Strategy.DEFAULT)
    assert not found.works
    (trouble,) = [one for one in found.troubles if one.code == "update-addresses"]
    assert "NodeCreationFailure" in trouble.summary
    assert "addresses" in trouble.limit
    assert "minimal" in trouble.fix
    advised = recommend(found, world_of_plan(plan), asked(strategy=Strategy.DEFAULT), embedded().facts)
    assert advised.chosen is not None
    assert advised.chosen.trial.played.how.strategy is Strategy.MINIMAL


def test_a_lost_zone_and_the_only_zone() -> None:
    zones = ["use1-az1", "use1-az2", "use1-az4"]
    plan = plan_of(zones=zones, nodeGroups=[GROUP, {**GROUP, "name": "lone", "zones": zones[:1]}])
    found = updates(plan, lost=frozenset(["use1-az1"]))
    assert found["general"].trials[0].played.peak_by_zone == {"use1-az2": 6, "use1-az4": 6}
    assert found["general"].works
    assert codes(found["lone"]) == {"update-zone"}
    assert not found["lone"].works


def test_minimal_is_advised_only_where_its_nodes_find_addresses() -> None:
    lost = only(tight(), strategy=Strategy.DEFAULT, lost=frozenset(["use1-az1"]))
    (trouble,) = [one for one in lost.troubles if one.code == "update-addresses"]
    assert "minimal" not in trouble.fix
    assert "add a subnet of /" in trouble.fix
    assert not only(tight(), lost=frozenset(["use1-az1"])).works


def test_nodes_that_do_not_hold_all_pods_are_noticed() -> None:
    plan = plan_of(nodeGroups=[{**GROUP, "minSize": 3, "desiredSize": 3}], workloads=[{**WEB, "replicas": 60}])
    found = only(plan)
    assert "update-pending" in codes(found)
    assert found.works
    assert "update-pending" not in codes(only(plan, nodes="max"))


def test_the_recommendation_is_the_fastest_that_holds_and_the_next_is_not() -> None:
    budget = {"podDisruptionBudget": {"maxUnavailable": 2}, "readySeconds": 200}
    plan = plan_of(nodeGroups=[{**GROUP, "desiredSize": 12}], workloads=[{**WEB, "replicas": 24, **budget}])
    world, wish, facts = world_of_plan(plan), asked(), embedded().facts
    found = recommend(only(plan), world, wish, facts)
    assert found.chosen is not None
    number = found.chosen.trial.played.how.at_once
    # two pods on a node, two may go at a time: n nodes take (n − 1) × 200 + 30 s, and from the second round on
    # 120 s more where nodes still boot: five come to 950 s
    tried = {n: only(plan, at_once=n).trials[0] for n in range(1, 13)}
    good = [n for n, one in tried.items() if not any(t.code == "update-drain" for t in one.troubles)]
    assert good == [1, 2, 3, 4]
    assert number in good
    assert all(tried[number].played.expected <= tried[n].played.expected for n in good)


def test_a_workload_without_a_budget_is_spared_as_its_own_rolling_update_would() -> None:
    """A quarter of 12 pods is three; two are on each node."""
    plan = plan_of(nodeGroups=[GROUP], workloads=[WEB])
    found = recommend(only(plan), world_of_plan(plan), asked(), embedded().facts)
    assert found.chosen is not None
    assert found.chosen.trial.played.how.at_once == 1
    assert "web has no budget: up to 4 of its 12 pods" in found.why


def test_nothing_is_recommended_where_nothing_helps() -> None:
    plan = plan_of(nodeGroups=[GROUP], workloads=[{**WEB, "podDisruptionBudget": {"maxUnavailable": 0}}])
    found = recommend(only(plan), world_of_plan(plan), asked(), embedded().facts)
    assert found.chosen is None
    assert "web: its budget lets no pod go" in found.why


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.integers(1, 40),
    number=st.integers(1, 20),
    mode=st.sampled_from(["secondary-ip", "prefix"]),
    custom=st.booleans(),
    loss=st.integers(0, 1),
    layout=st.sampled_from(["roomy", "minimal"]),
    strategy=st.sampled_from(["default", "minimal"]),
    lost=st.booleans(),
)
def test_N21_every_accepted_plan_has_the_addresses_that_its_updates_come_to(
    size: int, number: int, mode: str, custom: bool, loss: int, layout: str, strategy: str, lost: bool
) -> None:
    """What an update is played to come to, in each zone and subnet, is never more than what the plan announced."""
    update_ = {"strategy": strategy, "maxUnavailable": min(number, size)}
    result = build_text(
        spec_text(
            nodeGroups=[{"name": "g", "instanceTypes": ["m5.xlarge"], "maxSize": size, "update": update_}],
            tolerateZoneLoss=loss,
            cni={"mode": mode, "customNetworking": custom},
            vpc={"layout": layout},
        )
    )
    if result.plan is None:
        return
    plan = result.plan
    (spread,) = plan.spreads
    zone = frozenset([spread.zones[0]]) if lost and loss else frozenset[str]()
    (found,) = updates(plan, nodes="max", lost=zone).values()
    (trial,) = found.trials
    assert trial.filled.first is None
    assert trial.played.peak <= spread.peak + spread.surge
    assert max(trial.played.peak_by_zone.values()) <= spread.per_zone
    for demand, room in zip(plan.demands, trial.filled.rooms, strict=True):
        assert room.zone == demand.zone
        assert room.needed <= sum(item.addresses for item in demand.items if item.owner)
        assert room.needed <= room.usable


# --- control plane


def to(target: str, keep_nodes: bool = False, **spec: Any) -> Way:
    plan = plan_of(**spec)
    return way(plan, target, list(updates(plan).values()), embedded(), keep_nodes=keep_nodes)


def test_N10_versions_are_gone_through_one_by_one_each_with_its_support_dates() -> None:
    found = to("1.35", version="1.32")
    assert [(one.start, one.end) for one in found.hops] == [("1.32", "1.33"), ("1.33", "1.34"), ("1.34", "1.35")]
    known = {one.version: one for one in embedded().versions}
    for hop in found.hops:
        assert hop.standard_until == known[hop.end].end_of_standard_support
        assert hop.extended_until == known[hop.end].end_of_extended_support
    assert found.works


def test_control_plane_then_addons_then_nodes() -> None:
    (hop,) = to("1.36", addons=["metrics-server", "cluster-autoscaler"]).hops
    names = [one.what for one in hop.steps]
    addons = ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "metrics-server"]
    expected = ["control plane", *(f"add-on {one}" for one in addons), "nodes general", "cluster-autoscaler"]
    assert [one for one in names if one in expected] == expected
    assert next(one for one in hop.steps if one.what == "nodes general").expected
    assert all(one.source.startswith("https://") for one in hop.steps)


@pytest.mark.parametrize(("target", "works"), [("1.35", True), ("1.36", False)], ids=["three behind", "four behind"])
def test_kubelets_may_be_three_versions_behind(target: str, works: bool) -> None:
    found = to(target, keep_nodes=True, version="1.32")
    assert found.works is works
    if not works:
        (trouble,) = found.troubles
        assert (trouble.code, trouble.value, trouble.limit) == ("update-skew", "4 minor versions behind", "at most 3")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("1.99", "no version of the catalog"),
        ("1.34", "not newer than 1.34"),
        ("1.33", "back by one minor version within 7 days"),
    ],
)
def test_there_is_no_way_back_or_to_what_nobody_knows(target: str, said: str) -> None:
    with pytest.raises(NoWayError, match=said):
        to(target, version="1.34")


def test_N31_a_control_plane_update_wants_five_free_addresses_in_each_cluster_subnet() -> None:
    plan = plan_of()
    catalog = embedded()
    found = way(plan, "1.36", list(updates(plan).values()), catalog)
    assert {one.free for one in found.free} == {7}  # a /28 has 11, four are EKS's own
    rows = tuple(
        dataclasses.replace(one, usable=one.usable - 3) if one.tier == "cluster" else one for one in plan.capacity
    )
    less = way(dataclasses.replace(plan, capacity=rows), "1.36", (), catalog)
    assert not less.works
    assert {one.code for one in less.troubles} == {"update-cluster-addresses"}
    just = tuple(
        dataclasses.replace(one, usable=one.usable - 2) if one.tier == "cluster" else one for one in plan.capacity
    )
    assert way(dataclasses.replace(plan, capacity=just), "1.36", (), catalog).works


def test_shared_cluster_subnets_count_what_the_plan_keeps_free_in_them() -> None:
    found = to("1.36", vpc={"clusterSubnets": "shared"})
    assert found.free
    assert all(one.free >= one.wanted for one in found.free)


def test_an_operating_system_that_ended_stops_the_way() -> None:
    old = to("1.33", version="1.32", nodeGroups=[{**GROUP, "os": "al2"}])
    assert [one.code for one in old.troubles if one.kind is Kind.INFEASIBLE] == ["update-image"]
    own = to("1.36", nodeGroups=[{**GROUP, "amiId": "ami-0123456789abcdef0", "maxPods": 29}])
    assert [one.code for one in own.troubles] == ["update-own-image"]
    assert own.works


def test_the_way_back_is_named_with_its_window_and_what_it_does_not_do() -> None:
    told = " ".join(to("1.36").rollback)
    for words in ("7 days", "1.36 to 1.35", "update-nodegroup-version", "supportType: extended", "2027-03-27"):
        assert words in told
    assert "supportType" not in " ".join(to("1.36", supportType="extended").rollback)


def test_a_group_that_cannot_be_updated_stops_the_way() -> None:
    stuck = [{**WEB, "podDisruptionBudget": {"maxUnavailable": 0}}]
    assert not to("1.36", workloads=stuck).works
    assert to("1.36", keep_nodes=True, workloads=stuck).works
