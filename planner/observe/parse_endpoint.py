"""Endpoint access of an observed cluster, with the addresses of its own nodes told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from planner.design import Design, EndpointAccess, NatGateway, NodeGroup, RouteTable, RouteTarget, Unknown


def endpoint_of(answer: Mapping[str, Any], alone: Design, node_groups: Sequence[NodeGroup] | Unknown) -> EndpointAccess:
    """Endpoint access as DescribeCluster's ``answer`` says it.

    With the private endpoint off, the blocks that nodes come from are left out of ``public_cidrs``
    if all of them are listed (``nat_egress``): AWS assigned them, no plan can name them.
    """
    vpc = answer.get("resourcesVpcConfig", {})
    private, public = bool(vpc.get("endpointPrivateAccess")), bool(vpc.get("endpointPublicAccess"))
    cidrs = {str(ip_network(one, strict=False)) for one in vpc.get("publicAccessCidrs") or ()} if public else set()
    plain = EndpointAccess(private, public, tuple(sorted(cidrs)))
    if private or not public or "0.0.0.0/0" in cidrs or isinstance(alone.nat_gateways, Unknown):
        return plain
    ways = _ways_out(alone, answer, node_groups)
    ipv6 = answer.get("kubernetesNetworkConfig", {}).get("ipFamily") == "ipv6" and alone.vpc.ipv6_cidr is not None
    block = {str(alone.vpc.ipv6_cidr)} if ipv6 else set()
    needed = _blocks(ways) | block
    if not ways or not all(one.public_ips for one in ways) or not needed <= cidrs:
        return plain
    own = _blocks(one for one in alone.nat_gateways if one.public) | block
    return EndpointAccess(private, public, tuple(sorted(cidrs - own)), nat_egress=True)


def _ways_out(
    alone: Design, answer: Mapping[str, Any], node_groups: Sequence[NodeGroup] | Unknown
) -> tuple[NatGateway, ...]:
    """Public NAT gateways in the routes of the subnets that have nodes, or of the cluster's without any."""
    groups = () if isinstance(node_groups, Unknown) else node_groups
    names = {subnet for group in groups for subnet in group.subnets}
    if not names:
        ids = set(answer.get("resourcesVpcConfig", {}).get("subnetIds") or ())
        names = {subnet.name for subnet in alone.subnets if subnet.id in ids}
    tables = [alone.route_table_of(name) for name in sorted(names)]
    targets = {
        route.target
        for table in tables
        if isinstance(table, RouteTable)
        for route in table.routes
        if route.target_kind is RouteTarget.NAT_GATEWAY
    }
    gateways = () if isinstance(alone.nat_gateways, Unknown) else alone.nat_gateways
    return tuple(one for one in gateways if one.public and one.name in targets)


def _blocks(gateways: Iterable[NatGateway]) -> set[str]:
    return {f"{address}/32" for one in gateways for address in one.public_ips}
