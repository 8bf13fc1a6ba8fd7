"""What EC2 refuses to delete while it is in use, and moto lets go (tests only).

Source: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html (order of deletion) and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (DependencyViolation)
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend


def install() -> None:
    """Guard subnets, security groups and internet gateways."""
    subnet, group = EC2Backend.delete_subnet, EC2Backend._delete_security_group
    detach = EC2Backend.detach_internet_gateway

    def delete_subnet(self: Any, subnet_id: str) -> Any:
        held = [one.id for one in self.enis.values() if one.subnet.id == subnet_id]
        if held:
            raise DependencyViolationError(
                f"The subnet '{subnet_id}' has dependencies and cannot be deleted: {', '.join(sorted(held))}"
            )
        return subnet(self, subnet_id)

    def delete_security_group(self: Any, vpc_id: str | None, group_id: str) -> Any:
        held = [one.id for one in self.enis.values() if group_id in {each.id for each in one._group_set}]
        held += [
            other.id
            for groups in self.groups.values()
            for other in groups.values()
            if other.id != group_id
            for rule in (*other.ingress_rules, *other.egress_rules)
            if (rule.source_group or {}).get("GroupId") == group_id
        ]
        if held:
            raise DependencyViolationError(
                f"resource {group_id} has a dependent object: {', '.join(sorted(set(held)))}"
            )
        return group(self, vpc_id, group_id)

    def detach_internet_gateway(self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        mapped = [
            one.id
            for one in self.nat_gateways.values()
            if one.vpc_id == vpc_id and one.state == "available" and one.connectivity_type == "public"
        ]
        if mapped:
            raise DependencyViolationError(f"Network {vpc_id} has some mapped public address(es).")
        return detach(self, internet_gateway_id, vpc_id)

    EC2Backend.delete_subnet = delete_subnet
    EC2Backend._delete_security_group = delete_security_group
    EC2Backend.detach_internet_gateway = detach_internet_gateway
