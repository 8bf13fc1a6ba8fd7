"""What is updated: a group of a plan or of a running cluster, with the settings that it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.catalog.model import Catalog
from planner.design import Design, UpdateSettings
from planner.diagnostics import Diagnostic
from planner.nodegroups.updates.model import OldNode, Strategy, Tenant, Timings, UpdatedGroup
from planner.plan.loads import Carried, carried, even
from planner.plan.model import Plan
from planner.plan.scenarios.world import Crowd, World
from planner.spec.budgets import allowed, in_words
from planner.spec.nodes import TaintSpec

UNSCHEDULABLE = TaintSpec(key="node.kubernetes.io/unschedulable", effect="NoSchedule")
"""The taint of a cordoned node. Source: https://kubernetes.io/docs/reference/labels-annotations-taints/"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants otherwise than the design says."""

    timings: Timings
    nodes: str | int = "desired"
    """Nodes when the update begins: desired, max, or a number."""
    lost: frozenset[str] = frozenset()
    strategy: Strategy | None = None
    at_once: int | None = None
    force: bool = False
    autoscaler: bool = False

    def size(self, crowd: Crowd) -> int:
        """Nodes of a crowd while a group is updated; a pool has no desired size."""
        if self.nodes == "max" or crowd.kind != "managed":
            return crowd.most
        return crowd.desired


@dataclass(frozen=True, slots=True)
class Subject:
    """A group to update; ``pods_known`` is False for running clusters, whose pods are not read."""

    group: UpdatedGroup
    settings: UpdateSettings
    pods_known: bool


def subjects_of_plan(
    plan: Plan, world: World, catalog: Catalog, asked: Asked
) -> tuple[Subject, ...] | list[Diagnostic]:
    """The managed groups of a plan, or why the catalog no longer knows their types."""
    loads = carried(plan, catalog)
    if isinstance(loads, list):
        return loads
    by_name = {one.name: one for one in loads}
    return tuple(_subjects(plan.design, world, asked, catalog.facts, by_name))


def subjects_of_design(design: Design, world: World, facts: Facts, asked: Asked) -> tuple[Subject, ...]:
    """The managed groups of a running cluster, without their pods."""
    return tuple(_subjects(design, world, asked, facts, {}))


def _subjects(design: Design, world: World, asked: Asked, facts: Facts, loads: dict[str, Carried]) -> Iterator[Subject]:
    groups = {one.name: one for one in design.node_groups} if isinstance(design.node_groups, tuple) else {}
    for crowd in world.crowds:
        if crowd.kind != "managed":
            continue
        left = tuple(zone for zone in crowd.zones if zone not in asked.lost)
        count = asked.nodes if isinstance(asked.nodes, int) else asked.size(crowd)
        where = even(count if left else 0, left) if left else {}
        load = loads.get(crowd.name)
        spots, homeless = load.on(where) if load else ([], {})
        nodes = (
            tuple(OldNode(one.zone, tuple(sorted(one.pods.items()))) for one in spots)
            if load
            else tuple(OldNode(zone) for zone, number in where.items() for _ in range(number))
        )
        group = UpdatedGroup(
            name=crowd.name,
            zones=crowd.zones,
            nodes=nodes,
            most=max(crowd.most, count),
            tenants=tuple(_tenants(load, asked.timings)) if load else (),
            shape=load.shape if load else None,
            lost=asked.lost,
            homeless=tuple(sorted(homeless.items())),
            surge_per_zone=facts.number("nodegroup.surge_per_zone"),
        )
        yield Subject(group, groups[crowd.name].update, load is not None)


def _tenants(load: Carried, times: Timings) -> Iterator[Tenant]:
    for pods, workload, index, elsewhere in zip(load.pods, load.workloads, load.places, load.elsewhere, strict=True):
        if workload is None:
            # CoreDNS as EKS installs it: a budget of one pod since v1.9.3-eksbuild.6
            yield Tenant(pods, "Deployment", 1, "the add-on's own", 1, 30, times.ready, elsewhere=bool(elsewhere))
            continue
        budgets = workload.pod_disruption_budget
        yield Tenant(
            pods=pods,
            kind=workload.kind,
            allowed=allowed(budgets, pods.replicas),
            budget=" and ".join(in_words(one) for one in budgets),
            budgets=len(budgets),
            grace=workload.termination_grace_period_seconds,
            ready=times.ready if workload.ready_seconds is None else workload.ready_seconds,
            returns=any(one.covers(UNSCHEDULABLE) for one in workload.tolerations),
            elsewhere=bool(elsewhere),
            index=index,
        )
