"""First-fit-decreasing as Karpenter does it, beside a simple one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.capacity.packing.first_fit import first_fit, single_kind
from planner.capacity.packing.model import NodeKind, PodKind, Problem
from planner.capacity.packing.one_kind import fewest_nodes
from planner.capacity.packing.table import cost_of, tabulate
from tests.capacity.packing.test_pack import small_problems


def simple(problem: Problem) -> int:
    """Pod by pod, largest first, onto the first node that some kind can still be; then the cheapest
    kind for each node."""
    open_: list[tuple[int, int, int, list[NodeKind]]] = []
    alone = sorted(
        {(pod.cpu_millicores, pod.memory_mib, pod.nodes): 0 for pod in problem.pods if pod.replicas},
        key=lambda it: (-it[0], -it[1]),
    )
    for cpu, memory, allowed in alone:
        count = sum(
            pod.replicas
            for pod in problem.pods
            if (pod.cpu_millicores, pod.memory_mib, pod.nodes) == (cpu, memory, allowed)
        )
        for _ in range(count):
            for place, (has_cpu, has_memory, has, kinds) in enumerate(open_):
                able = [
                    one
                    for one in kinds
                    if (allowed is None or one.name in allowed)
                    and has_cpu + cpu <= one.cpu_millicores
                    and has_memory + memory <= one.memory_mib
                    and has + 1 <= one.pods
                ]
                if able:
                    open_[place] = (has_cpu + cpu, has_memory + memory, has + 1, able)
                    break
            else:
                able = [
                    one
                    for one in problem.nodes
                    if (allowed is None or one.name in allowed)
                    and cpu <= one.cpu_millicores
                    and memory <= one.memory_mib
                    and one.pods
                ]
                open_.append((cpu, memory, 1, able))
    return sum(min(one.cost for one in kinds) for _, _, _, kinds in open_)


@settings(max_examples=300, deadline=None)
@given(small_problems())
def test_first_fit_is_what_a_simple_one_gives(problem: Problem) -> None:
    # rows that are equal in both keys come in any order; keep to problems without such ties
    keys = [(pod.cpu_millicores, pod.memory_mib) for pod in problem.pods if pod.replicas]
    if len(set(keys)) < len(keys):
        return
    table = tabulate(problem)
    nodes = first_fit(table)
    assert nodes is not None
    assert cost_of(table, nodes) == simple(problem)
    single = single_kind(table)
    assert single is None or cost_of(table, single) >= 0


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=4))
def test_the_fewest_nodes_of_one_kind(shapes: list[tuple[int, int, int]]) -> None:
    pods = [PodKind(f"p{number}", cpu, memory, count) for number, (cpu, memory, count) in enumerate(shapes)]
    kind = NodeKind("node", 10, 10, 6, 1)
    found = fewest_nodes(pods, kind)
    cpu = sum(one.cpu_millicores * one.replicas for one in pods)
    memory = sum(one.memory_mib * one.replicas for one in pods)
    count = sum(one.replicas for one in pods)
    assert found >= max(-(-cpu // 10), -(-memory // 10), -(-count // 6))
    assert found <= count
