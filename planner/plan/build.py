"""build(spec, catalog) -> plan or diagnostics: the main job, room by room, without I/O."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner import __version__
from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity, work_out
from planner.capacity.group_checks import check_prefixes
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, Region
from planner.decisions import Ledger
from planner.design import Design, LaunchTemplate, Subnet, Unknown, Vpc
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
from planner.network.endpoints import addon_names, check_endpoints, interface_services, plan_endpoints
from planner.network.layout import requests
from planner.network.routes import named_tags, plan_routes
from planner.network.subnets import Layout, lay_out, minimal_length
from planner.network.zones import PlannedZone, resolve_zones, zones_wanted
from planner.nodegroups.settings import plan_launch_template, plan_node_group, record
from planner.nodegroups.user_data import ClusterFacts, Renderer, too_long
from planner.plan.cluster import plan_addons, plan_cluster
from planner.plan.invented import invented_group
from planner.plan.model import CatalogStamp, GroupPods, Plan, SubnetCapacity
from planner.plan.one_way import one_way_doors
from planner.plan.region import resolve_region, resolve_version
from planner.plan.remedies import remedies
from planner.plan.sizes import Sized, nowhere, size_group
from planner.security.groups import endpoint_group_name, plan_groups
from planner.security.roles import node_role_name, plan_roles
from planner.spec.cluster import ClusterDocument, ClusterSpec


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan, or None with the diagnostics that say why; notices come with both."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def build(document: ClusterDocument, catalog: Catalog, render: Renderer) -> PlanResult:
    """Plan a cluster. Every reason why it cannot be comes back at once."""
    spec, ledger = document.spec, Ledger()
    region, problems = resolve_region(spec, catalog)
    version, version_problems = resolve_version(spec, catalog, ledger)
    problems += version_problems
    if region is None:
        return PlanResult(None, tuple(problems))
    brief = Brief(document.metadata.name, spec, region, catalog.facts, ledger)
    zones, zone_problems = resolve_zones(brief, catalog.instance_types)
    problems += zone_problems
    problems += check_endpoints(spec, region, catalog.facts)
    groups, group_problems = _groups(spec, catalog, region, zones)
    problems += [*group_problems, *(notice for one in groups for notice in one.group.notices)]
    if not zones or not groups or _stops(zone_problems):
        return PlanResult(None, tuple(problems))
    # a group that cannot carry its workloads still takes addresses: every reason is said at once
    network = _network(brief, zones, groups)
    if isinstance(network, list):
        return PlanResult(None, (*problems, *_with_remedies(network, group_problems, brief, catalog, zones)))
    if _stops(problems):
        return PlanResult(None, tuple(problems))
    for one in groups:
        record(brief, one.group, one.triple, one.why)
    joining = ClusterFacts(brief.name, network.service)
    templates = [plan_launch_template(brief, one.group, joining, render) for one in groups]
    for one, template in zip(groups, templates, strict=True):
        problems += too_long(one.group, template.user_data, brief.facts)
    if _stops(problems):
        return PlanResult(None, tuple(problems))
    design = _design(brief, version, zones, groups, network, templates)
    plan = _plan(document, brief, design, groups, network, catalog)
    return PlanResult(plan, (*problems, *_block_quota(brief, network)))


def _with_remedies(
    problems: Sequence[Diagnostic],
    others: Sequence[Diagnostic],
    brief: Brief,
    catalog: Catalog,
    zones: Sequence[PlannedZone],
) -> list[Diagnostic]:
    """Shortages of addresses with the changes that would really make the spec fit; ``others`` are
    problems of the groups, of which a change must not make more."""
    known = {(one.code, one.path) for one in others}

    def fits(changed: ClusterSpec) -> bool:
        groups, wrong = _groups(changed, catalog, brief.region, zones)
        if not groups or any((one.code, one.path) not in known for one in wrong):
            return False
        trial = dataclasses.replace(brief, spec=changed, ledger=Ledger())
        return not isinstance(_network(trial, zones, groups), list)

    if not any(one.code == "addresses" for one in problems):
        return list(problems)
    found = remedies(brief.spec, fits)
    return [
        dataclasses.replace(
            one, fix="; or ".join([one.fix.partition("; ")[0], *found]) + "; " + one.fix.partition("; ")[2]
        )
        if one.code == "addresses"
        else one
        for one in problems
    ]


def _stops(problems: Sequence[Diagnostic]) -> bool:
    return any(one.kind is not Kind.NOTICE for one in problems)


def _groups(
    spec: ClusterSpec, catalog: Catalog, region: Region, zones: Sequence[PlannedZone]
) -> tuple[list[Sized], list[Diagnostic]]:
    """Every group worked out and sized; an invented one where the spec has none."""
    zone_ids = frozenset(zone.catalog_id for zone in zones if zone.catalog_id)
    count = len(zones) or zones_wanted(spec)
    if not spec.node_groups:
        return invented_group(spec, catalog, region, zone_ids, count)
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
        sized += [found] if found else []
    return sized, problems


@dataclass(frozen=True, slots=True)
class _Network:
    """The address part of a plan."""

    primary: IPv4Network
    secondary: tuple[IPv4Network, ...]
    service: IPv4Network | None
    layout: Layout
    demands: tuple[SubnetDemand, ...]
    spreads: tuple[GroupSpread, ...]


def _network(brief: Brief, zones: Sequence[PlannedZone], groups: Sequence[Sized]) -> _Network | list[Diagnostic]:
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
    return _Network(primary, secondary, service, layout, demands, spreads)


def _block_quota(brief: Brief, network: _Network) -> list[Diagnostic]:
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


def _design(
    brief: Brief,
    version: str,
    zones: Sequence[PlannedZone],
    groups: Sequence[Sized],
    network: _Network,
    templates: Sequence[LaunchTemplate],
) -> Design:
    """The design: every room's part, each tuple sorted by name."""
    spec, name, facts, layout = brief.spec, brief.name, brief.facts, network.layout
    routing = plan_routes(brief, zones, layout)
    endpoints = plan_endpoints(brief, zones, layout, routing.route_tables, endpoint_group_name(name))
    security_groups = plan_groups(brief, interface_endpoints=bool(interface_services(spec, facts)))
    addons = addon_names(spec, facts)
    roles, identities = plan_roles(brief, addons)
    planned_addons = plan_addons(brief, addons, layout, identities)
    names = [one.name for one in security_groups]
    cluster = plan_cluster(brief, version, network.service, layout, names, planned_addons)
    role = node_role_name(name, facts)
    node_groups = [
        plan_node_group(brief, one.group, one.triple, role, _group_subnets(one.group, layout), version)
        for one in groups
    ]
    return Design(
        region=brief.region.name,
        vpc=_vpc(spec, name, network),
        subnets=_subnets(spec, layout, zones),
        route_tables=routing.route_tables,
        internet_gateways=routing.internet_gateways,
        egress_only_internet_gateways=routing.egress_only,
        nat_gateways=routing.nat_gateways,
        vpc_endpoints=endpoints,
        security_groups=security_groups,
        roles=roles,
        cluster=cluster,
        node_groups=tuple(sorted(node_groups, key=lambda one: one.name)),
        launch_templates=tuple(sorted(templates, key=lambda one: one.name)),
    )


def _plan(
    document: ClusterDocument,
    brief: Brief,
    design: Design,
    groups: Sequence[Sized],
    network: _Network,
    catalog: Catalog,
) -> Plan:
    """The design with everything that explains it."""
    with_ami = sorted(one.group.name for one in groups if one.group.spec.ami_id)
    prices = brief.region.prices
    return Plan(
        name=brief.name,
        generator=f"eksplan {__version__}",
        catalog=CatalogStamp(catalog.digest, catalog.retrieved),
        spec=document.model_dump(mode="json", by_alias=True),
        design=design,
        demands=network.demands,
        capacity=_capacity(network, brief.facts),
        pods=tuple(
            GroupPods(
                one.group.name,
                answer.instance_type,
                answer.pods,
                answer.uncapped,
                answer.limiter,
                prices.get(answer.instance_type),
            )
            for one in groups
            for answer in one.group.answers
        ),
        decisions=tuple(brief.ledger),
        one_way_doors=one_way_doors(brief.spec, design, network.layout, with_ami),
    )


def _vpc(spec: ClusterSpec, name: str, network: _Network) -> Vpc:
    hybrid = [("hybrid nodes", one) for one in spec.hybrid.node_cidrs] if spec.hybrid else []
    hybrid += [("hybrid pods", one) for one in spec.hybrid.pod_cidrs] if spec.hybrid else []
    peers = tuple(sorted([(one.name, one.cidr) for one in spec.avoid] + hybrid))
    if spec.vpc.id:
        seen = Unknown("ec2:DescribeVpcAttribute", "an existing VPC; the spec does not describe it")
        servers = Unknown("ec2:DescribeDhcpOptions", "an existing VPC; the spec does not describe it")
        return Vpc(
            name=spec.vpc.name or spec.vpc.id,
            cidr=network.primary,
            secondary_cidrs=tuple(sorted(network.secondary)),
            ipv6=spec.ip_family == "ipv6",
            dns_support=seen,
            dns_hostnames=seen,
            domain_name_servers=servers,
            peer_cidrs=peers,
            existing=True,
            associate=tuple(sorted(set(network.secondary) - set(spec.vpc.secondary_cidrs))),
            id=spec.vpc.id,
        )
    full = f"{name}-vpc"
    return Vpc(
        name=full,
        cidr=network.primary,
        secondary_cidrs=tuple(sorted(network.secondary)),
        ipv6=spec.ip_family == "ipv6",
        peer_cidrs=peers,
        associate=tuple(sorted(network.secondary)),
        tags=named_tags(spec, full),
    )


def _subnets(spec: ClusterSpec, layout: Layout, zones: Sequence[PlannedZone]) -> tuple[Subnet, ...]:
    """Planned and existing subnets, also the existing ones that the cluster leaves alone."""
    subnets = {one.subnet.name: one.subnet for one in layout.subnets}
    by_text = {text: zone for zone in zones for text in (zone.label, zone.id, zone.name) if isinstance(text, str)}
    unseen = Unknown("ec2:DescribeSubnets", "an existing subnet in a zone that the cluster does not use")
    names = spec.vpc.subnet_names()
    for one in spec.vpc.subnets:
        zone = by_text.get(one.zone)
        subnet = Subnet(
            names[one.id],
            one.cidr,
            zone.id if zone else unseen,
            zone.name if zone else unseen,
            existing=True,
            id=one.id,
            free_addresses=one.free,
        )
        subnets.setdefault(subnet.name, subnet)
    return tuple(sorted(subnets.values(), key=lambda one: one.name))


def _group_subnets(group: GroupCapacity, layout: Layout) -> list[str]:
    tier = Tier.PUBLIC if group.spec.subnets == "public" else Tier.NODE
    return [one.subnet.name for one in layout.of(tier) if not group.spec.zones or one.zone in group.spec.zones]


def _capacity(network: _Network, facts: Facts) -> tuple[SubnetCapacity, ...]:
    rows: list[SubnetCapacity] = []
    for demand in network.demands:
        mine = network.layout.of(demand.tier, demand.zone)
        have = sum(one.room(facts) for one in mine)
        rows.append(
            SubnetCapacity(
                demand.tier,
                demand.zone,
                tuple(one.subnet.name for one in mine),
                tuple(str(one.subnet.cidr) for one in mine),
                demand.addresses,
                have,
            )
        )
    return tuple(rows)
