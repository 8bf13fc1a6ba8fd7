"""A small VPC by hand: two private subnets behind a NAT gateway, a public one, one open group."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from planner.design import (
    AclRule,
    Design,
    Direction,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    PrefixList,
    Route,
    RouteTable,
    RouteTarget,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from planner.security.reach.model import Party, Place, Question

ANYWHERE = "0.0.0.0/0"
NAT = Route(ANYWHERE, RouteTarget.NAT_GATEWAY, "nat")
INTERNET = Route(ANYWHERE, RouteTarget.INTERNET_GATEWAY, "internet")
A, B = Place("a node", "a", ("open",)), Place("b node", "b", ("open",))
PUBLIC = Place("public node", "public", ("open",), public=True)
S3 = VpcEndpoint("s3", "com.amazonaws.us-east-1.s3", "Gateway", (), ("private",))
EC2 = VpcEndpoint("ec2", "com.amazonaws.us-east-1.ec2", "Interface", ("b",), (), ("open",), private_dns=True)


def out(peer: str = ANYWHERE, protocol: str = "-1", first: int | None = None, last: int | None = None) -> Any:
    return SecurityGroupRule(Direction.EGRESS, protocol, first, last, peer)


def into(peer: str = ANYWHERE, protocol: str = "-1", first: int | None = None, last: int | None = None) -> Any:
    return SecurityGroupRule(Direction.INGRESS, protocol, first, last, peer)


def vpc(*rules: SecurityGroupRule, more: tuple[SecurityGroup, ...] = (), **fields: Any) -> Design:
    """The VPC; ``rules`` are those of its open group, everything in and out when not given."""
    made = Design(
        region="us-east-1",
        vpc=Vpc("vpc", IPv4Network("10.0.0.0/16")),
        subnets=tuple(
            Subnet(name, IPv4Network(f"10.0.{number}.0/24"), "z1") for number, name in enumerate(("a", "b", "public"))
        ),
        route_tables=(RouteTable("private", (NAT,), ("a", "b")), RouteTable("public", (INTERNET,), ("public",))),
        internet_gateways=(InternetGateway("internet"),),
        egress_only_internet_gateways=(),
        nat_gateways=(NatGateway("nat", "public"),),
        vpc_endpoints=(),
        security_groups=(SecurityGroup("open", "", rules or (out(), into())), *more),
        roles=(),
        cluster=None,
        node_groups=(),
        launch_templates=(),
    )
    return replace(made, **fields)


def routes(*made: Route, table: str = "private", **fields: Any) -> Design:
    """The VPC with these routes in a table instead."""
    design = vpc(**fields)
    tables: Any = design.route_tables
    return replace(
        design, route_tables=tuple(replace(one, routes=made) if one.name == table else one for one in tables)
    )


def acl(*entries: tuple[Any, ...], subnets: tuple[str, ...] = ("a",), **fields: Any) -> Design:
    """The VPC with a network ACL; entries are (egress, number, allow, protocol, from, to, cidr)."""
    return vpc(network_acls=(NetworkAcl("acl", tuple(AclRule(*one) for one in entries), subnets),), **fields)


def allow(*, egress: bool, protocol: str = "-1", first: int | None = None, last: int | None = None) -> tuple[Any, ...]:
    return (egress, 100, True, protocol, first, last, ANYWHERE)


ALLOWED = (allow(egress=False), allow(egress=True))


def office(*cidrs: str) -> tuple[PrefixList, ...]:
    """A customer's prefix list; its entries are not known if none are given."""
    known: dict[str, Any] = {"cidrs": cidrs} if cidrs else {}
    return (PrefixList("pl-office", of_aws=False, **known),)


def tcp(source: Party, target: Party, port: int = 443, **more: Any) -> Question:
    return Question(source, target, "tcp", port, port, **more)
