"""VPC, subnets, gateways, routes and gateway endpoints of a design."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Network
from typing import Any

import pulumi
import pulumi_aws as aws

from planner.design import Design, NatGateway, RouteTable, RouteTarget, Subnet, Unknown, VpcEndpoint
from planner.design.regional import regional_domain
from stacks.acls import network_acls
from stacks.parts import known, protected, tags


class Network(pulumi.ComponentResource):
    """Everything that has addresses and routes.

    ``vpc_id`` and ``subnets`` (ids by name) are there for the other components; ``ways_out`` are
    the resources that must exist before nodes can reach anything or take prefixes;
    ``nodes_come_from`` holds the blocks that private nodes have on the internet.
    """

    def __init__(self, name: str, design: Design, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("eksplan:index:Network", name, None, opts)
        self._design = design
        self._own = pulumi.ResourceOptions(parent=self)
        self._ipv6: pulumi.Output[str] | None = None
        self.vpc_id: pulumi.Input[str] = self._vpc()
        self._associations = self._secondary_cidrs()
        self.ways_out: list[pulumi.Resource] = self._dhcp_options()
        self.subnets: dict[str, pulumi.Input[str]] = {}
        self.zone_names: dict[str, pulumi.Input[str]] = {}
        for subnet in design.subnets:
            self._subnet(subnet)
        self._gateways: dict[str, pulumi.Input[str]] = {}
        self.nodes_come_from: list[pulumi.Input[str]] = self._own_ipv6()
        self._internet_gateways()
        self._nat_gateways()
        self.route_tables: dict[str, pulumi.Output[str]] = {}
        for table in known(design.route_tables):
            if not table.existing:
                self._route_table(table)
        for endpoint in known(design.vpc_endpoints):
            if endpoint.kind == "Gateway":
                self._gateway_endpoint(endpoint)
        self.ways_out += network_acls(design, self.vpc_id, self.subnets, self)
        self.register_outputs({"vpcId": self.vpc_id})

    def _child(self, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _vpc(self) -> pulumi.Input[str]:
        vpc = self._design.vpc
        if vpc.existing:
            if vpc.id is None:
                raise ValueError(f"existing VPC {vpc.name} has no id")
            if vpc.ipv6:
                self._ipv6 = aws.ec2.get_vpc_output(id=vpc.id).ipv6_cidr_block
            return vpc.id
        made = aws.ec2.Vpc(
            vpc.name,
            cidr_block=str(vpc.cidr),
            assign_generated_ipv6_cidr_block=vpc.ipv6 or None,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags(vpc.tags),
            opts=pulumi.ResourceOptions(parent=self, protect=protected(self._design)),
        )
        if vpc.ipv6:
            self._ipv6 = made.ipv6_cidr_block
        vpc_id: pulumi.Output[str] = made.id
        return vpc_id

    def _dhcp_options(self) -> list[pulumi.Resource]:
        """DHCP options of the VPC's own; nodes learn them when they boot, so they come first."""
        vpc = self._design.vpc
        if vpc.existing or not vpc.own_dhcp_options:
            return []
        made = aws.ec2.VpcDhcpOptions(
            vpc.name,
            domain_name=known(vpc.domain_name) or regional_domain(self._design.region),
            domain_name_servers=list(known(vpc.domain_name_servers)),
            ntp_servers=list(known(vpc.ntp_servers)) or None,
            tags=tags(vpc.tags),
            opts=self._own,
        )
        return [
            aws.ec2.VpcDhcpOptionsAssociation(vpc.name, vpc_id=self.vpc_id, dhcp_options_id=made.id, opts=self._own)
        ]

    def _own_ipv6(self) -> list[pulumi.Input[str]]:
        """The VPC's IPv6 block, if it has one: an egress-only gateway translates nothing."""
        return [self._ipv6] if self._ipv6 is not None else []

    def _secondary_cidrs(self) -> list[pulumi.Resource]:
        vpc = self._design.vpc
        return [
            aws.ec2.VpcIpv4CidrBlockAssociation(
                f"{vpc.name}-{str(cidr).replace('/', '-')}", vpc_id=self.vpc_id, cidr_block=str(cidr), opts=self._own
            )
            for cidr in vpc.associate
        ]

    def _added_tags(self, subnet: Subnet, identity: str) -> None:
        """Tags on a subnet that others made. They outlive the stack, for others may use them too."""
        for key, value in subnet.added_tags:
            aws.ec2.Tag(
                f"{subnet.name}-{key.rpartition('/')[2]}",
                resource_id=identity,
                key=key,
                value=value,
                opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
            )

    def _subnet(self, subnet: Subnet) -> None:
        if subnet.existing:
            if subnet.id is None:
                raise ValueError(f"existing subnet {subnet.name} has no id")
            self.subnets[subnet.name] = subnet.id
            self.zone_names[subnet.name] = aws.ec2.get_subnet_output(id=subnet.id).availability_zone
            self._added_tags(subnet, subnet.id)
            return
        secondary = any(subnet.cidr.subnet_of(block) for block in self._design.vpc.associate)
        made = aws.ec2.Subnet(
            subnet.name,
            vpc_id=self.vpc_id,
            cidr_block=str(subnet.cidr),
            **_zone(subnet),
            ipv6_cidr_block=self._ipv6_block(subnet),
            assign_ipv6_address_on_creation=subnet.assign_ipv6 is True,
            map_public_ip_on_launch=subnet.map_public_ip is True,
            tags=tags(subnet.tags),
            opts=self._child(self._associations if secondary else ()),
        )
        self.subnets[subnet.name] = made.id
        self.zone_names[subnet.name] = made.availability_zone
        self.ways_out += [
            aws.ec2.SubnetCidrReservation(
                f"{subnet.name}-{str(block).replace('/', '-')}",
                subnet_id=made.id,
                cidr_block=str(block),
                reservation_type="prefix",
                description="whole /28 blocks for pods",
                opts=self._own,
            )
            for block in known(subnet.prefix_reservations)
        ]

    def _ipv6_block(self, subnet: Subnet) -> pulumi.Output[str] | None:
        """The subnet's /64 of the VPC's /56, which AWS assigns."""
        index = subnet.ipv6_index
        if index is None or self._ipv6 is None:
            return None

        def nth(block: str, index: int = index) -> str:
            network = IPv6Network(block)
            return str(IPv6Network((int(network.network_address) + (index << 64), 64)))

        return self._ipv6.apply(nth)

    def _internet_gateways(self) -> None:
        for gateway in known(self._design.internet_gateways):
            if gateway.existing and gateway.id is not None:
                self._gateways[gateway.name] = gateway.id
                continue
            made = aws.ec2.InternetGateway(gateway.name, vpc_id=self.vpc_id, tags=tags(gateway.tags), opts=self._own)
            self._gateways[gateway.name] = made.id
            self._internet: list[pulumi.Resource] = [made]
        for egress in known(self._design.egress_only_internet_gateways):
            only = aws.ec2.EgressOnlyInternetGateway(
                egress.name, vpc_id=self.vpc_id, tags=tags(egress.tags), opts=self._own
            )
            self._gateways[egress.name] = only.id

    def _nat_gateways(self) -> None:
        for gateway in known(self._design.nat_gateways):
            self._gateways[gateway.name] = self._nat(gateway)

    def _nat(self, gateway: NatGateway) -> pulumi.Output[str]:
        # a public NAT gateway works only once the internet gateway is attached
        after = self._child(getattr(self, "_internet", ()))
        if gateway.regional:
            made = aws.ec2.NatGateway(
                gateway.name,
                vpc_id=self.vpc_id,
                availability_mode="regional",
                connectivity_type="public",
                tags=tags(gateway.tags),
                opts=after,
            )
            regional: pulumi.Output[str] = made.id
            return regional
        address = aws.ec2.Eip(gateway.name, domain="vpc", tags=tags(gateway.tags), opts=after)
        self.nodes_come_from.append(address.public_ip.apply(lambda one: f"{one}/32"))
        made = aws.ec2.NatGateway(
            gateway.name,
            subnet_id=self.subnets[str(gateway.subnet)],
            allocation_id=address.id,
            tags=tags(gateway.tags),
            opts=after,
        )
        zonal: pulumi.Output[str] = made.id
        return zonal

    def _route_table(self, table: RouteTable) -> None:
        made = aws.ec2.RouteTable(table.name, vpc_id=self.vpc_id, tags=tags(table.tags), opts=self._own)
        self.route_tables[table.name] = made.id
        for route in table.routes:
            family = "ipv6" if ":" in route.destination else "ipv4"
            destination = {
                "destination_ipv6_cidr_block" if family == "ipv6" else "destination_cidr_block": route.destination
            }
            target = {_TARGETS[route.target_kind]: self._gateways[route.target]}
            self.ways_out.append(
                aws.ec2.Route(f"{table.name}-{family}", route_table_id=made.id, **destination, **target, opts=self._own)
            )
        for subnet in table.subnets:
            self.ways_out.append(
                aws.ec2.RouteTableAssociation(
                    subnet, route_table_id=made.id, subnet_id=self.subnets[subnet], opts=self._own
                )
            )

    def _gateway_endpoint(self, endpoint: VpcEndpoint) -> None:
        self.ways_out.append(
            aws.ec2.VpcEndpoint(
                endpoint.name,
                vpc_id=self.vpc_id,
                service_name=endpoint.service,
                vpc_endpoint_type="Gateway",
                route_table_ids=[self.route_tables[name] for name in endpoint.route_tables],
                tags=tags(endpoint.tags),
                opts=self._own,
            )
        )


_TARGETS = {
    RouteTarget.INTERNET_GATEWAY: "gateway_id",
    RouteTarget.EGRESS_ONLY_INTERNET_GATEWAY: "egress_only_gateway_id",
    RouteTarget.NAT_GATEWAY: "nat_gateway_id",
}


def _zone(subnet: Subnet) -> dict[str, Any]:
    """The zone by id where it is known: ids mean the same place in every account."""
    if not isinstance(subnet.zone_id, Unknown):
        return {"availability_zone_id": subnet.zone_id}
    if not isinstance(subnet.zone_name, Unknown):
        return {"availability_zone": subnet.zone_name}
    raise ValueError(f"the zone of subnet {subnet.name} is unknown")
