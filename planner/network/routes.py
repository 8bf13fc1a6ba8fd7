"""Route tables, internet and NAT gateways (notes N05, N32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.design import (
    EgressOnlyInternetGateway,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    RouteTarget,
    Tags,
)
from planner.network.demand import Tier
from planner.network.planned import Layout, PlannedSubnet
from planner.network.zones import PlannedZone
from planner.spec.cluster import ClusterSpec

ANY_IPV4 = "0.0.0.0/0"
ANY_IPV6 = "::/0"
_NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
_REGIONAL = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html"


@dataclass(frozen=True, slots=True)
class Routing:
    """Gateways and route tables of a plan."""

    internet_gateways: tuple[InternetGateway, ...]
    egress_only: tuple[EgressOnlyInternetGateway, ...]
    nat_gateways: tuple[NatGateway, ...]
    route_tables: tuple[RouteTable, ...]


def named_tags(spec: ClusterSpec, name: str) -> Tags:
    """The user's tags and the Name."""
    return tuple(sorted({**spec.tags, "Name": name}.items()))


def plan_routes(brief: Brief, zones: Sequence[PlannedZone], layout: Layout) -> Routing:
    """Routes for the subnets that the plan makes; existing subnets keep theirs."""
    spec, name = brief.spec, brief.name
    made = [one for one in layout.unique if one.existing is None]
    public = [one for one in made if one.tier is Tier.PUBLIC]
    private = [one for one in made if one.tier is not Tier.PUBLIC]
    ipv6 = spec.ip_family == "ipv6"
    needs_internet = bool(layout.of(Tier.PUBLIC)) or spec.nat != "none"
    gateway = _internet_gateway(spec, name) if needs_internet else None
    egress = (
        EgressOnlyInternetGateway(f"{name}-egress", named_tags(spec, f"{name}-egress"))
        if ipv6 and spec.nat != "none" and private
        else None
    )
    nat = _nat_gateways(brief, zones, layout) if private else {}
    tables: list[RouteTable] = []
    if public and gateway:
        routes = [Route(ANY_IPV4, RouteTarget.INTERNET_GATEWAY, gateway.name)]
        if ipv6:
            routes.append(Route(ANY_IPV6, RouteTarget.INTERNET_GATEWAY, gateway.name))
        tables.append(_table(spec, f"{name}-public", routes, public))
    tables += _private_tables(brief, zones, private, nat, egress)
    return Routing(
        (gateway,) if gateway else (),
        (egress,) if egress else (),
        tuple(sorted({one.name: one for one in nat.values()}.values(), key=lambda one: one.name)),
        tuple(sorted(tables, key=lambda one: one.name)),
    )


def _internet_gateway(spec: ClusterSpec, name: str) -> InternetGateway:
    if spec.vpc.internet_gateway:
        return InternetGateway(spec.vpc.internet_gateway, existing=True, id=spec.vpc.internet_gateway)
    return InternetGateway(f"{name}-internet", named_tags(spec, f"{name}-internet"))


def _table(spec: ClusterSpec, name: str, routes: Sequence[Route], subnets: Sequence[PlannedSubnet]) -> RouteTable:
    return RouteTable(
        name,
        tuple(sorted(routes, key=lambda one: one.destination)),
        tuple(sorted(one.subnet.name for one in subnets)),
        tags=named_tags(spec, name),
    )


def _nat_gateways(brief: Brief, zones: Sequence[PlannedZone], layout: Layout) -> dict[str, NatGateway]:
    """The NAT gateway of each zone (the same one for all with ``single`` and ``regional``)."""
    spec, name, ledger = brief.spec, brief.name, brief.ledger
    if spec.nat == "none":
        ledger.add(
            "nat",
            "Way out to the internet",
            "none",
            explanation="private subnets have no route to the internet; AWS is reached through VPC endpoints",
            source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
            note="N07",
        )
        return {}
    if spec.nat == "regional":
        gateway = NatGateway(f"{name}-nat", None, regional=True, tags=named_tags(spec, f"{name}-nat"))
        ledger.add(
            "nat",
            "Way out to the internet",
            "one regional NAT gateway",
            explanation="AWS spreads it over the zones that have nodes; it needs no public subnet",
            source=_REGIONAL,
            note="N32",
        )
        return {zone.label: gateway for zone in zones}
    subnets = {
        zone.label: layout.of(Tier.PUBLIC, zone.label)[0].subnet.name
        for zone in zones
        if layout.of(Tier.PUBLIC, zone.label)
    }
    if spec.nat == "single":
        first = zones[0].label
        gateway = NatGateway(f"{name}-nat", subnets[first], tags=named_tags(spec, f"{name}-nat"))
        ledger.add(
            "nat",
            "Way out to the internet",
            f"one NAT gateway in {first}",
            explanation=f"cheaper than one in each zone, but if {first} fails no private subnet reaches the internet, and traffic from other zones crosses zones",
            source=_NAT,
            note="N32",
        )
        return {zone.label: gateway for zone in zones}
    ledger.add(
        "nat",
        "Way out to the internet",
        f"{len(zones)} NAT gateways, one in each zone",
        explanation="a lost zone takes only its own way out with it, and no traffic crosses zones",
        source=_NAT,
        note="N32",
    )
    return {
        label: NatGateway(f"{name}-nat-{label}", subnet, tags=named_tags(spec, f"{name}-nat-{label}"))
        for label, subnet in subnets.items()
    }


def _private_tables(
    brief: Brief,
    zones: Sequence[PlannedZone],
    private: Sequence[PlannedSubnet],
    nat: dict[str, NatGateway],
    egress: EgressOnlyInternetGateway | None,
) -> list[RouteTable]:
    spec, name = brief.spec, brief.name
    shared = len({gateway.name for gateway in nat.values()}) <= 1
    tables: list[RouteTable] = []
    groups = (
        [(f"{name}-private", list(private), next(iter(nat.values()), None))]
        if shared
        else [
            (f"{name}-private-{zone.label}", [one for one in private if one.zone == zone.label], nat.get(zone.label))
            for zone in zones
        ]
    )
    for table_name, subnets, gateway in groups:
        if not subnets:
            continue
        routes: list[Route] = []
        if gateway:
            routes.append(Route(ANY_IPV4, RouteTarget.NAT_GATEWAY, gateway.name))
        if egress:
            routes.append(Route(ANY_IPV6, RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY, egress.name))
        tables.append(_table(spec, table_name, routes, subnets))
    return tables
