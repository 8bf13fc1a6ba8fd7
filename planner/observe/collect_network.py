"""Asks EC2 about a VPC: its subnets, routes, gateways, endpoints, ACLs, groups and interfaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from planner.design import Unknown
from planner.observe.calls import Calls, pages
from planner.observe.collect_records import collect_flow_logs
from planner.observe.collect_storage import collect_storage
from planner.observe.group_rules_quota import collect_group_rules_quota

FILTER_VALUES = 200
"""Most values of a filter; https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html"""
PAGE = 1000
"""Largest page of DescribeSecurityGroupRules and DescribeNetworkInterfaces."""


def collect_network(calls: Calls, vpc_id: str) -> None:
    """Everything of a VPC that a design holds."""
    _vpc(calls, vpc_id)
    _subnets(calls, vpc_id)
    _gateways(calls, vpc_id)
    _peers(calls, vpc_id)
    _lists(calls, vpc_id)
    collect_flow_logs(calls, vpc_id)
    collect_storage(calls, vpc_id)
    collect_group_rules_quota(calls)


def _vpc(calls: Calls, vpc_id: str) -> None:
    vpc = calls.one("ec2:DescribeVpcs", calls.ec2, "describe_vpcs", "Vpcs", 0, VpcIds=[vpc_id])
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        path = (name[0].upper() + name[1:], "Value")
        asked = {"VpcId": vpc_id, "Attribute": name}
        calls.one("ec2:DescribeVpcAttribute", calls.ec2, "describe_vpc_attribute", *path, key=name, **asked)
    if not isinstance(vpc, Unknown):
        _dhcp(calls, vpc.get("DhcpOptionsId", "default"))


def _dhcp(calls: Calls, options: str) -> None:
    """DHCP options; ``default`` stands for none at all, which gives Amazon's name server."""
    call = "ec2:DescribeDhcpOptions"
    if options == "default":
        calls.raw.put(call, [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}])
    else:
        path = ("DhcpOptions", 0, "DhcpConfigurations")
        calls.one(call, calls.ec2, "describe_dhcp_options", *path, DhcpOptionsIds=[options])


def _subnets(calls: Calls, vpc_id: str) -> None:
    def reserved(subnet: dict[str, Any]) -> None:
        call, method, found = (
            "ec2:GetSubnetCidrReservations",
            "get_subnet_cidr_reservations",
            "SubnetIpv4CidrReservations",
        )
        identity = subnet["SubnetId"]
        calls.many(call, calls.ec2, method, found, key=identity, SubnetId=identity)

    call = "ec2:DescribeSubnets"
    calls.each(calls.many(call, calls.ec2, "describe_subnets", "Subnets", Filters=_inside(vpc_id)), reserved)
    zones = "ec2:DescribeAvailabilityZones"
    calls.many(zones, calls.ec2, "describe_availability_zones", "AvailabilityZones")


def _gateways(calls: Calls, vpc_id: str) -> None:
    ec2, inside = calls.ec2, _inside(vpc_id)
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    calls.many("ec2:DescribeRouteTables", ec2, "describe_route_tables", "RouteTables", Filters=inside)
    found = "InternetGateways"
    calls.many("ec2:DescribeInternetGateways", ec2, "describe_internet_gateways", found, Filters=attached)
    calls.many("ec2:DescribeNatGateways", ec2, "describe_nat_gateways", "NatGateways", Filter=inside)
    calls.many("ec2:DescribeVpcEndpoints", ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=inside)
    method, found = "describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"
    calls.many("ec2:DescribeEgressOnlyInternetGateways", ec2, method, found)


def _peers(calls: Calls, vpc_id: str) -> None:
    call, found = "ec2:DescribeVpcPeeringConnections", "VpcPeeringConnections"
    for side in ("requester", "accepter"):
        mine = [{"Name": f"{side}-vpc-info.vpc-id", "Values": [vpc_id]}]
        calls.many(call, calls.ec2, "describe_vpc_peering_connections", found, key=side, Filters=mine)


def _lists(calls: Calls, vpc_id: str) -> None:
    """ACLs, groups with rules, interfaces, and the prefix lists that routes and rules name."""
    ec2, inside = calls.ec2, _inside(vpc_id)
    calls.many("ec2:DescribeNetworkAcls", ec2, "describe_network_acls", "NetworkAcls", Filters=inside)
    found = "NetworkInterfaces"
    asked: dict[str, Any] = {"Filters": inside, "PaginationConfig": {"PageSize": PAGE}}
    calls.many("ec2:DescribeNetworkInterfaces", ec2, "describe_network_interfaces", found, **asked)
    call, found = "ec2:DescribeSecurityGroups", "SecurityGroups"
    groups = calls.many(call, ec2, "describe_security_groups", found, Filters=inside)
    rules = _rules(calls, [group["GroupId"] for group in groups])
    named = {rule["PrefixListId"] for rule in rules if rule.get("PrefixListId")}
    tables = calls.raw.get("ec2:DescribeRouteTables")
    for table in () if isinstance(tables, Unknown) else tables:
        named |= {one["DestinationPrefixListId"] for one in table["Routes"] if one.get("DestinationPrefixListId")}
    _prefix_lists(calls, sorted(named))


def _rules(calls: Calls, groups: Sequence[str]) -> list[Any]:
    """The rules of many groups in few calls, kept by group."""
    call, found = "ec2:DescribeSecurityGroupRules", "SecurityGroupRules"

    def work() -> list[Any]:
        return [
            rule
            for some in _chunks(groups)
            for rule in pages(
                calls.ec2,
                "describe_security_group_rules",
                found,
                Filters=[{"Name": "group-id", "Values": some}],
                PaginationConfig={"PageSize": PAGE},
            )
        ]

    answer = calls.ask(call, work)
    if isinstance(answer, Unknown):
        return []
    by_group: dict[str, list[Any]] = defaultdict(list)
    for rule in answer:
        by_group[rule["GroupId"]].append(rule)
    calls.raw.forget(call)
    for group in groups:
        calls.raw.put(call, by_group[group], group)
    return list(answer)


def _prefix_lists(calls: Calls, named: Sequence[str]) -> None:
    """The lists of these ids, AWS's own of the services that gateway endpoints lead to, and their entries."""
    call, entries = "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"
    own = [f"com.amazonaws.{calls.raw.region}.{service}" for service in ("s3", "dynamodb")]
    filters = [("own", "prefix-list-name", own), *((some[0], "prefix-list-id", some) for some in _chunks(named))]
    seen: dict[str, None] = {}
    for key, name, values in filters:
        asked = [{"Name": name, "Values": values}]
        method = "describe_managed_prefix_lists"
        for one in calls.many(call, calls.ec2, method, "PrefixLists", key=key, Filters=asked):
            seen[one["PrefixListId"]] = None
    for identity in seen:
        method = "get_managed_prefix_list_entries"
        calls.many(entries, calls.ec2, method, "Entries", key=identity, PrefixListId=identity)


def _inside(vpc_id: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc_id]}]


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    every = list(values)
    for start in range(0, len(every), FILTER_VALUES):
        yield every[start : start + FILTER_VALUES]
