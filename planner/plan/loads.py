"""Which pods sit on which nodes of a plan's groups (notes N40, N42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.capacity.carriers import carrier, first_plain, may_carry
from planner.capacity.group import GroupCapacity, work_out
from planner.capacity.packing.model import PodKind
from planner.capacity.packing.place import Spot, settle
from planner.capacity.packing.shapes import NodeShape
from planner.capacity.sizing import coredns, pod_kind, shape_for_pods
from planner.catalog.model import Catalog
from planner.diagnostics import Diagnostic, Kind
from planner.plan.model import Plan
from planner.plan.region import resolve_region
from planner.plan.spec_of import spec_of
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec
from planner.spec.workloads import WorkloadSpec


@dataclass(frozen=True, slots=True)
class Carried:
    """A managed group with the workloads that it carries. ``workloads`` has None for CoreDNS."""

    name: str
    shape: NodeShape
    pods: tuple[PodKind, ...]
    workloads: tuple[WorkloadSpec | None, ...]
    places: tuple[int | None, ...]
    """Places of the workloads in the spec."""
    elsewhere: tuple[tuple[str, ...], ...]
    """Other groups, and pools, that may carry each of them as well."""

    def on(self, nodes: Mapping[str, int]) -> tuple[list[Spot], dict[str, int]]:
        """(so many nodes in each zone with their pods, pods by workload that find no room)."""
        spots = [Spot.empty(zone, self.shape) for zone, count in nodes.items() for _ in range(count)]
        return settle(spots, self.pods, tuple(nodes))


def carried(plan: Plan, catalog: Catalog) -> tuple[Carried, ...] | list[Diagnostic]:
    """The managed groups of a plan with their workloads, in the plan's order; or why the catalog no
    longer knows their types."""
    try:
        spec = spec_of(plan).spec
    except ValueError as error:
        return [_unreadable(error)]
    region, problems = resolve_region(spec, catalog)
    if region is None:
        return problems
    groups: list[GroupCapacity] = []
    for index, group in enumerate(_group_specs(plan, spec)):
        worked = work_out(group, index, spec, catalog, region, frozenset())
        if isinstance(worked, list):
            problems += worked
        else:
            groups.append(worked)
    if problems:
        return problems
    homes = [(place, one, carrier(one, groups)) for place, one in enumerate(spec.workloads) if one.kind != "DaemonSet"]
    plain = first_plain(groups)
    found: list[Carried] = []
    for one in groups:
        mine: list[tuple[int | None, WorkloadSpec | None]] = [
            (place, workload) for place, workload, home in homes if home is one
        ]
        pods = [pod_kind(workload) for _, workload in mine if workload is not None]
        if one is plain and not any(workload.name == "coredns" for workload in spec.workloads):
            mine.append((None, None))
            pods.append(coredns(catalog.facts))
        found.append(
            Carried(
                one.name,
                shape_for_pods(one, spec, catalog.facts),
                tuple(pods),
                tuple(workload for _, workload in mine),
                tuple(place for place, _ in mine),
                tuple(_elsewhere(workload, one, groups, spec) for _, workload in mine),
            )
        )
    return tuple(found)


def _unreadable(error: ValueError) -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "plan-spec",
        "the spec inside this plan cannot be read again",
        path=("spec",),
        value=str(error).partition("\n")[0],
        limit="a spec of this version of eksplan",
        fix="plan again from the spec",
    )


def _elsewhere(
    workload: WorkloadSpec | None, home: GroupCapacity, groups: Sequence[GroupCapacity], spec: ClusterSpec
) -> tuple[str, ...]:
    """CoreDNS goes where no taint keeps it away; pools take what names no group."""
    others = [one for one in groups if one is not home]
    pools = [] if workload is not None and workload.node_group is not None else [one.name for one in spec.node_pools]
    if workload is None:
        able = [one for one in others if not one.spec.taints and one.spec.os_family != "windows"]
    else:
        able = [one for one in others if may_carry(workload, one)]
    return (*(one.name for one in able), *(str(one) for one in pools))


def _group_specs(plan: Plan, spec: ClusterSpec) -> Sequence[NodeGroupSpec]:
    """The groups with the types that the plan chose for them."""
    managed = [one for one in plan.spreads if one.kind == "managed"]
    known = plan.design.node_groups
    planned = {one.name: one for one in known} if isinstance(known, tuple) else {}
    given = {one.name: one for one in spec.node_groups}
    return [
        given[one.name].model_copy(update={"instance_types": planned[one.name].instance_types, "requirements": None})
        if one.name in given
        else NodeGroupSpec.model_validate(
            {"name": one.name, "instanceTypes": planned[one.name].instance_types, "maxSize": max(one.most, 1)}
        )
        for one in managed
    ]


def even(count: int, zones: Sequence[str]) -> dict[str, int]:
    """Nodes of each zone as Auto Scaling balances them; the first zones have the remainder."""
    return {zone: count // len(zones) + (number < count % len(zones)) for number, zone in enumerate(zones)}
