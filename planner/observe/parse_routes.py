"""Raw EC2 answers as route tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import Route, RouteTable, RouteTarget, Unknown
from planner.observe.names import names_by_id, tags_of
from planner.observe.raw import Raw

Names = Mapping[str, str]

_TARGET_KEYS = (
    ("GatewayId", RouteTarget.INTERNET_GATEWAY),
    ("EgressOnlyInternetGatewayId", RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY),
    ("NatGatewayId", RouteTarget.NAT_GATEWAY),
    ("TransitGatewayId", RouteTarget.TRANSIT_GATEWAY),
    ("VpcPeeringConnectionId", RouteTarget.PEERING),
)


def route_tables_of(
    raw: Raw, subnets: Names, gateways: Names, lists: Names
) -> tuple[tuple[RouteTable, ...] | Unknown, Names]:
    """Route tables, and their names by id.

    Local routes and those of gateway endpoints are left out: the VPC and the endpoints say the
    same. A main table with nothing else is left out too.
    """
    items = raw.get("ec2:DescribeRouteTables")
    if isinstance(items, Unknown):
        return items, {}
    names = names_by_id(items, "RouteTableId")
    tables: list[RouteTable] = []
    for item in items:
        associations = item.get("Associations", ())
        associated = tuple(
            sorted(subnets.get(one["SubnetId"], one["SubnetId"]) for one in associations if one.get("SubnetId"))
        )
        main = any(one.get("Main") for one in associations)
        routes = tuple(
            sorted(
                (route for one in _effective(raw, item) if (route := _route(one, gateways, lists)) is not None),
                key=lambda one: one.destination,
            )
        )
        if main and not routes and not associated:
            continue
        tables.append(
            RouteTable(names[item["RouteTableId"]], routes, associated, main, tags_of(item), id=item["RouteTableId"])
        )
    return tuple(sorted(tables, key=lambda one: one.name)), names


def _effective(raw: Raw, table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The routes of a table without those that a virtual private gateway put there for a block that a static
    route, or an entry of a prefix list of one, has as well: these come first.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    items = list(table.get("Routes", ()))
    static = [one for one in items if one.get("Origin") != "EnableVgwRoutePropagation"]
    taken = {one.get("DestinationCidrBlock") or one.get("DestinationIpv6CidrBlock") for one in static}
    for listed in (one["DestinationPrefixListId"] for one in static if one.get("DestinationPrefixListId")):
        entries = raw.get("ec2:GetManagedPrefixListEntries", listed)
        taken |= set() if isinstance(entries, Unknown) else {entry["Cidr"] for entry in entries}
    return [
        one
        for one in items
        if one in static or (one.get("DestinationCidrBlock") or one.get("DestinationIpv6CidrBlock")) not in taken
    ]


def _route(item: Mapping[str, Any], gateways: Names, lists: Names) -> Route | None:
    listed = item.get("DestinationPrefixListId") or ""
    destination = item.get("DestinationCidrBlock") or item.get("DestinationIpv6CidrBlock") or lists.get(listed, listed)
    blackhole = item.get("State") == "blackhole"
    for key, kind in _TARGET_KEYS:
        target = item.get(key)
        if not target:
            continue
        if target == "local" or (listed and target.startswith("vpce-")):
            return None
        if target.startswith("vpce-"):  # a Gateway Load Balancer's endpoint: an appliance stands behind it
            return Route(destination, RouteTarget.VPC_ENDPOINT, target, blackhole)
        if kind is RouteTarget.INTERNET_GATEWAY and not target.startswith("igw-"):
            kind = RouteTarget.OTHER  # noqa: PLW2901 - a virtual private gateway comes under the same key
        return Route(destination, kind, gateways.get(target, target), blackhole)
    for key, target in item.items():
        if key.endswith("Id") and key not in ("DestinationPrefixListId", "InstanceOwnerId"):
            return Route(destination, RouteTarget.OTHER, str(target), blackhole)
    return None
