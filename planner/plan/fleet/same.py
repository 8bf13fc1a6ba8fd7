"""Which clusters a plan of their own spec would give other subnets than the fleet plan has."""

from __future__ import annotations

from planner.catalog.model import Catalog
from planner.plan.fleet.layouts import Layouts, Relative
from planner.plan.fleet.model import FleetPlan
from planner.plan.fleet.shapes import Shape, work_out
from planner.spec.fleet.load import LoadedFleet


def not_reproduced(loaded: LoadedFleet, plan: FleetPlan, catalog: Catalog) -> list[str]:
    """Names of clusters whose subnets were kept from an earlier plan and differ from a fresh layout."""
    layouts = Layouts(catalog.facts)
    shapes: dict[str, Shape | None] = {}
    members = {one.name: one for one in loaded.members}
    odd: list[str] = []
    for cluster in plan.clusters:
        member = members[cluster.name]
        key = member.variant.shape
        if key not in shapes:
            shapes[key] = work_out(len(shapes), cluster.shape, member, catalog)[0]
        shape = shapes[key]
        fresh = layouts.of(shape, cluster.blocks) if shape is not None else []
        if not isinstance(fresh, Relative) or fresh.at(cluster.name, cluster.blocks) != cluster.subnets:
            odd.append(cluster.name)
    return odd
