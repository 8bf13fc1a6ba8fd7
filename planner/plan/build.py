"""build(spec, catalog) -> plan or diagnostics: the main job, room by room, without I/O."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner import __version__
from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.catalog.facts import Facts
from planner.catalog.model import Catalog
from planner.decisions import Ledger
from planner.design import AccessEntry, Design, LaunchTemplate, PrefixList, SecurityGroup, Subnet, Unknown, Vpc
from planner.diagnostics import Diagnostic, Kind
from planner.network.access import check_access, record_access
from planner.network.demand import Tier
from planner.network.endpoints import check_endpoints, expected_endpoints, plan_endpoints
from planner.network.isolated import check_isolated, record_isolated
from planner.network.kept import Kept
from planner.network.planned import Layout
from planner.network.routes import named_tags, plan_routes
from planner.network.zones import PlannedZone, resolve_zones
from planner.nodegroups.cluster_name import check_cluster_name
from planner.nodegroups.join import ClusterFacts
from planner.nodegroups.overrides import check_overrides
from planner.nodegroups.settings import node_settings, plan_launch_template, plan_node_group, record
from planner.nodegroups.user_data import Renderer, too_long
from planner.nodegroups.user_data_reasons import record_user_data
from planner.plan.acls import check_acls, plan_acls
from planner.plan.addresses import AddressPlan, plan_addresses
from planner.plan.cluster import plan_addons, plan_cluster
from planner.plan.coredns import coredns_defaults, record_coredns
from planner.plan.fargate import check_private, plan_fargate
from planner.plan.groups import size_groups, size_pools
from planner.plan.interruption import plan_interruption
from planner.plan.limits import reach_of
from planner.plan.model import CatalogStamp, GroupPods, Plan, SubnetCapacity
from planner.plan.observability import domain_name_of, plan_flow_logs, plan_log_groups, record_dhcp
from planner.plan.one_way import one_way_doors
from planner.plan.per_zone import record_spreads
from planner.plan.previous import check_previous, kept_of
from planner.plan.previous_groups import check_versions, keep_groups
from planner.plan.region import resolve_region, resolve_version
from planner.plan.remedies import remedies
from planner.plan.scaling import plan_scaling
from planner.plan.sizes import Sized
from planner.plan.storage import keep_file_systems, plan_file_systems
from planner.security.entries import existing_roles, plan_entries
from planner.security.groups import node_security_groups, plan_groups
from planner.security.keys import plan_keys
from planner.security.names import control_plane_group_name, endpoint_group_name
from planner.security.node_roles import group_role_name
from planner.security.quotas import check_group_quotas
from planner.security.role_limits import check_roles
from planner.security.roles import PlannedRoles, plan_roles
from planner.security.secrets import record_secrets
from planner.spec.addons import addon_names
from planner.spec.cluster import ClusterDocument, ClusterSpec
from planner.spec.observability import DhcpOptionsSpec


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan, or None with the diagnostics that say why; notices come with both."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def build(document: ClusterDocument, catalog: Catalog, render: Renderer, previous: Plan | None = None) -> PlanResult:
    """Plan a cluster. Every reason why it cannot be comes back at once.

    After a ``previous`` plan nothing that it made moves: blocks and subnets stay, and what they no
    longer hold gets further subnets.
    """
    spec, ledger = document.spec, Ledger()
    region, problems = resolve_region(spec, catalog)
    version, version_problems = resolve_version(spec, catalog, ledger)
    problems += version_problems
    if region is None:
        return PlanResult(None, tuple(problems))
    brief = Brief(document.metadata.name, spec, region, catalog.facts, ledger)
    kept = kept_of(previous) if previous else None
    if previous and kept:
        problems += check_previous(brief.name, spec, previous, kept)
        if _stops(problems):
            return PlanResult(None, tuple(problems))
    problems += check_versions(spec, version, previous.design if previous else None, catalog.facts)
    zones, zone_problems = resolve_zones(brief, catalog.instance_types, kept.zones if kept else ())
    problems += zone_problems
    problems += check_access(brief, len(zones))
    problems += check_endpoints(spec, region, catalog.facts)
    problems += check_isolated(brief)
    groups, group_problems = size_groups(spec, catalog, region, zones)
    pools, pool_problems = size_pools(spec, catalog, region, zones)
    group_problems += pool_problems
    problems += [*group_problems, *(notice for one in groups for notice in one.group.notices)]
    if _stops(problems) or not (groups or pools or spec.fargate):
        # no design will come to be whose groups could be counted: they are counted here, so that all is said at once
        trial = dataclasses.replace(brief, ledger=Ledger(wanted=False))
        problems += check_group_quotas(brief, plan_groups(trial, expected_endpoints(spec, region, catalog.facts)))
    if not zones or not (groups or pools or spec.fargate) or _stops(zone_problems):
        return PlanResult(None, tuple(problems))
    # a group that cannot carry its workloads still takes addresses: every reason is said at once
    network = plan_addresses(brief, zones, groups, pools, kept)
    if isinstance(network, list):
        return PlanResult(None, (*problems, *_with_remedies(network, group_problems, brief, catalog, zones, kept)))
    if _stops(problems):
        return PlanResult(None, tuple(problems))
    for one in groups:
        record(brief, one.group, one.triple, one.why)
    record_spreads(ledger, groups)
    reach = reach_of(spec, network.spreads, groups, pools)
    problems += plan_scaling(brief, version, groups, pools, reach, len(zones))
    problems += record_coredns(brief, reach)
    joining = ClusterFacts(brief.name, str(network.service) if network.service else None)
    templates, of_templates = _templates(brief, groups, joining, render)
    problems += of_templates
    if _stops(problems):
        return PlanResult(None, tuple(problems))
    roles = plan_roles(brief, addon_names(spec, brief.facts))
    entries = plan_entries(brief)
    problems += [*check_private(brief, network.layout), *check_roles(brief, roles, entries)]
    dns = coredns_defaults(spec, reach, brief.facts)
    design = _design(brief, version, zones, groups, network, templates, roles, entries, {"coredns": dns})
    if previous:
        design, of_kept = _keep(design, previous.design, spec, ledger)
        problems += of_kept
    problems += check_group_quotas(brief, [] if isinstance(design.security_groups, Unknown) else design.security_groups)
    problems += check_acls(brief, [] if isinstance(design.network_acls, Unknown) else design.network_acls)
    if _stops(problems):
        return PlanResult(None, tuple(problems))
    plan = _plan(document, brief, design, groups, network, catalog)
    return PlanResult(plan, tuple(problems))


def _keep(design: Design, previous: Design, spec: ClusterSpec, ledger: Ledger) -> tuple[Design, list[Diagnostic]]:
    """The design with what an earlier plan made of node groups and file systems, and what cannot be changed of it."""
    design, problems = keep_groups(design, previous, spec, ledger)
    design, of_files = keep_file_systems(design, previous)
    return design, [*problems, *of_files]


def _templates(
    brief: Brief, groups: Sequence[Sized], joining: ClusterFacts, render: Renderer
) -> tuple[list[LaunchTemplate], list[Diagnostic]]:
    """A launch template for every group, and what is wrong with its user data."""
    templates: list[LaunchTemplate] = []
    problems: list[Diagnostic] = []
    for one in groups:
        worn = node_security_groups(brief.spec, brief.name, one.group.spec)
        template = plan_launch_template(brief, one.group, joining, render, worn)
        settings, path = node_settings(brief, one.group), ("spec", "nodeGroups", one.group.index)
        problems += too_long(template.user_data, settings, joining, path, brief.facts, render)
        problems += check_overrides(one.group, settings, joining)
        problems += check_cluster_name(one.group, joining)
        record_user_data(brief, one.group, settings, template.user_data)
        templates.append(template)
    return templates, problems


def _with_remedies(
    problems: Sequence[Diagnostic],
    others: Sequence[Diagnostic],
    brief: Brief,
    catalog: Catalog,
    zones: Sequence[PlannedZone],
    kept: Kept | None,
) -> list[Diagnostic]:
    """Shortages of addresses with the changes that would really make the spec fit; ``others`` are
    problems of the groups, of which a change must not make more."""
    known = {(one.code, one.path) for one in others}

    def fits(changed: ClusterSpec) -> bool:
        groups, wrong = size_groups(changed, catalog, brief.region, zones)
        pools, unfit = size_pools(changed, catalog, brief.region, zones)
        wrong += unfit
        if not (groups or pools or changed.fargate) or any((one.code, one.path) not in known for one in wrong):
            return False
        trial = dataclasses.replace(brief, spec=changed, ledger=Ledger(wanted=False))
        return not isinstance(plan_addresses(trial, zones, groups, pools, kept), list)

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


def _design(  # noqa: PLR0913, PLR0917 - every room's part
    brief: Brief,
    version: str,
    zones: Sequence[PlannedZone],
    groups: Sequence[Sized],
    network: AddressPlan,
    templates: Sequence[LaunchTemplate],
    planned: PlannedRoles,
    entries: tuple[AccessEntry, ...],
    addon_defaults: Mapping[str, Mapping[str, Any]],
) -> Design:
    """The design: every room's part, each tuple sorted by name."""
    spec, name, facts, layout = brief.spec, brief.name, brief.facts, network.layout
    routing = plan_routes(brief, zones, layout)
    endpoints = plan_endpoints(brief, zones, layout, routing.route_tables, endpoint_group_name(name))
    record_isolated(brief)
    security_groups = plan_groups(brief, endpoints)
    planned_addons = plan_addons(brief, addon_names(spec, facts), layout, planned, addon_defaults)
    names = [one.name for one in security_groups]
    record_secrets(brief)
    record_dhcp(brief)
    record_access(brief, layout, routing, [one for one in names if one == control_plane_group_name(name)])
    cluster = plan_cluster(brief, version, network.service, layout, names, planned_addons, planned, entries)
    node_groups = [
        plan_node_group(
            brief,
            one.group,
            one.triple,
            group_role_name(name, one.group.spec, facts),
            _group_subnets(one.group, layout),
            version,
        )
        for one in groups
    ]
    queues, event_rules = plan_interruption(brief)
    acls = plan_acls(brief, layout, (network.primary, *network.secondary))
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
        network_acls=acls,
        prefix_lists=tuple(PrefixList(one) for one in sorted(_prefix_lists(security_groups))),
        roles=tuple(sorted((*planned.roles, *existing_roles(brief)), key=lambda one: one.name)),
        cluster=cluster,
        log_groups=plan_log_groups(brief),
        flow_logs=plan_flow_logs(brief),
        keys=plan_keys(brief),
        file_systems=plan_file_systems(brief, layout),
        queues=queues,
        event_rules=event_rules,
        node_groups=tuple(sorted(node_groups, key=lambda one: one.name)),
        fargate_profiles=plan_fargate(brief, layout),
        launch_templates=tuple(sorted(templates, key=lambda one: one.name)),
    )


def _prefix_lists(groups: Sequence[SecurityGroup]) -> set[str]:
    """AWS's prefix lists that rules name."""
    return {rule.peer for group in groups for rule in group.rules if rule.peer.startswith("com.amazonaws.")}


def _plan(
    document: ClusterDocument,
    brief: Brief,
    design: Design,
    groups: Sequence[Sized],
    network: AddressPlan,
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
        spreads=network.spreads,
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


def _vpc(spec: ClusterSpec, name: str, network: AddressPlan) -> Vpc:
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
            domain_name=servers,
            ntp_servers=servers,
            peer_cidrs=peers,
            existing=True,
            associate=tuple(sorted(set(network.secondary) - set(spec.vpc.secondary_cidrs))),
            id=spec.vpc.id,
        )
    full = f"{name}-vpc"
    options = spec.vpc.dhcp_options or DhcpOptionsSpec()
    return Vpc(
        name=full,
        cidr=network.primary,
        secondary_cidrs=tuple(sorted(network.secondary)),
        ipv6=spec.ip_family == "ipv6",
        domain_name_servers=options.domain_name_servers,
        domain_name=domain_name_of(spec),
        ntp_servers=options.ntp_servers,
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


def _capacity(network: AddressPlan, facts: Facts) -> tuple[SubnetCapacity, ...]:
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
                demand.prefixes,
            )
        )
    return tuple(rows)
