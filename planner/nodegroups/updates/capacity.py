"""Whether the nodes that are left hold all pods while others are replaced (notes N21, N42)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.packing.place import Spot, largest_first, put
from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.updates.model import How, OldNode, Strategy, UpdatedGroup
from planner.nodegroups.updates.stuck import UPDATE
from planner.nodegroups.updates.surge import surge


def short(group: UpdatedGroup, how: How) -> Iterator[Diagnostic]:
    """Where evicted pods find no node.

    With DEFAULT new nodes stand ready first: the pods of so many old nodes fit on as many new ones, and
    the surge is never smaller than maxUnavailable. Only pods that must stay in their zone can lack
    room, where all nodes of a round lie in one zone. With MINIMAL the nodes that stay must hold them.
    """
    if group.shape is None or not group.nodes:
        return
    if how.strategy is Strategy.DEFAULT:
        yield from _zone_bound(group, how)
    else:
        yield from _shrunk(group, how)


def _zone_bound(group: UpdatedGroup, how: How) -> Iterator[Diagnostic]:
    each = surge(group, how) // len(group.left)
    bound = [one for one in group.tenants if one.pods.zonal]
    if not bound or len(group.left) == 1 or how.at_once <= each:
        return
    yield Diagnostic(
        Kind.NOTICE,
        "update-zonal",
        f"pods with volumes may wait: EKS chooses nodes at random, and all {how.at_once} may lie in one zone",
        value=f"{', '.join(one.name for one in bound)}; {each} new nodes in each zone",
        limit=f"{how.at_once} nodes' pods to place in one zone",
        fix=f"set maxUnavailable: {each}, or use one group for each zone",
        source=UPDATE,
        note="N42",
    )


def _shrunk(group: UpdatedGroup, how: How) -> Iterator[Diagnostic]:
    count = min(how.at_once, len(group.nodes))
    left = pending(group, count)
    if not left:
        return
    held = [one.name for one in group.tenants if one.name in left and one.allowed is not None and not one.elsewhere]
    stays = len(group.nodes) - count
    names = ", ".join(f"{pods} of {name}" for name, pods in sorted(left.items()))
    others = [one.name for one in group.tenants if one.name in left and one.elsewhere]
    names += f" ({', '.join(others)} may find room on other nodes)" if others else ""
    blocked = f"; the budget of {', '.join(held)} then stops the drain" if held else ""
    yield Diagnostic(
        Kind.INFEASIBLE if held and not how.force else Kind.NOTICE,
        "update-capacity",
        f"{group.name}: {stays} nodes do not hold all pods while {count} are replaced (MINIMAL){blocked}",
        value=f"{sum(left.values())} pods without a node: {names}",
        limit=f"{len(group.nodes)} nodes carry them now",
        fix="use strategy: default, lower maxUnavailable, or raise desiredSize for the update",
        source=UPDATE,
        note="N21",
    )


def pending(group: UpdatedGroup, count: int) -> dict[str, int]:
    """Pods by workload that find no room when the ``count`` fullest nodes are taken away."""
    if group.shape is None:
        return {}
    kinds = {one.name: one.pods for one in group.tenants}
    spots = [_filled(group, node) for node in group.nodes]
    spots.sort(key=lambda one: (one.cpu, one.memory, one.slots))
    gone, stay = spots[:count], spots[count:]
    left: dict[str, int] = {}
    for kind in largest_first(kinds.values()):
        if kind.zonal:
            zones = sorted({one.zone for one in gone})
            rest = sum(
                put(
                    [one for one in stay if one.zone == zone],
                    kind,
                    sum(one.pods.get(kind.name, 0) for one in gone if one.zone == zone),
                )
                for zone in zones
            )
        else:
            rest = put(stay, kind, sum(one.pods.get(kind.name, 0) for one in gone))
        if rest:
            left[kind.name] = rest
    return left


def _filled(group: UpdatedGroup, node: OldNode) -> Spot:
    assert group.shape is not None  # noqa: S101 - its caller looked
    spot = Spot.empty(node.zone, group.shape)
    kinds = {one.name: one.pods for one in group.tenants}
    for name, count in node.pods:
        spot.take(kinds[name], count)
    return spot
