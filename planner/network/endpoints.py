"""VPC endpoints: which are needed, where, and whether the region has them (note N07)."""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.catalog.model import Region
from planner.design import RouteTable, VpcEndpoint
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.demand import Tier
from planner.network.planned import Layout
from planner.network.routes import named_tags
from planner.network.zones import PlannedZone
from planner.spec.addons import addon_names, identity_of
from planner.spec.cluster import ClusterSpec

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"


def interface_services(spec: ClusterSpec, facts: Facts) -> dict[str, str]:
    """Short names of the interface endpoints that the cluster needs, each with the reason.

    With a NAT gateway none is needed; the spec's own extra ones always come along.
    """
    wanted: dict[str, str] = {}
    if spec.nat == "none":
        features = facts.table("endpoints.features")
        for service in features["base"]:
            wanted[service] = "every node without a way to the internet"
        if identity_of(spec, "vpc-cni") == "pod-identity":
            wanted["eks-auth"] = "Pod Identity, which gives the VPC CNI its role"
        known = facts.table("addons.known")
        for addon in addon_names(spec, facts):
            if identity_of(spec, addon) == "irsa":
                wanted.setdefault("sts", f"the role of {addon}'s service account (IRSA)")
            for service in known.get(addon, {}).get("endpoints", ()):
                wanted.setdefault(service, addon)
    for service in spec.vpc_endpoints.extra:
        wanted.setdefault(service, "asked for in vpcEndpoints.extra")
    return dict(sorted(wanted.items()))


def check_endpoints(spec: ClusterSpec, region: Region, facts: Facts) -> list[Diagnostic]:
    """Services that the region does not offer as VPC endpoints."""
    problems: list[Diagnostic] = []
    for service, why in interface_services(spec, facts).items():
        if region.endpoint_service(service) in region.endpoint_services:
            continue
        asked = service in spec.vpc_endpoints.extra
        path: Path = (
            ("spec", "vpcEndpoints", "extra", spec.vpc_endpoints.extra.index(service)) if asked else ("spec", "nat")
        )
        problems.append(
            Diagnostic(
                Kind.INFEASIBLE,
                "endpoint-absent",
                f"{region.name} has no VPC endpoint for {service}" + ("" if asked else f", needed by {why}"),
                path=path,
                value=service,
                limit=f"{len(region.endpoint_services)} services {'in this region' if region.endpoint_services_listed else 'known'}",
                fix="use another region, or give the nodes a NAT gateway"
                if not asked
                else "check the short name, or remove it",
                source=_SOURCE,
                note="N07",
            )
        )
    return problems


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
    ledger.add(
        "endpoints",
        "VPC endpoints",
        listed,
        formula="without a way to the internet: the base set and what the add-ons need; always what the spec asks for",
        inputs=dict(services),
        explanation=""
        if services
        else "with a way to the internet no interface endpoint is needed; the S3 gateway endpoint costs nothing and keeps image layers off the NAT gateways",
        source=_SOURCE,
        note="N07",
    )
    return tuple(sorted(endpoints, key=lambda one: one.name))
