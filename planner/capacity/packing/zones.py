"""Which pods each zone must have room for.

A workload of r pods that must survive the loss of L of Z zones has r pods in the Z − L zones that are
left, ⌊r ÷ (Z − L)⌋ or one more in each. Every zone may be among those that are left, so all zones get
the same nodes, and those nodes must carry each share. Without a loss to survive the shares of Z
zones are packed one by one. Pods that cannot leave their zone are ⌈r ÷ Z⌉ in every one. Source for the even spread: maxSkew 1,
https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.capacity.packing.model import PodKind, Problem


def shares(problem: Problem) -> tuple[tuple[PodKind, ...], ...]:
    """The pods of each of the Z − L zones, about the same load in each: the pods that do not divide
    evenly go where least is so far."""
    left = problem.zones - problem.lost
    most_cpu = max((node.cpu_millicores for node in problem.nodes), default=1) or 1
    most_memory = max((node.memory_mib for node in problem.nodes), default=1) or 1
    loads = [0.0] * left
    parts: list[list[PodKind]] = [[] for _ in range(left)]

    def size(pod: PodKind) -> float:
        return pod.cpu_millicores / most_cpu + pod.memory_mib / most_memory

    for pod in sorted(problem.pods, key=lambda one: (-size(one), one.name)):
        if pod.zonal and problem.lost:
            counts = [-(-pod.replicas // problem.zones)] * left
        else:
            each, over = divmod(pod.replicas, left)
            fewest = sorted(range(left), key=lambda zone: (loads[zone], zone))[:over]
            counts = [each + (zone in fewest) for zone in range(left)]
        for zone, count in enumerate(counts):
            loads[zone] += count * size(pod)
            if count:
                parts[zone].append(replace(pod, replicas=count))
    order = sorted(range(left), key=lambda zone: (-loads[zone], zone))
    return tuple(tuple(parts[zone]) for zone in order)


def together(parts: Sequence[Sequence[PodKind]]) -> tuple[PodKind, ...]:
    """Pods of which each zone's share is a part: the most that any zone has of each kind."""
    most: dict[str, PodKind] = {}
    for part in parts:
        for pod in part:
            if pod.name not in most or most[pod.name].replicas < pod.replicas:
                most[pod.name] = pod
    return tuple(most[name] for name in sorted(most))


def least(problem: Problem) -> tuple[PodKind, ...]:
    """Pods that the zones that are left must carry in sum, whatever goes where."""
    left = problem.zones - problem.lost
    return tuple(
        replace(pod, replicas=pod.replicas // problem.zones * left) if pod.zonal and problem.lost else pod
        for pod in problem.pods
    )
