"""Nodes over the zones: how many each zone must have addresses for (notes N12, N21, N31).

Per zone: ``nodes = ⌈most nodes × (1 + growth) ÷ (zones − lost)⌉`` and ``surge = ⌈nodes that an
update adds ÷ (zones − lost)⌉``: ``max(2 × zones, maxUnavailable)`` for a DEFAULT update of a managed
group, none for MINIMAL, the disruption budget for Karpenter and Auto Mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.addresses import Footprint
from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.capacity.node_addresses import NodeAddresses
from planner.capacity.pool import PoolCapacity
from planner.capacity.warm_pool import extra_instances
from planner.catalog.facts import Facts
from planner.spec.nodes import UpdateSpec

_UPDATE = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html"
_DISRUPTION = "https://karpenter.sh/docs/concepts/disruption/#nodepool-disruption-budgets"


@dataclass(frozen=True, slots=True)
class NodeSpread:
    """The nodes of a group or a pool over its zones."""

    name: str
    kind: str
    """managed, karpenter or auto-mode."""
    subnets: str
    """private or public."""
    zones: tuple[str, ...]
    lost: int
    """Zones that may fail while the others hold all nodes."""
    least: int
    """minSize; 0 for a pool."""
    desired: int
    most: int
    """maxSize."""
    peak: int
    """maxSize and growth."""
    nodes_per_zone: int
    surge: int
    """Nodes that an update adds at once, in all zones."""
    surge_per_zone: int
    surge_worked: str
    surge_source: str
    addresses: NodeAddresses
    origin: str = ""
    """The group of the spec that it is a part of: where there is one in each zone, the names differ."""
    warm_per_zone: int = 0
    """Instances of a warm pool beside the full group, in one zone."""
    warm_worked: str = ""
    warm_whole: bool = False
    """Whether such an instance holds all that a node does, because nodes go back to the pool."""

    @property
    def per_zone(self) -> int:
        """Nodes that one zone must have addresses for."""
        return self.nodes_per_zone + self.surge_per_zone

    @property
    def footprint(self) -> Footprint:
        """Addresses of one node at peak, without its branch interfaces."""
        return self.addresses.footprint

    @property
    def lost_words(self) -> str:
        """How many zones are there."""
        return f" with {self.lost} of {len(self.zones)} zones lost" if self.lost else f" in {len(self.zones)} zones"


def _ceil(number: int, unit: int) -> int:
    return -(-number // unit)


def update_surge(update: UpdateSpec, nodes: int, zones: int, facts: Facts) -> tuple[int, str]:
    """Nodes that an update adds to a group of so many, and how that comes.

    A percentage of nodes that may be unavailable is rounded up (AWS does not document its rounding).
    Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """
    if update.strategy == "minimal":
        return 0, "MINIMAL: old nodes go first"
    unavailable = update.max_unavailable or 1
    how = str(unavailable)
    if update.max_unavailable_percentage:
        unavailable = _ceil(nodes * update.max_unavailable_percentage, 100)
        how = f"⌈{update.max_unavailable_percentage} % of {nodes}⌉ = {unavailable}"
    unavailable = min(unavailable, facts.number("nodegroup.max_unavailable"))
    each = facts.number("nodegroup.surge_per_zone")
    return max(each * zones, unavailable), f"max({each} × {zones} zones, maxUnavailable {how})"


def spread(brief: Brief, group: GroupCapacity, sizes: tuple[int, int, int], zones: Sequence[str]) -> NodeSpread:
    """A managed group of (min, desired, max) nodes: in one zone, at its largest and while it is updated.

    A zone lost during an update leaves the same surge to fewer zones.
    """
    mine, lost, peak = _over(brief, group.spec.zones, zones, sizes[2])
    surge, worked = update_surge(group.spec.update, peak, len(mine), brief.facts)
    left = len(mine) - lost
    pool = group.spec.warm_pool
    waiting = extra_instances(group.spec, sizes[2])
    return NodeSpread(
        name=group.name,
        kind="managed",
        subnets=group.spec.subnets,
        zones=mine,
        lost=lost,
        least=sizes[0],
        desired=sizes[1],
        most=sizes[2],
        peak=peak,
        nodes_per_zone=_ceil(peak, left),
        surge=surge,
        surge_per_zone=_ceil(surge, left),
        surge_worked=worked,
        surge_source=_UPDATE,
        addresses=group.addresses,
        origin=str(brief.spec.node_groups[group.index].name) if group.index >= 0 else group.name,
        warm_per_zone=_ceil(waiting, left),
        warm_worked=f"⌈{waiting} instances ÷ {left}⌉ = {_ceil(waiting, left)}" if waiting else "",
        warm_whole=pool is not None and pool.reuse_on_scale_in,
    )


def spread_pool(brief: Brief, pool: PoolCapacity, zones: Sequence[str]) -> NodeSpread:
    """A pool: the replacements that its disruption budget allows come before the old nodes go.

    Karpenter does not balance zones by itself; pods spread over zones make it do so.
    """
    mine, lost, peak = _over(brief, pool.spec.zones, zones, pool.spec.max_nodes)
    budget = pool.spec.disruption_budget
    surge = _ceil(peak * int(budget[:-1]), 100) if isinstance(budget, str) else min(budget, peak)
    left = len(mine) - lost
    return NodeSpread(
        name=str(pool.spec.name),
        kind=pool.spec.manager,
        subnets="private",
        zones=mine,
        lost=lost,
        least=0,
        desired=0,
        most=pool.spec.max_nodes,
        peak=peak,
        nodes_per_zone=_ceil(peak, left),
        surge=surge,
        surge_per_zone=_ceil(surge, left),
        surge_worked=f"disruption budget {budget} of {peak} nodes",
        surge_source=_DISRUPTION,
        addresses=pool.addresses,
    )


def _over(brief: Brief, own: Sequence[str], zones: Sequence[str], most: int) -> tuple[tuple[str, ...], int, int]:
    """(zones, zones that may fail, nodes with growth)."""
    spec = brief.spec
    mine = tuple(own) or tuple(zones)
    tolerated = 1 if spec.tolerate_zone_loss is None else spec.tolerate_zone_loss
    return mine, min(tolerated, len(mine) - 1), _ceil(most * (100 + spec.growth_percent), 100)
