"""Asks EC2 about a VPC: what is in it, and what rules its traffic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from planner.design import Unknown
from planner.observe.asking import Asker

FILTER_VALUES = 200
"""Values that one filter of a Describe call may have.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""
GATEWAY_SERVICES = ("s3", "dynamodb")
"""Services with a gateway endpoint, which routes and rules name by prefix list."""


def _filter(name: str, values: Sequence[str]) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": list(values)}]


def collect_network(asker: Asker, ec2: Any, vpc_id: str) -> None:
    """Everything about a VPC that a design holds."""
    inside = _filter("vpc-id", [vpc_id])
    _vpc(asker, ec2, vpc_id)
    for subnet in asker.many("ec2:DescribeSubnets", ec2, "describe_subnets", "Subnets", Filters=inside):
        identity = subnet["SubnetId"]
        call, method = "ec2:GetSubnetCidrReservations", "get_subnet_cidr_reservations"
        asker.many(call, ec2, method, "SubnetIpv4CidrReservations", key=identity, SubnetId=identity)
    asker.many("ec2:DescribeAvailabilityZones", ec2, "describe_availability_zones", "AvailabilityZones")
    _gateways(asker, ec2, vpc_id)
    asker.many("ec2:DescribeVpcEndpoints", ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=inside)
    asker.many("ec2:DescribeNetworkAcls", ec2, "describe_network_acls", "NetworkAcls", Filters=inside)
    asker.many("ec2:DescribeNetworkInterfaces", ec2, "describe_network_interfaces", "NetworkInterfaces", Filters=inside)
    tables = asker.many("ec2:DescribeRouteTables", ec2, "describe_route_tables", "RouteTables", Filters=inside)
    rules = _security_groups(asker, ec2, inside)
    _prefix_lists(asker, ec2, _named_lists(tables, rules))


def _vpc(asker: Asker, ec2: Any, vpc_id: str) -> None:
    vpc = asker.one("ec2:DescribeVpcs", ec2, "describe_vpcs", "Vpcs", 0, VpcIds=[vpc_id])
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        path = (name[0].upper() + name[1:], "Value")
        wanted = {"VpcId": vpc_id, "Attribute": name}
        asker.one("ec2:DescribeVpcAttribute", ec2, "describe_vpc_attribute", *path, key=name, **wanted)
    if not isinstance(vpc, Unknown):
        _dhcp(asker, ec2, vpc.get("DhcpOptionsId", "default"))


def _dhcp(asker: Asker, ec2: Any, options: str) -> None:
    """DHCP options; ``default`` stands for none at all, which gives Amazon's name server."""
    call = "ec2:DescribeDhcpOptions"
    if options == "default":
        asker.raw.put(call, [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}])
    else:
        path = ("DhcpOptions", 0, "DhcpConfigurations")
        asker.one(call, ec2, "describe_dhcp_options", *path, DhcpOptionsIds=[options])


def _gateways(asker: Asker, ec2: Any, vpc_id: str) -> None:
    attached, inside = _filter("attachment.vpc-id", [vpc_id]), _filter("vpc-id", [vpc_id])
    call, method = "ec2:DescribeInternetGateways", "describe_internet_gateways"
    asker.many(call, ec2, method, "InternetGateways", Filters=attached)
    call, method = "ec2:DescribeEgressOnlyInternetGateways", "describe_egress_only_internet_gateways"
    asker.many(call, ec2, method, "EgressOnlyInternetGateways")  # it has no filter for the VPC
    asker.many("ec2:DescribeNatGateways", ec2, "describe_nat_gateways", "NatGateways", Filter=inside)
    call, method = "ec2:DescribeVpcPeeringConnections", "describe_vpc_peering_connections"
    for side in ("requester", "accepter"):
        mine = _filter(f"{side}-vpc-info.vpc-id", [vpc_id])
        asker.many(call, ec2, method, "VpcPeeringConnections", key=side, Filters=mine)


def _security_groups(asker: Asker, ec2: Any, inside: list[dict[str, Any]]) -> list[Any]:
    """The groups and their rules, which are asked for many groups at once: a VPC may have hundreds."""
    call, method = "ec2:DescribeSecurityGroups", "describe_security_groups"
    groups = asker.many(call, ec2, method, "SecurityGroups", Filters=inside)
    rules: list[Any] = []
    call, method = "ec2:DescribeSecurityGroupRules", "describe_security_group_rules"
    for number, some in enumerate(batched(sorted(group["GroupId"] for group in groups), FILTER_VALUES)):
        wanted = _filter("group-id", some)
        rules += asker.many(call, ec2, method, "SecurityGroupRules", key=str(number), Filters=wanted)
    return rules


def _named_lists(tables: Iterable[Any], rules: Iterable[Any]) -> list[str]:
    """Ids of the prefix lists that routes and rules name."""
    of_routes = {route.get("DestinationPrefixListId") for table in tables for route in table.get("Routes", ())}
    return sorted(one for one in of_routes | {rule.get("PrefixListId") for rule in rules} if one)


def _prefix_lists(asker: Asker, ec2: Any, named: list[str]) -> None:
    """These lists and those of the gateway endpoints' services, with their entries."""
    call, method, region = "ec2:DescribeManagedPrefixLists", "describe_managed_prefix_lists", asker.raw.region
    wanted = _filter("prefix-list-name", [f"com.amazonaws.{region}.{service}" for service in GATEWAY_SERVICES])
    found = asker.many(call, ec2, method, "PrefixLists", key="services", Filters=wanted)
    for number, some in enumerate(batched(named, FILTER_VALUES)):
        wanted = _filter("prefix-list-id", some)
        found += asker.many(call, ec2, method, "PrefixLists", key=str(number), Filters=wanted)
    call, method = "ec2:GetManagedPrefixListEntries", "get_managed_prefix_list_entries"
    for identity in sorted({one["PrefixListId"] for one in found}):
        asker.many(call, ec2, method, "Entries", key=identity, PrefixListId=identity)
