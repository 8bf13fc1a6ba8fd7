"""Kinds of nodes that workloads may be packed onto: the types of the spec's groups, or others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.capacity.carriers import first_plain, may_carry
from planner.capacity.group import GroupCapacity, work_out
from planner.capacity.packing.model import MICRO, NodeKind, PodKind, Problem
from planner.capacity.selection import generation
from planner.capacity.sizing import coredns, pod_kind, shape_for_pods
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceType, Region
from planner.diagnostics import Diagnostic
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

#: Most vCPU of a node that nobody asked for: more pods on one node are more to lose with it.
MOST_VCPU = 32
DOLLARS = "US dollars an hour"
WEIGHT = "resource weight"
POOL = "pool"
"""Name of the group that candidates get where the spec has none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One type as a node of one group."""

    node: NodeKind
    group: GroupCapacity
    price: float | None
    """US dollars an hour; None where it is not known."""

    @property
    def instance(self) -> InstanceType:
        """The type."""
        return self.group.types[0]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be bought, and what is minimised."""

    found: tuple[Candidate, ...]
    unit: str
    """DOLLARS, or WEIGHT where a price is not known."""
    unpriced: tuple[str, ...]
    """Types without a known price."""

    def by_name(self) -> Mapping[str, Candidate]:
        """Candidates by the name of their node."""
        return {one.node.name: one for one in self.found}


def weight(instance: InstanceType, facts: Facts) -> int:
    """Resource weight in millionths: what Fargate asks for the same vCPU and memory. It ranks types by
    size where prices are not known; it is no price of theirs.

    Source: https://aws.amazon.com/fargate/pricing/
    """
    return facts.number("weight.vcpu") * instance.vcpu + facts.number("weight.gib") * instance.memory_mib // 1024


def usual_types(
    catalog: Catalog, region: Region, zone_ids: frozenset[str], architectures: frozenset[str]
) -> tuple[str, ...]:
    """General, compute and memory types of current generations, neither burstable nor with
    accelerators or bare metal, up to 32 vCPU, offered in all the zones: of each shape the newest."""
    best: dict[tuple[int, int, int, str], InstanceType] = {}
    for one in catalog.instance_types.values():
        wanted = (
            one.family[0] in "cmr"
            and one.family[1:2].isdecimal()
            and one.current_generation
            and not (one.burstable or one.bare_metal or one.accelerators or one.local_storage_gb)
            and one.vcpu <= MOST_VCPU
            and bool(architectures & set(one.architectures))
            and "on-demand" in one.usage_classes
        )
        if not wanted or (region.offerings and not zone_ids <= region.offerings.get(one.name, frozenset())):
            continue
        if region.prices and one.name not in region.prices:
            continue
        key = (one.vcpu, one.memory_mib, one.interfaces * one.ipv4_per_interface, one.architectures[0])
        if key not in best or _rank(one, region) < _rank(best[key], region):
            best[key] = one
    return tuple(sorted(one.name for one in best.values()))


def _rank(one: InstanceType, region: Region) -> tuple[float, int, int, str]:
    """Cheaper, then plain families, then newer ones."""
    return (region.prices.get(one.name, 0.0), len(one.family), -generation(one), one.name)


def candidates(
    groups: Sequence[tuple[int, NodeGroupSpec]],
    spec: ClusterSpec,
    catalog: Catalog,
    region: Region,
    zone_ids: frozenset[str],
    prices: Mapping[str, float],
) -> Candidates | list[Diagnostic]:
    """Each type of each group as a kind of node, or why one cannot be. ``groups`` are (place in the
    spec, group); ``prices`` are US dollars an hour by type and come before the catalog's."""
    known = {**region.prices, **prices}
    found: list[Candidate] = []
    problems: list[Diagnostic] = []
    for index, group in groups:
        whole = work_out(group, index, spec, catalog, region, zone_ids)
        if isinstance(whole, list):
            problems += whole
            continue
        for one in whole.types:
            alone = group.model_copy(update={"instance_types": (one.name,), "requirements": None})
            worked = work_out(alone, index, spec, catalog, region, zone_ids)
            if isinstance(worked, list):
                problems += worked
            else:
                # on-demand prices say nothing of spot
                price = known.get(one.name) if group.capacity_type == "on-demand" else prices.get(one.name)
                found.append(_candidate(worked, spec, catalog.facts, price))
    if problems:
        return problems
    unpriced = tuple(sorted({one.instance.name for one in found if one.price is None}))
    priced = tuple(_costed(one, catalog.facts, dollars=not unpriced) for one in found)
    return Candidates(priced, WEIGHT if unpriced else DOLLARS, unpriced)


def _candidate(group: GroupCapacity, spec: ClusterSpec, facts: Facts, price: float | None) -> Candidate:
    node = shape_for_pods(group, spec, facts)
    name = group.types[0].name if group.name == POOL else f"{group.name}/{group.types[0].name}"
    kind = NodeKind(name, max(node.cpu_millicores, 0), max(node.memory_mib, 0), max(node.pods, 0), 0)
    return Candidate(kind, group, price)


def _costed(one: Candidate, facts: Facts, *, dollars: bool) -> Candidate:
    cost = round((one.price or 0.0) * MICRO) if dollars else weight(one.instance, facts)
    node = NodeKind(one.node.name, one.node.cpu_millicores, one.node.memory_mib, one.node.pods, max(cost, 1))
    return Candidate(node, one.group, one.price)


def problem_of(spec: ClusterSpec, kinds: Candidates, facts: Facts, zones: int, lost: int) -> Problem:
    """The packing problem of a spec's workloads on some kinds of nodes."""
    return Problem(tuple(_pods(spec, kinds, facts)), tuple(one.node for one in kinds.found), zones, lost)


def _pods(spec: ClusterSpec, kinds: Candidates, facts: Facts) -> Iterator[PodKind]:
    groups = [one.group for one in kinds.found]
    every = frozenset(one.node.name for one in kinds.found)
    for workload in spec.workloads:
        if workload.kind == "DaemonSet":
            continue
        able = frozenset(one.node.name for one in kinds.found if may_carry(workload, one.group))
        yield replace(pod_kind(workload), nodes=None if able == every else able)
    plain = first_plain(groups)
    if plain is not None and not any(one.name == "coredns" for one in spec.workloads):
        same = frozenset(one.node.name for one in kinds.found if one.group.name == plain.name)
        yield replace(coredns(facts), nodes=None if same == every else same)
