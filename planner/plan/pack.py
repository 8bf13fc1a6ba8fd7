"""The cheapest nodes for a spec's workloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.capacity.packing.model import Budget, Packing, PodKind, Problem
from planner.catalog.model import Catalog, Region
from planner.decisions import Ledger
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.zones import resolve_zones
from planner.plan.candidates import POOL, Candidates, candidates, problem_of, usual_types
from planner.plan.region import resolve_region
from planner.spec.cluster import ClusterDocument, ClusterSpec
from planner.spec.nodes import NodeGroupSpec


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants otherwise than the spec says."""

    types: tuple[str, ...] = ()
    """Types to choose from, instead of the spec's groups."""
    zones: int | None = None
    lost: int | None = None
    """Zones that may fail; the spec's tolerateZoneLoss when None."""
    prices: Mapping[str, float] | None = None
    """US dollars an hour by type."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A packing with everything to read it."""

    name: str
    region: str
    problem: Problem
    packing: Packing
    kinds: Candidates
    zones: tuple[str, ...]
    """Labels of the zones."""


def pack_document(
    document: ClusterDocument,
    catalog: Catalog,
    asked: Asked,
    budget: Budget,
    started: Callable[[Problem], None] = lambda _: None,
) -> Packed | tuple[Diagnostic, ...]:
    """Pack the workloads of a spec, or say why that cannot be. ``started`` is told the problem before
    the search begins."""
    from planner.capacity.packing.model import PodTooLargeError
    from planner.capacity.packing.solve import pack

    spec = document.spec
    region, problems = resolve_region(spec, catalog)
    if region is None:
        return tuple(problems)
    if not any(one.kind != "DaemonSet" for one in spec.workloads):
        return (_nothing(),)
    brief = Brief(document.metadata.name, spec, region, catalog.facts, Ledger())
    planned, zone_problems = resolve_zones(brief, catalog.instance_types)
    if any(one.kind is not Kind.NOTICE for one in zone_problems):
        return tuple(zone_problems)
    zone_ids = frozenset(zone.catalog_id for zone in planned if zone.catalog_id)
    count = asked.zones or len(planned)
    tolerated = 1 if spec.tolerate_zone_loss is None else spec.tolerate_zone_loss
    lost = min(tolerated if asked.lost is None else asked.lost, count - 1)
    kinds = candidates(
        _groups(spec, catalog, region, zone_ids, asked), spec, catalog, region, zone_ids, asked.prices or {}
    )
    if isinstance(kinds, list):
        return tuple(kinds)
    problem = problem_of(spec, kinds, catalog.facts, count, lost)
    homeless = [_homeless(spec, pod, kinds) for pod in problem.pods if pod.replicas and not problem.carriers(pod)]
    if homeless:
        return tuple(homeless)
    started(problem)
    try:
        packing = pack(problem, budget)
    except PodTooLargeError as error:
        return (_homeless(spec, error.pod, kinds),)
    labels = tuple(zone.label for zone in planned)
    return Packed(brief.name, region.name, problem, packing, kinds, labels if len(labels) == count else ())


def _groups(
    spec: ClusterSpec, catalog: Catalog, region: Region, zone_ids: frozenset[str], asked: Asked
) -> list[tuple[int, NodeGroupSpec]]:
    """The groups whose types may be bought: asked for, of the spec, or usual ones."""
    if spec.node_groups and not asked.types:
        return list(enumerate(spec.node_groups))
    wanted = {name for one in spec.workloads for name in one.architectures} or {"x86_64"}
    names = asked.types or usual_types(catalog, region, zone_ids, frozenset(wanted))
    base = NodeGroupSpec.model_validate({"name": POOL, "instanceTypes": ("m5.large",), "maxSize": 1})
    return [(-1, base.model_copy(update={"instance_types": (name,)})) for name in names]


def _nothing() -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "pack-nothing",
        "there is nothing to pack",
        path=("spec", "workloads"),
        value="no workloads beside DaemonSets",
        limit="one workload or more",
        fix="declare workloads with cpu, memory and replicas",
        note="N38",
    )


def _homeless(spec: ClusterSpec, pod: PodKind, kinds: Candidates) -> Diagnostic:
    """A pod that no kind of node carries, with the largest that there is for it."""
    names = [one.name for one in spec.workloads]
    path: Path = ("spec", "workloads", names.index(pod.name)) if pod.name in names else ("spec", "workloads")
    able = [one.node for one in kinds.found if pod.nodes is None or one.node.name in pod.nodes]
    largest = max(able, key=lambda one: (one.memory_mib, one.cpu_millicores, one.name), default=None)
    most_cpu = max(able, key=lambda one: (one.cpu_millicores, one.memory_mib, one.name), default=None)
    if largest is None or most_cpu is None:
        limit = "no node group with its architecture and without taints that it does not tolerate"
    else:
        limit = " and ".join(
            dict.fromkeys(
                f"{one.cpu_millicores}m CPU, {one.memory_mib} MiB left on a {one.name}" for one in (largest, most_cpu)
            )
        )
    return Diagnostic(
        Kind.INFEASIBLE,
        "pod-too-large",
        f"a pod of {pod.name} fits on no kind of node",
        path=path,
        value=f"{pod.cpu_millicores}m CPU, {pod.memory_mib} MiB",
        limit=limit,
        fix="use larger instance types (--types), or smaller requests",
        source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
        note="N38",
    )
