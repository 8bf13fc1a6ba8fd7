"""Leftovers of the network: what has a Name tag, and the parts of it.

Ids are those of the provider's imports, as each resource's page says them
(https://www.pulumi.com/registry/packages/aws/api-docs/ec2/).
"""

from __future__ import annotations

from planner.observe.leftovers_search import Found, Search, finds, name_tag, pages

#: EC2's word for a resource that carries a Name tag, by Pulumi's type.
_TAGGED = {
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/internetGateway:InternetGateway": "internet-gateway",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": "egress-only-internet-gateway",
    "aws:ec2/routeTable:RouteTable": "route-table",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpc-endpoint",
    "aws:ec2/securityGroup:SecurityGroup": "security-group",
    "aws:ec2/launchTemplate:LaunchTemplate": "launch-template",
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": "dhcp-options",
    "aws:ec2/networkAcl:NetworkAcl": "network-acl",
}

_ADDRESS, _NAT = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
_FLOW_LOG = "aws:ec2/flowLog:FlowLog"
_ROUTE, _ASSOCIATION = "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"
_BLOCK = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
_DHCP = "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"
_RESERVATION = "aws:ec2/subnetCidrReservation:SubnetCidrReservation"
_ENTRY, _ACL = "aws:ec2/networkAclRule:NetworkAclRule", "aws:ec2/networkAclAssociation:NetworkAclAssociation"


@finds(*_TAGGED)
def tagged(search: Search) -> Found:
    """What EC2 finds by tag in one question."""
    kinds = {word: kind for kind, word in _TAGGED.items()}
    filters = [{"Name": "key", "Values": ["Name"]}, {"Name": "value", "Values": sorted(search.names)}]
    for tag in pages(search.client("ec2"), "describe_tags", "Tags", Filters=filters):
        yield (kinds.get(tag["ResourceType"], ""), tag["Value"]), tag["ResourceId"]


@finds(_ADDRESS)
def addresses(search: Search) -> Found:
    """Elastic IP addresses."""
    for address in search.client("ec2").describe_addresses()["Addresses"]:
        if "AllocationId" in address:
            yield (_ADDRESS, name_tag(address)), address["AllocationId"]


@finds(_FLOW_LOG)
def flow_logs(search: Search) -> Found:
    """Flow logs."""
    for log in pages(search.client("ec2"), "describe_flow_logs", "FlowLogs"):
        yield (_FLOW_LOG, name_tag(log)), log["FlowLogId"]


@finds(_NAT)
def nat_gateways(search: Search) -> Found:
    """NAT gateways that are not on their way out."""
    for gateway in pages(search.client("ec2"), "describe_nat_gateways", "NatGateways"):
        if gateway["State"] in ("pending", "available"):
            yield (_NAT, name_tag(gateway)), gateway["NatGatewayId"]


@finds(_BLOCK, _DHCP)
def parts_of_vpcs(search: Search) -> Found:
    """Further blocks (VPC-BLOCK) and the DHCP options that a VPC was given (called as the VPC)."""
    ec2 = search.client("ec2")
    own = {one["DhcpOptionsId"] for one in pages(ec2, "describe_dhcp_options", "DhcpOptions") if name_tag(one)}
    for vpc in pages(ec2, "describe_vpcs", "Vpcs"):
        name = name_tag(vpc)
        for block in vpc.get("CidrBlockAssociationSet", []):
            if block["CidrBlockState"]["State"] in ("associating", "associated"):
                yield (_BLOCK, f"{name}-{_dashed(block['CidrBlock'])}"), block["AssociationId"]
        if vpc.get("DhcpOptionsId") in own:
            yield (_DHCP, name), vpc["VpcId"]


@finds(_RESERVATION)
def reservations(search: Search) -> Found:
    """Blocks kept for prefixes, called SUBNET-BLOCK."""
    ec2 = search.client("ec2")
    for subnet in pages(ec2, "describe_subnets", "Subnets"):
        name, identity = name_tag(subnet), subnet["SubnetId"]
        if name and search.begins(name):
            for one in ec2.get_subnet_cidr_reservations(SubnetId=identity)["SubnetIpv4CidrReservations"]:
                key = _RESERVATION, f"{name}-{_dashed(one['Cidr'])}"
                yield key, f"{identity}:{one['SubnetCidrReservationId']}"


@finds(_ROUTE, _ASSOCIATION)
def parts_of_route_tables(search: Search) -> Found:
    """Default routes (the stacks name them TABLE-FAMILY) and associations (named as their subnet), with
    the ids that the provider imports them by: TABLE_DESTINATION and SUBNET/TABLE."""
    ec2 = search.client("ec2")
    subnets = {one["SubnetId"]: name_tag(one) for one in pages(ec2, "describe_subnets", "Subnets")}
    for table in pages(ec2, "describe_route_tables", "RouteTables"):
        identity, name = table["RouteTableId"], name_tag(table)
        to = {one.get("DestinationCidrBlock") or one.get("DestinationIpv6CidrBlock") for one in table["Routes"]}
        for family, destination in (("ipv4", "0.0.0.0/0"), ("ipv6", "::/0")):
            if destination in to:
                yield (_ROUTE, f"{name}-{family}"), f"{identity}_{destination}"
        for one in table["Associations"]:
            subnet = one.get("SubnetId")
            if subnet in subnets:
                yield (_ASSOCIATION, subnets[subnet]), f"{subnet}/{identity}"


@finds(_ENTRY, _ACL)
def parts_of_acls(search: Search) -> Found:
    """Entries of ACLs (ACL-DIRECTION-NUMBER) and their subnets (ACL-SUBNET)."""
    ec2 = search.client("ec2")
    subnets = {one["SubnetId"]: name_tag(one) for one in pages(ec2, "describe_subnets", "Subnets")}
    for acl in pages(ec2, "describe_network_acls", "NetworkAcls"):
        identity, name = acl["NetworkAclId"], name_tag(acl)
        if not name or not search.begins(name):
            continue
        for one in acl["Entries"]:
            number, egress = one["RuleNumber"], one["Egress"]
            key = _ENTRY, f"{name}-{'egress' if egress else 'ingress'}-{number}"
            yield key, f"{identity}:{number}:{one['Protocol']}:{str(egress).lower()}"
        for one in acl["Associations"]:
            yield (_ACL, f"{name}-{subnets.get(one['SubnetId'], '')}"), one["NetworkAclAssociationId"]


def _dashed(cidr: str) -> str:
    """A block as the stacks have it in names."""
    return cidr.replace("/", "-")
