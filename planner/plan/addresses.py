"""The address part of a plan: demands, the blocks that the spec leaves open, and the subnets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.capacity.pool import PoolCapacity
from planner.diagnostics import Diagnostic
from planner.network.blocks import choose_pod_blocks, choose_primary, choose_service
from planner.network.demand import SubnetDemand, Tier, cluster_demand, node_demand, pod_demand, public_demand
from planner.network.kept import Kept
from planner.network.layout import requests
from planner.network.planned import Layout
from planner.network.quotas import check_quotas
from planner.network.services import interface_services
from planner.network.sharing import share
from planner.network.spread import NodeSpread, spread, spread_pool
from planner.network.subnets import lay_out, minimal_length, used_existing
from planner.network.zones import PlannedZone
from planner.plan.sizes import Sized


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """The address part of a plan."""

    primary: IPv4Network
    secondary: tuple[IPv4Network, ...]
    service: IPv4Network | None
    layout: Layout
    demands: tuple[SubnetDemand, ...]
    spreads: tuple[NodeSpread, ...]


def plan_addresses(
    brief: Brief,
    zones: Sequence[PlannedZone],
    groups: Sequence[Sized],
    pools: Sequence[PoolCapacity] = (),
    kept: Kept | None = None,
) -> AddressPlan | list[Diagnostic]:
    """Demands, the blocks that the spec leaves open, and the subnets; what is ``kept`` stays."""
    facts = brief.facts
    labels = [zone.label for zone in zones]
    spreads = (
        *(spread(brief, one.group, one.triple, labels) for one in groups),
        *(spread_pool(brief, one, labels) for one in pools),
    )
    demands = _demands(brief, zones, spreads, kept)
    primary = choose_primary(brief, minimal_length(demands, facts), kept)
    if isinstance(primary, Diagnostic):
        return [primary]
    pods = requests([one for one in demands if one.tier is Tier.POD], facts)
    secondary = choose_pod_blocks(brief, primary, sum(one.size for one in pods), kept)
    if isinstance(secondary, Diagnostic):
        return [secondary]
    service = choose_service(brief, (primary, *secondary), kept)
    if isinstance(service, Diagnostic):
        return [service]
    layout = lay_out(brief, zones, demands, primary, secondary, kept)
    problems = [*layout.problems, *check_quotas(brief, secondary, layout, demands, spreads)]
    if problems:
        return problems
    return AddressPlan(primary, secondary, service, layout, demands, spreads)


def _demands(
    brief: Brief, zones: Sequence[PlannedZone], spreads: Sequence[NodeSpread], kept: Kept | None
) -> tuple[SubnetDemand, ...]:
    """What each tier of each zone must hold. A zone that comes later has no cluster subnet: EKS takes
    other cluster subnets only in the zones of the first ones."""
    endpoints = len(interface_services(brief.spec, brief.facts))
    custom = brief.spec.cni.custom_networking
    demands: list[SubnetDemand] = []
    for zone in zones:
        if kept is None or zone.label in kept.cluster_zones:
            demands.append(cluster_demand(zone, brief.facts))
        demands.append(node_demand(brief, zone, spreads, zones=len(zones), endpoints=endpoints))
        public = public_demand(brief, zone, spreads)
        if public.items:
            demands.append(public)
        pods = pod_demand(brief, zone, spreads)
        if custom or pods.items:
            demands.append(pods)
    shared = brief.spec.vpc.cluster_subnets == "shared"
    return share(demands, used_existing(brief.spec, zones), cluster_in_node=shared)
