"""VPC endpoints: which are needed, where, and whether the region has them (note N07)."""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.catalog.model import Region
from planner.design import RouteTable, VpcEndpoint
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.demand import Tier
from planner.network.endpoint_cost import record_cost
from planner.network.planned import Layout
from planner.network.routes import named_tags
from planner.network.services import interface_services, optional_services
from planner.network.zones import PlannedZone
from planner.spec.cluster import ClusterSpec

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"


def check_endpoints(spec: ClusterSpec, region: Region, facts: Facts) -> list[Diagnostic]:
    """Services that the region does not offer as VPC endpoints."""
    problems: list[Diagnostic] = []
    published = facts.table("endpoints.absent")
    for service, why in interface_services(spec, facts).items():
        if region.endpoint_service(service) in region.endpoint_services:
            continue
        asked = service in spec.vpc_endpoints.extra
        absent = region.name in published.get(service, ())
        kind = "in this region" if region.endpoint_services_listed else "known"
        problems.append(
            Diagnostic(
                Kind.INFEASIBLE,
                "endpoint-absent",
                f"{region.name} has no VPC endpoint for {service}" + ("" if asked else f", needed for {why}"),
                path=_asked_at(spec, service, facts),
                value=service,
                limit="AWS lists this region as one without it"
                if absent
                else f"{len(region.endpoint_services)} services {kind}",
                fix=_without(service, asked=asked, listed=region.endpoint_services_listed or absent),
                source=facts.source("endpoints.absent") if absent else _SOURCE,
                note="N07",
            )
        )
    return problems


def expected_endpoints(spec: ClusterSpec, region: Region, facts: Facts) -> tuple[VpcEndpoint, ...]:
    """The endpoints of a plan that does not come to be: which services, without where they stand."""
    gateway = (
        (VpcEndpoint("s3", f"com.amazonaws.{region.name}.s3", "Gateway"),) if spec.vpc_endpoints.s3_gateway else ()
    )
    interfaces = (
        VpcEndpoint(service, region.endpoint_service(service), "Interface")
        for service in interface_services(spec, facts)
    )
    return (*gateway, *interfaces)


def _asked_at(spec: ClusterSpec, service: str, facts: Facts) -> Path:
    """The field that asks for a service; ``nat`` where the cluster needs it by itself."""
    asked = spec.vpc_endpoints
    if service in asked.extra:
        return ("spec", "vpcEndpoints", "extra", asked.extra.index(service))
    table = facts.table("endpoints.features")
    number = next((number for number, one in enumerate(asked.features) if service in table[one]), None)
    if number is not None:
        return ("spec", "vpcEndpoints", "features", number)
    return ("spec", "nat")


def _without(service: str, *, asked: bool, listed: bool) -> str:
    if asked:
        return "check the short name, or remove it"
    fix = "use another region, or give the nodes a NAT gateway"
    if service == "eks":
        fix += "; or do without what calls the EKS API: managed node groups join by themselves, Karpenter takes settings.clusterEndpoint"
    return fix if listed else fix + "; `eksplan catalog refresh` reads what the region offers today"


def plan_endpoints(
    brief: Brief, zones: Sequence[PlannedZone], layout: Layout, tables: Sequence[RouteTable], group: str
) -> tuple[VpcEndpoint, ...]:
    """The gateway endpoint for S3 and the interface endpoints, one subnet in each zone."""
    spec, name, region = brief.spec, brief.name, brief.region
    facts, ledger = brief.facts, brief.ledger
    endpoints: list[VpcEndpoint] = []
    if spec.vpc_endpoints.s3_gateway and tables:
        full = f"{name}-s3"
        endpoints.append(
            VpcEndpoint(
                full,
                f"com.amazonaws.{region.name}.s3",
                "Gateway",
                route_tables=tuple(table.name for table in tables),
                tags=named_tags(spec, full),
            )
        )
    services = interface_services(spec, facts)
    subnets = tuple(
        sorted(layout.of(Tier.NODE, zone.label)[0].subnet.name for zone in zones if layout.of(Tier.NODE, zone.label))
    )
    for service in services:
        full = f"{name}-{service.replace('.', '-')}"
        endpoints.append(
            VpcEndpoint(
                full,
                region.endpoint_service(service),
                "Interface",
                subnets=subnets,
                security_groups=(group,),
                private_dns=True,
                tags=named_tags(spec, full),
            )
        )
    listed = ", ".join([*(["s3 (gateway)"] if spec.vpc_endpoints.s3_gateway and tables else []), *services]) or "none"
    cost = record_cost(brief, len(services), len(subnets))
    ledger.add(
        "endpoints",
        "VPC endpoints",
        listed,
        formula="without a way to the internet: the base set and what the add-ons call; always what the spec asks for",
        inputs={**services, **({"by the month": cost} if cost else {})},
        explanation=""
        if services
        else "with a way to the internet no interface endpoint is needed; the S3 gateway endpoint costs nothing and keeps image layers off the NAT gateways",
        source=_SOURCE,
        note="N07",
    )
    _record_optional(brief)
    return tuple(sorted(endpoints, key=lambda one: one.name))


def _record_optional(brief: Brief) -> None:
    found = optional_services(brief.spec, brief.facts) if brief.spec.nat == "none" else {}
    if found:
        brief.ledger.add(
            "endpoints.optional",
            "VPC endpoints that add-ons can use and that are not planned",
            ", ".join(found),
            inputs=dict(found),
            explanation="the add-ons run without them, with what they do turned off",
            source=brief.facts.source("endpoints.optional"),
            note="N08",
        )
