"""The address part of a plan: demands, the blocks that the spec leaves open, and the subnets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.diagnostics import Diagnostic, Kind
from planner.network.blocks import choose_pod_blocks, choose_primary, choose_service
from planner.network.demand import (
    GroupSpread,
    SubnetDemand,
    Tier,
    cluster_demand,
    node_demand,
    pod_demand,
    public_demand,
    spread,
)
from planner.network.endpoints import interface_services
from planner.network.layout import requests
from planner.network.subnets import Layout, lay_out, minimal_length
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
    spreads: tuple[GroupSpread, ...]


def plan_addresses(
    brief: Brief, zones: Sequence[PlannedZone], groups: Sequence[Sized]
) -> AddressPlan | list[Diagnostic]:
    """Demands, the blocks that the spec leaves open, and the subnets."""
    facts = brief.facts
    labels = [zone.label for zone in zones]
    spreads = tuple(spread(brief, one.group, one.most, labels) for one in groups)
    demands = _demands(brief, zones, spreads)
    primary = choose_primary(brief, minimal_length(demands, facts))
    if isinstance(primary, Diagnostic):
        return [primary]
    pods = requests([one for one in demands if one.tier is Tier.POD], facts)
    secondary = choose_pod_blocks(brief, primary, sum(one.size for one in pods))
    if isinstance(secondary, Diagnostic):
        return [secondary]
    service = choose_service(brief, (primary, *secondary))
    if isinstance(service, Diagnostic):
        return [service]
    layout = lay_out(brief, zones, demands, primary, secondary)
    if layout.problems:
        return list(layout.problems)
    return AddressPlan(primary, secondary, service, layout, demands, spreads)


def block_quota(brief: Brief, network: AddressPlan) -> list[Diagnostic]:
    """A notice when the plan chose more blocks than a VPC has by default."""
    quota, count = brief.facts.number("vpc.cidr_quota"), 1 + len(network.secondary)
    if count <= quota or brief.spec.vpc.secondary_cidrs:
        return []
    return [
        Diagnostic(
            Kind.NOTICE,
            "vpc-cidr-quota",
            "the pods need more blocks than the default quota of a VPC",
            path=("spec", "cni", "customNetworking"),
            value=str(count),
            limit=f"{quota} (adjustable to 50)",
            fix="ask for a higher quota first, or keep fewer warm addresses",
            source=brief.facts.source("vpc.cidr_quota"),
            note="N29",
        )
    ]


def _demands(brief: Brief, zones: Sequence[PlannedZone], spreads: Sequence[GroupSpread]) -> tuple[SubnetDemand, ...]:
    endpoints = len(interface_services(brief.spec, brief.facts))
    demands: list[SubnetDemand] = []
    for zone in zones:
        demands.append(cluster_demand(zone, brief.facts))
        demands.append(node_demand(brief, zone, spreads, endpoints=endpoints))
        public = public_demand(brief, zone, spreads)
        if public.items:
            demands.append(public)
        if brief.spec.cni.custom_networking:
            demands.append(pod_demand(zone, spreads))
    return tuple(sorted(demands, key=lambda one: (one.tier, one.zone)))
