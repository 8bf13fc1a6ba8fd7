"""What moto 5.2 lacks of VPCs, for tests only; ``moto_eks.install()`` calls it.

* the default network ACL lets IPv6 pass once the VPC has an IPv6 block, as AWS adds rule 101
* interfaces of NAT gateways carry no security group, those of VPC endpoints the endpoint's
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend


def install() -> None:
    """Extend moto's VPCs."""
    _pass_ipv6()
    _name_interfaces()


def _pass_ipv6() -> None:
    create, associate = EC2Backend.create_vpc, EC2Backend.associate_vpc_cidr_block

    def create_vpc(self: Any, *arguments: Any, **options: Any) -> Any:
        vpc = create(self, *arguments, **options)
        if vpc.get_cidr_block_association_set(ipv6=True):
            _add_rules(self, vpc.id)
        return vpc

    def associate_vpc_cidr_block(self: Any, vpc_id: str, cidr_block: str, amazon_provided_ipv6_cidr_block: bool) -> Any:
        answer = associate(self, vpc_id, cidr_block, amazon_provided_ipv6_cidr_block)
        if amazon_provided_ipv6_cidr_block:
            _add_rules(self, vpc_id)
        return answer

    EC2Backend.create_vpc = create_vpc
    EC2Backend.associate_vpc_cidr_block = associate_vpc_cidr_block


def _add_rules(ec2: Any, vpc_id: str) -> None:
    (acl,) = (one for one in ec2.network_acls.values() if one.vpc_id == vpc_id and one.default)
    for number, action in ((101, "allow"), (32768, "deny")):
        for egress in (True, False):
            ec2.create_network_acl_entry(acl.id, number, "-1", action, egress, None, None, None, None, None, "::/0")


def _name_interfaces() -> None:
    nat, endpoint = EC2Backend.create_nat_gateway, EC2Backend.create_vpc_endpoint

    def create_nat_gateway(self: Any, *arguments: Any, **options: Any) -> Any:
        made = nat(self, *arguments, **options)
        interface = made._eni
        interface.interface_type, interface.description = "nat_gateway", f"Interface for NAT Gateway {made.id}"
        interface._group_set = []
        return made

    def create_vpc_endpoint(self: Any, *arguments: Any, **options: Any) -> Any:
        made = endpoint(self, *arguments, **options)
        for identity in made.network_interface_ids or ():
            interface = self.get_network_interface(identity)
            interface.interface_type = "vpc_endpoint"
            interface.description = f"VPC Endpoint Interface {made.id}"
            interface._group_set = [self.get_security_group_from_id(one) for one in made.security_group_ids or ()]
        return made

    EC2Backend.create_nat_gateway = create_nat_gateway
    EC2Backend.create_vpc_endpoint = create_vpc_endpoint
