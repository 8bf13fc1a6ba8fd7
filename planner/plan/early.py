"""What the catalog says about a spec that is wrong already, so that every problem is told in one run."""

from __future__ import annotations

from collections.abc import Iterable

from planner.capacity.group import work_out
from planner.capacity.pool import work_out_pool
from planner.catalog.model import Catalog
from planner.decisions import Ledger
from planner.diagnostics import Diagnostic, Kind
from planner.network.endpoints import check_endpoints
from planner.plan.region import resolve_region, resolve_version
from planner.spec.cluster import ClusterDocument


def problems_beside(draft: ClusterDocument, catalog: Catalog, known: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Problems of the region, the version, VPC endpoints and the groups' types in what could be
    understood of a spec. Where something is ``known`` to be wrong nothing more is said."""
    places = {one.path for one in known if one.kind is not Kind.NOTICE}
    spec = draft.spec
    region, found = resolve_region(spec, catalog)
    found += resolve_version(spec, catalog, Ledger(wanted=False))[1]
    if region is not None:
        zone_ids = frozenset(zone.id for zone in region.zones)
        found += check_endpoints(spec, region, catalog.facts)
        for number, group in enumerate(spec.node_groups):
            if not (group.types_named or group.requirements):
                continue
            worked = work_out(group, number, spec, catalog, region, zone_ids)
            found += worked if isinstance(worked, list) else worked.notices
        for number, pool in enumerate(spec.node_pools):
            if not (pool.instance_types or pool.requirements):
                continue
            reckoned = work_out_pool(pool, number, spec, catalog, region, zone_ids)
            found += reckoned if isinstance(reckoned, list) else ()
    return tuple(one for one in found if one.kind is not Kind.NOTICE and not _told(one, places))


def _told(one: Diagnostic, places: set[tuple[int | str, ...]]) -> bool:
    """Whether its place, or one around or inside it, is known to be wrong."""
    return any(one.path[: len(place)] == place or place[: len(one.path)] == one.path for place in places)
