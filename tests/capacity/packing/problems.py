"""Packing problems for tests, and what can be said of them without the code under test."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from functools import cache
from itertools import product

from planner.capacity.packing.model import Budget, NodeKind, PodKind, Problem

_FAMILIES = (("c6i", 2, 100), ("m6i", 4, 100), ("r6i", 8, 100), ("m6a", 4, 90), ("c6a", 2, 90))
_SIZES = (
    ("large", 2, 29),
    ("xlarge", 4, 58),
    ("2xlarge", 8, 58),
    ("4xlarge", 16, 110),
    ("8xlarge", 32, 250),
    ("12xlarge", 48, 250),
)


def thirty_types() -> tuple[NodeKind, ...]:
    """Five families in six sizes, with room less for larger reserves and prices like EC2's."""
    return tuple(
        NodeKind(
            f"{family}.{size}",
            vcpu * 1000 - 240,
            int(vcpu * ratio * 1024 * 0.925) - 11 * pods - 355,
            pods - 4,
            vcpu * (31_000 + ratio * 4_300) * percent // 100,
        )
        for family, ratio, percent in _FAMILIES
        for size, vcpu, pods in _SIZES
    )


def pods(kinds: int, replicas: int, least: int, most: int, seed: int) -> tuple[PodKind, ...]:
    """Kinds of pods with CPU between two numbers of millicores and 0.6 to 11 MiB for each."""
    chance = random.Random(seed)
    found = []
    for number in range(kinds):
        cpu = chance.randint(least, most)
        memory = int(cpu * chance.choice((1, 2, 4, 8)) * chance.uniform(0.6, 1.4))
        found.append(PodKind(f"w{number:04}", cpu, memory, replicas))
    return tuple(found)


def clock(seconds: float) -> Budget:
    """A budget of real time."""
    begun = time.monotonic()
    return Budget(rounds=5_000, seconds_left=lambda: seconds - (time.monotonic() - begun))


def optimum(problem: Problem) -> int:
    """Least cost of a small problem in one place, by trying every content of every node."""
    kinds = [pod for pod in problem.pods if pod.replicas]
    demand = tuple(pod.replicas for pod in kinds)
    contents = [
        (counts, node.cost)
        for node in problem.nodes
        for counts in product(*(range(each + 1) for each in demand))
        if any(counts) and _fits(node, kinds, counts)
    ]

    @cache
    def least(left: tuple[int, ...]) -> int:
        if not any(left):
            return 0
        first = next(place for place, count in enumerate(left) if count)
        best = 1 << 60
        for counts, cost in contents:
            if counts[first] and all(have >= take for have, take in zip(left, counts, strict=True)):
                best = min(best, cost + least(tuple(have - take for have, take in zip(left, counts, strict=True))))
        return best

    return least(demand)


def _fits(node: NodeKind, kinds: Sequence[PodKind], counts: Sequence[int]) -> bool:
    if any(
        count and pod.nodes is not None and node.name not in pod.nodes for pod, count in zip(kinds, counts, strict=True)
    ):
        return False
    return (
        sum(pod.cpu_millicores * count for pod, count in zip(kinds, counts, strict=True)) <= node.cpu_millicores
        and sum(pod.memory_mib * count for pod, count in zip(kinds, counts, strict=True)) <= node.memory_mib
        and sum(counts) <= node.pods
    )
