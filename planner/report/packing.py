"""A packing as tables for terminals, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capacity.packing.model import MICRO, Node
from planner.plan.candidates import DOLLARS
from planner.plan.pack import Packed
from planner.report.columns import aligned


def plain(packed: Packed) -> dict[str, object]:
    """A packing as JSON says it; costs are in the unit that is named."""
    packing, problem = packed.packing, packed.problem
    single = packing.single_kind
    return {
        "cluster": packed.name,
        "region": packed.region,
        "minimised": packed.kinds.unit,
        "pricesUnknown": list(packed.kinds.unpriced),
        "zones": problem.zones,
        "zonesThatMayFail": problem.lost,
        "pods": sum(pod.replicas for pod in problem.pods),
        "cost": packing.cost / MICRO,
        "lowerBound": packing.lower_bound / MICRO,
        "gap": round(packing.gap, 6),
        "firstFit": packing.first_fit / MICRO,
        "bestSingleType": None if single is None else single / MICRO,
        "complete": packing.complete,
        "counts": packing.counts(),
        "nodes": [
            {
                "kind": node.kind,
                "instanceType": packed.kinds.by_name()[node.kind].instance.name,
                "nodeGroup": packed.kinds.by_name()[node.kind].group.name,
                "zone": _zone(node, packed),
                "count": node.count,
                "pods": dict(node.pods),
            }
            for node in packing.nodes
        ],
    }


def _zone(node: Node, packed: Packed) -> str | int | None:
    if node.zone is None:
        return None
    return packed.zones[node.zone] if packed.zones else node.zone


def table(packed: Packed) -> str:
    """Which nodes, how full they are, what they cost."""
    packing, kinds = packed.packing, packed.kinds.by_name()
    counts = packing.counts()
    rows = []
    for name, count in counts.items():
        node = kinds[name].node
        full = _fullness(packed, name, count)
        rows.append(
            (
                name,
                str(count),
                str(kinds[name].instance.vcpu),
                f"{kinds[name].instance.memory_mib / 1024:g}",
                *(f"{share:.0%}" for share in full),
                _cost(node.cost * count, packed.kinds.unit),
            )
        )
    head = ("nodes of", "count", "vCPU", "GiB", "CPU", "memory", "pods", "cost")
    lines = [aligned(head, rows, left=1), ""]
    lines += [f"{label:<16} {text}" for label, text in _figures(packed).items()]
    return "\n".join(lines)


def _fullness(packed: Packed, kind: str, count: int) -> tuple[float, float, float]:
    """Shares of CPU, memory and pods that the pods take on the nodes of a kind."""
    pods = {one.name: one for one in packed.problem.pods}
    node = packed.kinds.by_name()[kind].node
    cpu = memory = slots = 0
    for one in packed.packing.nodes:
        if one.kind == kind:
            cpu += one.count * sum(pods[name].cpu_millicores * many for name, many in one.pods)
            memory += one.count * sum(pods[name].memory_mib * many for name, many in one.pods)
            slots += one.count * sum(many for _, many in one.pods)
    rooms = (node.cpu_millicores, node.memory_mib, node.pods)
    taken = (cpu, memory, slots)
    return tuple(part / (room * count) if room else 0.0 for part, room in zip(taken, rooms, strict=True))  # type: ignore[return-value]


def _figures(packed: Packed) -> Mapping[str, str]:
    packing, unit = packed.packing, packed.kinds.unit
    figures = {"all nodes": f"{_cost(packing.cost, unit)} ({unit})"}
    figures["lower bound"] = f"{_cost(packing.lower_bound, unit)}; at most {packing.gap:.1%} above the least possible"
    figures["first fit"] = _beside(packing.first_fit, packing.cost, unit)
    if packing.single_kind is not None:
        figures["best single type"] = _beside(packing.single_kind, packing.cost, unit)
    return figures


def _beside(other: int, cost: int, unit: str) -> str:
    more = (other - cost) / cost if cost else 0.0
    return f"{_cost(other, unit)} ({more:+.1%})"


def _cost(cost: int, unit: str) -> str:
    return f"${cost / MICRO:.3f}" if unit == DOLLARS else f"{cost / MICRO:.3f}"
