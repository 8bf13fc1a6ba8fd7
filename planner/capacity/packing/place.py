"""Which pods sit on which nodes, where the nodes are given: as the scheduler spreads them, or packed.

The scheduler prefers nodes with few pods of the same workload and with much that is free
(PodTopologySpread and LeastAllocated). Where pods find no room that way, the largest are placed
first and each on the first node that holds it, as a plan's sizes count on.

Source: https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from planner.capacity.packing.model import PodKind
from planner.capacity.packing.shapes import NodeShape


@dataclass(slots=True)
class Spot:
    """A node with what is free on it and the pods that it carries. It changes while pods come."""

    zone: str
    cpu: int
    memory: int
    slots: int
    pods: dict[str, int] = field(default_factory=dict)

    @classmethod
    def empty(cls, zone: str, shape: NodeShape) -> Spot:
        """A node of a shape with nothing on it."""
        return cls(zone, max(shape.cpu_millicores, 0), max(shape.memory_mib, 0), max(shape.pods, 0))

    def copy(self) -> Spot:
        """Another that changes on its own."""
        return Spot(self.zone, self.cpu, self.memory, self.slots, dict(self.pods))

    def room_for(self, pod: PodKind) -> int:
        """Pods of a kind that still fit."""
        by_cpu = self.cpu // pod.cpu_millicores if pod.cpu_millicores else self.slots
        by_memory = self.memory // pod.memory_mib if pod.memory_mib else self.slots
        return min(by_cpu, by_memory, self.slots)

    def take(self, pod: PodKind, count: int) -> None:
        """Pods of a kind arrive; there must be room."""
        self.cpu -= count * pod.cpu_millicores
        self.memory -= count * pod.memory_mib
        self.slots -= count
        self.pods[pod.name] = self.pods.get(pod.name, 0) + count


def settle(spots: Sequence[Spot], pods: Sequence[PodKind], zones: Sequence[str]) -> tuple[list[Spot], dict[str, int]]:
    """(the nodes with their pods, pods of each kind that found no room). ``spots`` stay as they are."""
    spread = _settled(spots, pods, zones, even=True)
    if not any(spread[1].values()):
        return spread
    packed = _settled(spots, pods, zones, even=False)
    return min((spread, packed), key=lambda one: sum(one[1].values()))


def _settled(
    spots: Sequence[Spot], pods: Sequence[PodKind], zones: Sequence[str], *, even: bool
) -> tuple[list[Spot], dict[str, int]]:
    nodes = [one.copy() for one in spots]
    left: dict[str, int] = {}
    for pod in largest_first(pods):
        # the scheduler's own defaults spread every workload; packing spreads those that ask for it
        apart = even or pod.spread or pod.zonal
        homeless = 0 if apart else pod.replicas
        for number, zone in enumerate(zones if apart else ()):
            share = pod.replicas // len(zones) + (number < pod.replicas % len(zones))
            homeless += put([one for one in nodes if one.zone == zone], pod, share, even=even)
        if homeless and not pod.zonal:
            homeless = put(nodes, pod, homeless, even=even)
        if homeless:
            left[pod.name] = homeless
    return nodes, left


def largest_first(pods: Iterable[PodKind]) -> list[PodKind]:
    """Kinds by CPU, then memory, largest first."""
    return sorted(pods, key=lambda one: (-one.cpu_millicores, -one.memory_mib, one.name))


def put(nodes: Sequence[Spot], pod: PodKind, count: int, *, even: bool = False) -> int:
    """Put pods of a kind on nodes, evenly or on the first that hold them; returns how many found no room."""
    if not even:
        for node in nodes:
            if not count:
                break
            many = min(node.room_for(pod), count)
            if many > 0:
                node.take(pod, many)
                count -= many
        return count
    queue = [(one.pods.get(pod.name, 0), -one.cpu, number) for number, one in enumerate(nodes) if one.room_for(pod) > 0]
    heapq.heapify(queue)
    while count and queue:
        _, _, number = queue[0]
        node = nodes[number]
        node.take(pod, 1)
        count -= 1
        if node.room_for(pod) > 0:
            heapq.heapreplace(queue, (node.pods[pod.name], -node.cpu, number))
        else:
            heapq.heappop(queue)
    return count
