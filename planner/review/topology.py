"""Questions that many rules ask of a design: who lives where, and which way out there is."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from planner.design import Design, NodeGroup, Route, RouteTarget, Subnet, Unknown

ANY = ("0.0.0.0/0", "::/0")
ROLE_ELB = "kubernetes.io/role/elb"
ROLE_INTERNAL_ELB = "kubernetes.io/role/internal-elb"
ROLE_CNI = "kubernetes.io/role/cni"


def node_groups(design: Design) -> tuple[NodeGroup, ...] | Unknown:
    """The node groups, or why they are unknown."""
    return design.node_groups


def cluster_subnets(design: Design) -> tuple[Subnet, ...]:
    """Subnets that the control plane's interfaces live in."""
    return design.named_subnets(design.cluster.subnets) if design.cluster else ()


def node_subnets(design: Design) -> tuple[Subnet, ...] | Unknown:
    """Subnets of the node groups."""
    if isinstance(design.node_groups, Unknown):
        return design.node_groups
    names = {name for group in design.node_groups for name in group.subnets}
    return design.named_subnets(tuple(names))


def pod_subnets(design: Design) -> tuple[Subnet, ...] | Unknown:
    """Subnets of custom networking's ENIConfigs."""
    if design.cluster is None:
        return ()
    if isinstance(design.cluster.addons, Unknown):
        return design.cluster.addons
    addon = design.cluster.addon("vpc-cni")
    return design.named_subnets(tuple(one.subnet for one in addon.eni_configs)) if addon else ()


def first_undescribed(design: Design) -> Unknown | None:
    """Why tags of some subnet are unknown, or None when all are known."""
    return next((why for subnet in design.subnets if (why := undescribed(design, subnet)) is not None), None)


def undescribed(design: Design, subnet: Subnet) -> Unknown | None:
    """Why tags and settings of a subnet are unknown: a spec does not describe existing subnets."""
    if design.planned and subnet.existing:
        return Unknown("ec2:DescribeSubnets", "an existing subnet; the spec does not describe its tags and settings")
    return None


def routes_of(design: Design, subnet: Subnet) -> tuple[Route, ...] | Unknown:
    """The routes that rule a subnet, beyond the local ones."""
    table = design.route_table_of(subnet.name)
    if isinstance(table, Unknown):
        return table
    return table.routes if table else ()


def default_route(routes: Iterable[Route], destination: str = "0.0.0.0/0") -> Route | None:
    """A working route that everything of one family may take, or None.

    Two halves (0.0.0.0/1 and 128.0.0.0/1) are a default route as well.
    """
    whole = ip_network(destination)
    working = [
        (network, one)
        for one in routes
        if not one.blackhole and (network := _network(one.destination)) is not None and network.version == whole.version
    ]
    covered = list(collapse_addresses([network for network, _ in working]))  # type: ignore[type-var]
    if whole not in covered:
        return None
    return max(working, key=lambda pair: pair[0].num_addresses)[1]


@functools.lru_cache(4096)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    """A route's block, or None for a prefix list."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def is_public(design: Design, subnet: Subnet) -> bool | Unknown:
    """Whether a subnet has a default route to an internet gateway."""
    routes = routes_of(design, subnet)
    if isinstance(routes, Unknown):
        return routes
    gateways = [route for route in routes if route.target_kind is RouteTarget.INTERNET_GATEWAY]
    return any(default_route(gateways, destination) is not None for destination in ANY)


def has_egress(design: Design, subnet: Subnet) -> bool | Unknown:
    """Whether a subnet has any working default route for IPv4."""
    routes = routes_of(design, subnet)
    if isinstance(routes, Unknown):
        return routes
    return default_route(routes) is not None


def meant_for(subnet: Subnet, tag: str) -> bool:
    """Whether a subnet carries a load-balancer tag that the controller honours (1 or empty)."""
    return subnet.tag(tag) in ("1", "")


def zone_of(subnet: Subnet) -> str | Unknown:
    """The zone's id, else its name; zone ids of one design are compared with each other only."""
    if isinstance(subnet.zone_id, str):
        return subnet.zone_id
    return subnet.zone_name if isinstance(subnet.zone_name, str) else subnet.zone_id


def zones_of(subnets: Iterable[Subnet]) -> set[str] | Unknown:
    """The distinct zones of some subnets, or why one of them is unknown."""
    found: set[str] = set()
    for subnet in subnets:
        zone = zone_of(subnet)
        if isinstance(zone, Unknown):
            return zone
        found.add(zone)
    return found
