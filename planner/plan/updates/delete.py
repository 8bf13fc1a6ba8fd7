"""The deletion of a managed node group: where its pods find room (note N22).

EKS sets the group's minimum, maximum and desired size to zero, drains every node for a few minutes,
ends it whatever is left on it, and deletes the Auto Scaling group.

Source: https://docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.capacity.packing.model import PodKind
from planner.capacity.packing.place import Spot, largest_first, put
from planner.plan.loads import Carried, even
from planner.plan.scenarios.world import World

SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html"


@dataclass(frozen=True, slots=True)
class Displaced:
    """The pods of a workload that lose their nodes, and how many find room elsewhere."""

    workload: str
    pods: int
    fit_running: int
    """On the nodes of other groups that run."""
    fit_most: int
    """With other groups at their maximum, or on nodes that a pool starts."""
    why: str = ""

    @property
    def stay(self) -> int:
        """Pods without a node."""
        return self.pods - self.fit_most


@dataclass(frozen=True, slots=True)
class Deletion:
    """A group that is deleted."""

    group: str
    nodes: int
    displaced: tuple[Displaced, ...]

    @property
    def works(self) -> bool:
        """Whether every pod finds another node."""
        return not any(one.stay for one in self.displaced)


def deletion(world: World, loads: Sequence[Carried], group: str) -> Deletion:
    """What the deletion of a group does to the pods on it, all groups at their desired sizes. Raises
    StopIteration for a group that is not there."""
    crowds = {one.name: one for one in world.crowds}
    load = next(one for one in loads if one.name == group)
    crowd = crowds[group]
    gone, _ = load.on(even(crowd.desired, crowd.zones))
    others = {one.name: one for one in loads if one.name != group}
    running: dict[str, list[Spot]] = {}
    most: dict[str, list[Spot]] = {}
    for name, one in others.items():
        spots, _ = one.on(even(crowds[name].desired, crowds[name].zones))
        running[name] = spots
        most[name] = [*(spot.copy() for spot in spots), *_started(one, crowds[name].most, crowds[name].zones, spots)]
    pools = {one.name for one in world.crowds if one.kind != "managed"}
    return Deletion(group, len(gone), tuple(_displaced(load, gone, running, most, pools)))


def _started(load: Carried, most: int, zones: Sequence[str], spots: Sequence[Spot]) -> list[Spot]:
    """New nodes of another group up to its maximum."""
    full = even(max(most, len(spots)), zones)
    fresh: list[Spot] = []
    for zone, count in full.items():
        there = sum(one.zone == zone for one in spots)
        fresh += [Spot.empty(zone, load.shape) for _ in range(count - there)]
    return fresh


def _displaced(
    load: Carried,
    gone: Sequence[Spot],
    running: Mapping[str, list[Spot]],
    most: Mapping[str, list[Spot]],
    pools: set[str],
) -> Iterator[Displaced]:
    able = dict(zip((one.name for one in load.pods), load.elsewhere, strict=True))
    for kind in largest_first(load.pods):
        where = dict.fromkeys(sorted({one.zone for one in gone}), 0)
        for one in gone:
            where[one.zone] += one.pods.get(kind.name, 0)
        count, names = sum(where.values()), able[kind.name]
        if not count:
            continue
        now, later = (
            _placed(kind, where, [spot for name in names for spot in groups.get(name, ())])
            for groups in (running, most)
        )
        if set(names) & pools:  # a pool starts nodes as they are needed
            later = count
        yield Displaced(kind.name, count, now, later, "" if names else "no other group or pool may carry it")


def _placed(kind: PodKind, where: Mapping[str, int], spots: Sequence[Spot]) -> int:
    """Pods that find room on some nodes; volumes keep them in their zones."""
    if not kind.zonal:
        count = sum(where.values())
        return count - put(spots, kind, count, even=True)
    return sum(count - put([one for one in spots if one.zone == zone], kind, count) for zone, count in where.items())
