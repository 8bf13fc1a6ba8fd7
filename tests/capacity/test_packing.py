"""Packing pods onto nodes, and sizes from workloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capacity.packing.shapes import NodeShape, PodShape, nodes_needed
from planner.diagnostics import Kind
from tests.support.plans import GROUP, build_text, decision, diagnostics_of, plan_of, spec_text

NODE = NodeShape(4000, 16000, 58)
pods = st.lists(
    st.tuples(
        st.builds(PodShape, st.sampled_from(["a", "b", "c"]), st.integers(1, 4000), st.integers(1, 16000)),
        st.integers(1, 200),
    ),
    max_size=5,
)


@given(pods)
def test_enough_and_not_absurd(wanted: list[tuple[PodShape, int]]) -> None:
    nodes = nodes_needed(wanted, NODE)
    cpu = sum(pod.cpu_millicores * count for pod, count in wanted)
    memory = sum(pod.memory_mib * count for pod, count in wanted)
    number = sum(count for _, count in wanted)
    bound = max(-(-cpu // 4000), -(-memory // 16000), -(-number // 58))
    assert bound <= nodes <= max(number, 0)


@given(pods)
def test_agrees_with_first_fit_one_pod_at_a_time(wanted: list[tuple[PodShape, int]]) -> None:
    ordered = sorted(wanted, key=lambda pair: (-pair[0].cpu_millicores, -pair[0].memory_mib, pair[0].workload))
    bins: list[list[int]] = []
    for pod, count in ordered:
        for _ in range(count):
            for bin_ in bins:
                if bin_[0] >= pod.cpu_millicores and bin_[1] >= pod.memory_mib and bin_[2] >= 1:
                    break
            else:
                bin_ = [4000, 16000, 58]
                bins.append(bin_)
            bin_[0] -= pod.cpu_millicores
            bin_[1] -= pod.memory_mib
            bin_[2] -= 1
    # runs of equal nodes are filled together, which may order bins otherwise but not add many
    assert abs(nodes_needed(wanted, NODE) - len(bins)) <= max(2, len(bins) // 5)


def test_a_hundred_thousand_replicas_cost_no_more_than_one_workload() -> None:
    assert nodes_needed([(PodShape("a", 500, 1000), 100_000)], NODE) == 12_500


def test_a_pod_that_fits_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="fits no node"):
        nodes_needed([(PodShape("giant", 5000, 1), 1)], NODE)


WEB = {"name": "web", "replicas": 30, "cpu": "500m", "memory": "1Gi"}


def test_N40_sizes_from_workloads_hold_after_the_loss_of_a_zone() -> None:
    plan = plan_of(nodeGroups=[{"name": "general", "instanceTypes": ["m5.xlarge"]}], workloads=[WEB])
    (group,) = plan.design.node_groups  # type: ignore[misc]
    # 3770m of CPU a node: seven pods; ten pods a zone need two nodes, fifteen after a loss need three
    assert (group.min_size, group.desired_size, group.max_size) == (3, 6, 6)
    assert "3 in each of 2 after a loss" in decision(plan, "nodes.general").explanation


def test_N42_zonal_volumes_keep_their_pods_in_their_zone() -> None:
    zonal = {**WEB, "kind": "StatefulSet", "zonalStorage": True}
    plan = plan_of(nodeGroups=[{"name": "general", "instanceTypes": ["m5.xlarge"]}], workloads=[zonal])
    assert plan.design.node_groups[0].max_size == 6  # type: ignore[index]
    assert "2 in each of 2 after a loss" in decision(plan, "nodes.general").explanation


def test_a_group_is_planned_when_only_workloads_are_given() -> None:
    plan = plan_of(nodeGroups=[], workloads=[WEB])
    (group,) = plan.design.node_groups  # type: ignore[misc]
    assert group.name == "default"
    assert group.max_size >= 4


def test_too_few_nodes_say_both_numbers() -> None:
    problems = diagnostics_of(nodeGroups=[{**GROUP, "maxSize": 2}], workloads=[WEB])
    (one,) = [problem for problem in problems if problem.code == "nodes-few"]
    assert one.kind is Kind.INFEASIBLE
    assert one.value == "maxSize 2"
    assert "nodes needed for 30 pods" in one.limit
    assert "raise maxSize to" in one.fix


def test_the_number_named_in_the_fix_does_fit() -> None:
    problems = diagnostics_of(nodeGroups=[{**GROUP, "maxSize": 2}], workloads=[WEB])
    (one,) = [problem for problem in problems if problem.code == "nodes-few"]
    needed = int(one.fix.split("raise maxSize to ")[1].split(",")[0].split()[0])
    assert build_text(spec_text(nodeGroups=[{**GROUP, "maxSize": needed}], workloads=[WEB])).plan is not None
    assert build_text(spec_text(nodeGroups=[{**GROUP, "maxSize": needed - 1}], workloads=[WEB])).plan is None


def test_N38_a_pod_larger_than_every_node_names_both() -> None:
    problems = diagnostics_of(workloads=[{"name": "giant", "cpu": "4", "memory": "1Gi"}])
    (one,) = [problem for problem in problems if problem.code == "pod-too-large"]
    assert one.value == "4000m CPU, 1024 MiB"
    assert one.limit.startswith("1780m CPU")


def test_daemonsets_lower_what_a_node_has() -> None:
    agent = {"name": "agent", "kind": "DaemonSet", "cpu": "2", "memory": "1Gi"}
    before = plan_of(nodeGroups=[{"name": "general", "instanceTypes": ["m5.xlarge"]}], workloads=[WEB])
    after = plan_of(nodeGroups=[{"name": "general", "instanceTypes": ["m5.xlarge"]}], workloads=[WEB, agent])
    assert after.design.node_groups[0].max_size > before.design.node_groups[0].max_size  # type: ignore[index]
