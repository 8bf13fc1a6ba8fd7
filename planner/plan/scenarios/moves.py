"""Which declared pods move when a zone is lost, when, and where they find room (notes N39, N42)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.capacity.packing.model import PodKind
from planner.capacity.packing.place import Spot, largest_first, put
from planner.catalog.facts import Facts
from planner.plan.loads import Carried, even
from planner.plan.scenarios.node_controller import Eviction, eviction, toleration
from planner.plan.scenarios.play import most_after
from planner.plan.scenarios.world import Crowd, World
from planner.spec.workloads import WorkloadSpec


@dataclass(frozen=True, slots=True)
class Move:
    """The pods of a workload on the nodes that fall silent. Times are seconds after the failure."""

    workload: str
    group: str
    pods: int
    first: int | None
    """When the first of them are deleted; None where they never are."""
    last: int | None
    fit_running: int
    """Pods that find room on the nodes that run."""
    fit_most: int
    """Pods that find room once the group is at its maximum."""
    stay: int
    """Pods that stay on silent nodes, or wait for a node."""
    why: str = ""
    """What keeps them from moving, or from starting elsewhere."""


@dataclass(frozen=True, slots=True)
class _Silence:
    """A group with the nodes that fall silent taken away."""

    load: Carried
    crowd: Crowd
    gone: tuple[Spot, ...]
    stay: tuple[Spot, ...]
    taints: tuple[int | None, ...]
    """When each node that is gone is tainted."""
    most: int
    """Nodes that it may come to, by maxSize and addresses."""


def moves(world: World, loads: Sequence[Carried], zone: str, facts: Facts, percent: int = 100) -> tuple[Move, ...]:
    """Every workload with pods on the silent nodes of a zone; groups have their desired sizes."""
    crowds = {one.name: one for one in world.crowds}
    where = {one.name: even(crowds[one.name].desired, crowds[one.name].zones) for one in loads}
    pools = sum(-(-one.most // len(one.zones)) for one in world.crowds if one.kind != "managed" and zone in one.zones)
    nodes = sum(one.get(zone, 0) for one in where.values()) + pools
    others = any(count for one in where.values() for name, count in one.items() if name != zone)
    plays = eviction(nodes, percent, world.version, facts, others=others or (len(world.zones) > 1 and pools > 0))
    fits = most_after(world, frozenset([zone] if percent == 100 else []))
    found: list[Move] = []
    number = 0
    for load in loads:
        crowd = crowds[load.name]
        silence = _silence(load, crowd, where[load.name], zone, plays, number, min(fits[load.name], crowd.most))
        number += len(silence.gone)
        found += _moved(silence, zone, facts)
    return tuple(found)


def _silence(
    load: Carried, crowd: Crowd, where: Mapping[str, int], zone: str, plays: Eviction, number: int, most: int
) -> _Silence:
    spots, _ = load.on(where)
    mine = [one for one in spots if one.zone == zone]
    share = -(-len(mine) * plays.unhealthy // max(plays.nodes, 1))
    gone = tuple(mine[:share])
    stay = tuple(one for one in spots if all(one is not other for other in gone))
    taints = tuple(plays.tainted(number + place) for place in range(len(gone)))
    return _Silence(load, crowd, gone, stay, taints, most)


def _moved(silence: _Silence, zone: str, facts: Facts) -> Iterator[Move]:
    gone = Counter[str]()
    for one in silence.gone:
        gone.update(one.pods)
    running = _placed(silence, [one.copy() for one in silence.stay], gone, zone)
    more = [one.copy() for one in silence.stay] + _started(silence, zone)
    full = _placed(silence, more, gone, zone)
    for kind, workload in zip(silence.load.pods, silence.load.workloads, strict=True):
        count = gone[kind.name]
        if not count:
            continue
        stays = toleration(workload, facts)
        times = [
            taint + stays
            for taint, spot in zip(silence.taints, silence.gone, strict=True)
            if stays is not None and taint is not None and spot.pods.get(kind.name)
        ]
        fit = full[kind.name] if times else 0
        yield Move(
            workload=kind.name,
            group=silence.load.name,
            pods=count,
            first=min(times, default=None),
            last=max(times, default=None),
            fit_running=running[kind.name] if times else 0,
            fit_most=fit,
            stay=count - fit,
            why=_why(silence, kind, workload, count - fit, more, zone, stays, moved=bool(times)),
        )


def _placed(silence: _Silence, spots: Sequence[Spot], gone: Mapping[str, int], zone: str) -> dict[str, int]:
    """Pods by workload that find room on these nodes; volumes keep pods in their zone."""
    placed: dict[str, int] = {}
    for kind in largest_first(silence.load.pods):
        able = [one for one in spots if one.zone == zone] if kind.zonal else spots
        count = gone.get(kind.name, 0)
        placed[kind.name] = count - put(able, kind, count, even=True)
    return placed


def _started(silence: _Silence, zone: str) -> list[Spot]:
    """New nodes up to the maximum, in the zones with fewest; none in one that is gone."""
    whole = not any(one.zone == zone for one in silence.stay)
    zones = [one for one in silence.crowd.zones if not (whole and one == zone)]
    there = Counter(one.zone for one in silence.stay)
    fresh: list[Spot] = []
    while zones and there.total() < silence.most:
        least = min(zones, key=lambda one: there[one])
        there[least] += 1
        fresh.append(Spot.empty(least, silence.load.shape))
    return fresh


def _why(
    silence: _Silence,
    kind: PodKind,
    workload: WorkloadSpec | None,
    waiting: int,
    spots: Sequence[Spot],
    zone: str,
    stays: int | None,
    *,
    moved: bool,
) -> str:
    """Why pods stay or wait."""
    if stays is None:
        return "tolerates unreachable nodes for ever"
    if not moved:
        return "eviction stops"
    parts: list[str] = []
    if workload is not None and workload.kind == "StatefulSet":
        parts.append("StatefulSet: replaced only when the node object is gone")
    if waiting and kind.zonal:
        parts.append(f"its volumes are in {zone}")
    elif waiting:
        lacks = Counter(_lacks(one, kind) for one in spots)
        limit = lacks.most_common(1)[0][0] if lacks else "nodes"
        few = f", {silence.most} of which find addresses" if silence.most < silence.crowd.most else ""
        parts.append(f"{limit} is short on {len(spots)} nodes (maxSize {silence.crowd.most}{few})")
    return "; ".join(parts)


def _lacks(spot: Spot, kind: PodKind) -> str:
    if spot.slots < 1:
        return "maxPods"
    return "CPU" if spot.cpu < kind.cpu_millicores else "memory"
