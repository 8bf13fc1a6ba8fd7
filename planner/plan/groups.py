"""Every group of a spec worked out and sized."""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacity.group import GroupCapacity, work_out
from planner.capacity.group_checks import check_prefixes
from planner.capacity.pool import PoolCapacity, work_out_pool
from planner.catalog.model import Catalog, Region
from planner.diagnostics import Diagnostic
from planner.network.zones import PlannedZone, zones_wanted
from planner.plan.invented import invented_group
from planner.plan.per_zone import spread_group
from planner.plan.sizes import Sized, nowhere, size_group
from planner.spec.cluster import ClusterSpec
from planner.spec.compute import invents_group


def size_groups(
    spec: ClusterSpec, catalog: Catalog, region: Region, zones: Sequence[PlannedZone]
) -> tuple[list[Sized], list[Diagnostic]]:
    """Every group worked out and sized; an invented one where the spec has none."""
    zone_ids = frozenset(zone.catalog_id for zone in zones if zone.catalog_id)
    labels = [zone.label for zone in zones]
    count = len(zones) or zones_wanted(spec)
    if not spec.node_groups and not invents_group(spec):
        return [], []  # Karpenter, Auto Mode or Fargate carries everything
    if not spec.node_groups:
        invented, wrong = invented_group(spec, catalog, region, zone_ids, count)
        parts = [spread_group(one, [one.group], labels, spec) for one in invented]
        return [one for found, _ in parts for one in found], wrong + [one for _, more in parts for one in more]
    problems: list[Diagnostic] = []
    worked: list[GroupCapacity] = []
    for index, group in enumerate(spec.node_groups):
        result = work_out(group, index, spec, catalog, region, zone_ids)
        if isinstance(result, list):
            problems += result
        else:
            worked.append(result)
    if len(worked) == len(spec.node_groups):
        problems += nowhere(worked, spec)
        problems += check_prefixes([one for group in worked for one in group.types], spec)
    sized: list[Sized] = []
    for one in worked:
        found, wrong = size_group(one, worked, count, spec, catalog.facts)
        problems += wrong
        if found:
            planned, wrong = spread_group(found, worked, labels, spec)
            problems += wrong
            sized += planned
    return sized, problems


def size_pools(
    spec: ClusterSpec, catalog: Catalog, region: Region, zones: Sequence[PlannedZone]
) -> tuple[list[PoolCapacity], list[Diagnostic]]:
    """Every node pool worked out, or why it cannot be."""
    zone_ids = frozenset(zone.catalog_id for zone in zones if zone.catalog_id)
    pools: list[PoolCapacity] = []
    problems: list[Diagnostic] = []
    for index, pool in enumerate(spec.node_pools):
        result = work_out_pool(pool, index, spec, catalog, region, zone_ids)
        if isinstance(result, list):
            problems += result
        else:
            pools.append(result)
    return pools, problems
