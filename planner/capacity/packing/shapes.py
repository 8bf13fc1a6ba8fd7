"""How many nodes declared workloads need: first fit, largest pods first, zone by zone.

First-fit-decreasing is what Karpenter and the scheduler come near to; it never promises the
smallest number of nodes, so the result is enough, not least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PodShape:
    """One pod's requests: CPU in millicores, memory in MiB, and whether it takes an address."""

    workload: str
    cpu_millicores: int
    memory_mib: int
    host_network: bool = False


@dataclass(frozen=True, slots=True)
class NodeShape:
    """What a node has for pods: CPU in millicores, memory in MiB, pods."""

    cpu_millicores: int
    memory_mib: int
    pods: int

    def minus(self, pods: Sequence[PodShape]) -> NodeShape:
        """What is left after pods that run on every node."""
        return NodeShape(
            self.cpu_millicores - sum(pod.cpu_millicores for pod in pods),
            self.memory_mib - sum(pod.memory_mib for pod in pods),
            self.pods - len(pods),
        )

    def holds(self, pod: PodShape) -> bool:
        """Whether an empty node of this shape holds the pod."""
        return pod.cpu_millicores <= self.cpu_millicores and pod.memory_mib <= self.memory_mib and self.pods >= 1


def nodes_needed(pods: Sequence[tuple[PodShape, int]], node: NodeShape) -> int:
    """Nodes for (pod, count) pairs, each pod fitting an empty node. Counts of equal pods are placed
    together, so 100,000 replicas cost as much as one workload.

    Raises ValueError for a pod that no empty node holds.
    """
    bins: list[list[int]] = []  # [cpu, memory, pods, how many such nodes]
    largest = sorted(pods, key=lambda pair: (-pair[0].cpu_millicores, -pair[0].memory_mib, pair[0].workload))
    for pod, count in largest:
        if not node.holds(pod):
            raise ValueError(f"{pod.workload} fits no node")
        left = count
        for bin_ in bins:
            if left == 0:
                break
            left = _into(bins, bin_, pod, left)
        if left:
            each = _fit(node.cpu_millicores, node.memory_mib, node.pods, pod)
            full, rest = divmod(left, each)
            if full:
                bins.append(_taken(node, pod, each, full))
            if rest:
                bins.append(_taken(node, pod, rest, 1))
    return sum(bin_[3] for bin_ in bins)


def _fit(cpu: int, memory: int, slots: int, pod: PodShape) -> int:
    by_cpu = cpu // pod.cpu_millicores if pod.cpu_millicores else slots
    by_memory = memory // pod.memory_mib if pod.memory_mib else slots
    return max(min(by_cpu, by_memory, slots), 0)


def _taken(node: NodeShape, pod: PodShape, each: int, nodes: int) -> list[int]:
    return [
        node.cpu_millicores - each * pod.cpu_millicores,
        node.memory_mib - each * pod.memory_mib,
        node.pods - each,
        nodes,
    ]


def _into(bins: list[list[int]], bin_: list[int], pod: PodShape, left: int) -> int:
    """Put what fits into a run of equal nodes; returns how many pods are left over."""
    cpu, memory, slots, nodes = bin_
    each = _fit(cpu, memory, slots, pod)
    if not each:
        return left
    full, rest = divmod(left, each)
    if full >= nodes:
        bin_[:] = [cpu - each * pod.cpu_millicores, memory - each * pod.memory_mib, slots - each, nodes]
        return left - nodes * each
    untouched = nodes - full - (1 if rest else 0)
    bins.remove(bin_)
    for amount, many in ((each, full), (rest, 1 if rest else 0), (0, untouched)):
        if many:
            bins.append([cpu - amount * pod.cpu_millicores, memory - amount * pod.memory_mib, slots - amount, many])
    return 0
