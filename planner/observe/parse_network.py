"""Raw EC2 answers as the network part of a design."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from planner.design import (
    Direction,
    EgressOnlyInternetGateway,
    InternetGateway,
    NatGateway,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Unknown,
    Vpc,
    VpcEndpoint,
)
from planner.design.regional import regional_domain
from planner.observe.names import names_by_id, tag_table, tags_of
from planner.observe.raw import Raw

Names = Mapping[str, str]


def vpc_of(raw: Raw) -> Vpc:
    """The VPC. Raises ValueError if it could not be read at all."""
    vpc = raw.get("ec2:DescribeVpcs")
    if isinstance(vpc, Unknown):
        raise ValueError(str(vpc))
    blocks = [
        IPv4Network(one["CidrBlock"])
        for one in vpc.get("CidrBlockAssociationSet", ())
        if one["CidrBlockState"]["State"] != "disassociated"
    ]
    primary = IPv4Network(vpc["CidrBlock"])
    ipv6 = _ipv6_blocks(vpc)
    options = raw.get("ec2:DescribeDhcpOptions")
    return Vpc(
        name=tag_table(vpc).get("Name") or vpc["VpcId"],
        cidr=primary,
        secondary_cidrs=tuple(sorted(block for block in blocks if block != primary)),
        ipv6=bool(ipv6),
        dns_support=raw.get("ec2:DescribeVpcAttribute", "enableDnsSupport"),
        dns_hostnames=raw.get("ec2:DescribeVpcAttribute", "enableDnsHostnames"),
        domain_name_servers=_option(options, "domain-name-servers"),
        domain_name=_domain(options, raw.region),
        ntp_servers=_option(options, "ntp-servers"),
        peer_cidrs=_peers(raw, vpc["VpcId"]),
        tags=tags_of(vpc),
        id=vpc["VpcId"],
        ipv6_cidr=IPv6Network(ipv6[0]) if ipv6 else None,
    )


def _option(options: Any, key: str) -> tuple[str, ...] | Unknown:
    """The values of a DHCP option."""
    if isinstance(options, Unknown):
        return options
    return tuple(value["Value"] for row in options if row["Key"] == key for value in row["Values"])


def _domain(options: Any, region: str) -> str | Unknown | None:
    """The domain name of DHCP options; None where it is the region's own, or none."""
    found = _option(options, "domain-name")
    if isinstance(found, Unknown):
        return found
    return found[0] if found and found[0] != regional_domain(region) else None


def _ipv6_blocks(item: Mapping[str, Any]) -> list[str]:
    """IPv6 blocks that are associated, of a VPC or a subnet."""
    return [
        str(one["Ipv6CidrBlock"])
        for one in item.get("Ipv6CidrBlockAssociationSet", ())
        if one.get("Ipv6CidrBlock")
        and not str(one.get("Ipv6CidrBlockState", {}).get("State", "")).startswith("disassociat")
    ]


def _peers(raw: Raw, vpc_id: str) -> tuple[tuple[str, IPv4Network], ...] | Unknown:
    """Blocks of the VPCs at the other end of active peering connections."""
    call = "ec2:DescribeVpcPeeringConnections"
    failed = raw.error(call)
    if failed is not None:
        return failed
    found: set[tuple[str, IPv4Network]] = set()
    for connection in (one for items in raw.keyed(call).values() for one in items):
        if connection.get("Status", {}).get("Code") != "active":
            continue
        for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
            other = connection.get(side, {})
            if other.get("VpcId") != vpc_id:
                blocks = [one["CidrBlock"] for one in other.get("CidrBlockSet", ())] or [other.get("CidrBlock")]
                found |= {(other["VpcId"], IPv4Network(block)) for block in blocks if block}
    return tuple(sorted(found))


def subnets_of(raw: Raw, vpc: Vpc) -> tuple[tuple[Subnet, ...], Names]:
    """The subnets, and their names by id. Raises ValueError if they could not be read."""
    items = raw.get("ec2:DescribeSubnets")
    if isinstance(items, Unknown):
        raise ValueError(str(items))
    zones = raw.get("ec2:DescribeAvailabilityZones")
    kinds = (
        {}
        if isinstance(zones, Unknown)
        else {zone["ZoneName"]: zone.get("ZoneType", "availability-zone") for zone in zones}
    )
    names = names_by_id(items, "SubnetId")
    subnets = [_subnet(item, names, vpc, kinds, zones, _reservations(raw, item["SubnetId"])) for item in items]
    return tuple(sorted(subnets, key=lambda one: one.name)), names


def _reservations(raw: Raw, subnet: str) -> tuple[IPv4Network, ...] | Unknown:
    """CIDR reservations of type prefix; those of type explicit are for addresses that somebody names."""
    items = raw.get("ec2:GetSubnetCidrReservations", subnet)
    if isinstance(items, Unknown):
        return items
    return tuple(sorted(IPv4Network(one["Cidr"]) for one in items if one.get("ReservationType") == "prefix"))


def _subnet(
    item: Mapping[str, Any],
    names: Names,
    vpc: Vpc,
    kinds: Mapping[str, str],
    zones: Any,
    reservations: tuple[IPv4Network, ...] | Unknown,
) -> Subnet:
    ipv6 = _ipv6_blocks(item)
    index = None
    if ipv6 and vpc.ipv6_cidr is not None:
        index = (int(IPv6Network(ipv6[0]).network_address) - int(vpc.ipv6_cidr.network_address)) >> 64
    unseen = zones if isinstance(zones, Unknown) else Unknown("ec2:DescribeAvailabilityZones", "the zone is not listed")
    return Subnet(
        name=names[item["SubnetId"]],
        cidr=IPv4Network(item["CidrBlock"]),
        zone_id=item.get("AvailabilityZoneId") or Unknown("ec2:DescribeSubnets", "no zone id"),
        zone_name=item["AvailabilityZone"],
        ipv6_index=index,
        map_public_ip=bool(item.get("MapPublicIpOnLaunch", False)),
        assign_ipv6=bool(item.get("AssignIpv6AddressOnCreation", False)),
        outpost_arn=item.get("OutpostArn") or None,
        zone_kind=kinds.get(item["AvailabilityZone"], unseen),
        prefix_reservations=reservations,
        tags=tags_of(item),
        id=item["SubnetId"],
        free_addresses=item.get(
            "AvailableIpAddressCount", Unknown("ec2:DescribeSubnets", "no count of free addresses")
        ),
    )


def internet_gateways_of(raw: Raw) -> tuple[tuple[InternetGateway, ...] | Unknown, Names]:
    """Internet gateways of the VPC, and their names by id."""
    items = raw.get("ec2:DescribeInternetGateways")
    if isinstance(items, Unknown):
        return items, {}
    names = names_by_id(items, "InternetGatewayId")
    made = [
        InternetGateway(names[one["InternetGatewayId"]], tags_of(one), id=one["InternetGatewayId"]) for one in items
    ]
    return tuple(sorted(made, key=lambda one: one.name)), names


def egress_only_of(raw: Raw, vpc_id: str | None) -> tuple[tuple[EgressOnlyInternetGateway, ...] | Unknown, Names]:
    """Egress-only internet gateways of the VPC, and their names by id."""
    items = raw.get("ec2:DescribeEgressOnlyInternetGateways")
    if isinstance(items, Unknown):
        return items, {}
    mine = [one for one in items if any(attached.get("VpcId") == vpc_id for attached in one.get("Attachments", ()))]
    names = names_by_id(mine, "EgressOnlyInternetGatewayId")
    made = [
        EgressOnlyInternetGateway(
            names[one["EgressOnlyInternetGatewayId"]], tags_of(one), one["EgressOnlyInternetGatewayId"]
        )
        for one in mine
    ]
    return tuple(sorted(made, key=lambda one: one.name)), names


def nat_gateways_of(raw: Raw, subnets: Names) -> tuple[tuple[NatGateway, ...] | Unknown, Names]:
    """NAT gateways of the VPC, and their names by id; deleted ones are left out."""
    items = raw.get("ec2:DescribeNatGateways")
    if isinstance(items, Unknown):
        return items, {}
    alive = [one for one in items if one.get("State") not in ("deleted", "deleting")]
    names = names_by_id(alive, "NatGatewayId")
    made = [
        NatGateway(
            name=names[one["NatGatewayId"]],
            subnet=subnets.get(one["SubnetId"], one["SubnetId"]) if one.get("SubnetId") else None,
            regional=one.get("AvailabilityMode") == "regional",
            public=one.get("ConnectivityType", "public") == "public",
            tags=tags_of(one),
            id=one["NatGatewayId"],
            state=one.get("State", "available"),
            public_ips=tuple(
                sorted(address["PublicIp"] for address in one.get("NatGatewayAddresses", ()) if address.get("PublicIp"))
            ),
            failure=": ".join(filter(None, (one.get("FailureCode"), one.get("FailureMessage")))),
        )
        for one in alive
    ]
    return tuple(sorted(made, key=lambda one: one.name)), names


def endpoints_of(raw: Raw, subnets: Names, tables: Names, groups: Names) -> tuple[VpcEndpoint, ...] | Unknown:
    """VPC endpoints; deleted ones are left out."""
    items = raw.get("ec2:DescribeVpcEndpoints")
    if isinstance(items, Unknown):
        return items
    alive = [one for one in items if str(one.get("State", "")).lower() not in ("deleted", "deleting")]
    names = names_by_id(alive, "VpcEndpointId")
    made = [
        VpcEndpoint(
            name=names[one["VpcEndpointId"]],
            service=one["ServiceName"],
            kind=one["VpcEndpointType"],
            subnets=tuple(sorted(subnets.get(identity, identity) for identity in one.get("SubnetIds", ()))),
            route_tables=tuple(sorted(tables.get(identity, identity) for identity in one.get("RouteTableIds", ()))),
            security_groups=tuple(
                sorted(groups.get(group["GroupId"], group["GroupId"]) for group in one.get("Groups", ()))
            ),
            private_dns=bool(one.get("PrivateDnsEnabled", False)) and one["VpcEndpointType"] == "Interface",
            tags=tags_of(one),
            id=one["VpcEndpointId"],
            state=str(one.get("State", "")),
        )
        for one in alive
    ]
    return tuple(sorted(made, key=lambda one: one.name))


def group_names(raw: Raw, cluster_group_id: str | None, cluster_group_name: str | None) -> Names:
    """Names of security groups by id: the group's name, the cluster group's without its number."""
    items = raw.get("ec2:DescribeSecurityGroups")
    if isinstance(items, Unknown):
        return {}
    names = {one["GroupId"]: str(one["GroupName"]) for one in items}
    if cluster_group_id in names and cluster_group_name:
        names[cluster_group_id] = cluster_group_name
    return names


def security_groups_of(
    raw: Raw, names: Names, lists: Names, cluster_group: str | None, used: set[str]
) -> tuple[SecurityGroup, ...] | Unknown:
    """Security groups of the VPC with their rules. The VPC's own ``default`` group is left out unless
    it is among the ``used`` ids."""
    items = raw.get("ec2:DescribeSecurityGroups")
    if isinstance(items, Unknown):
        return items
    failed = raw.error("ec2:DescribeSecurityGroupRules")
    if failed is not None:
        return failed
    rules = raw.keyed("ec2:DescribeSecurityGroupRules")
    made: list[SecurityGroup] = []
    for item in items:
        name = names[item["GroupId"]]
        if item["GroupName"] == "default" and item["GroupId"] not in used:
            continue
        own = name == cluster_group
        found = tuple(sorted(_rule(one, names, lists) for one in rules.get(item["GroupId"], ())))
        made.append(
            SecurityGroup(
                name,
                item.get("Description", ""),
                found,
                made_by_eks=own,
                tags=() if own else tags_of(item),
                id=item["GroupId"],
                tags_of_eks=tags_of(item) if own else None,
            )
        )
    return tuple(sorted(made, key=lambda one: one.name))


def _rule(item: Mapping[str, Any], names: Names, lists: Names) -> SecurityGroupRule:
    referenced = item.get("ReferencedGroupInfo", {}).get("GroupId")
    listed = item.get("PrefixListId") or ""
    peer = (
        names.get(referenced, referenced)
        if referenced
        else item.get("CidrIpv4") or item.get("CidrIpv6") or lists.get(listed, listed)
    )
    every = str(item["IpProtocol"]) == "-1"
    return SecurityGroupRule(
        direction=Direction.EGRESS if item["IsEgress"] else Direction.INGRESS,
        protocol=str(item["IpProtocol"]),
        from_port=None if every else item.get("FromPort"),
        to_port=None if every else item.get("ToPort"),
        peer=peer,
        reason=item.get("Description") or "",
    )
