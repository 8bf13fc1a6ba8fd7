"""Free addresses of a subnet: what EC2 counts, or what a plan leaves."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.design import Design, Subnet, Unknown


def free_addresses(design: Design, subnet: Subnet, facts: Facts, *, prefixes: bool = False) -> int | Unknown:
    """Free addresses before any node runs.

    Observed: EC2's AvailableIpAddressCount. Planned: the usable addresses less those of the NAT
    gateways, interface endpoints and, in the worst case, all control-plane interfaces in it.
    CIDR reservations of type prefix do not count as free, there for EC2 and here for everybody
    but nodes that take ``prefixes``; how much of a reservation is in use EC2 does not tell.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
    """
    reservations = subnet.prefix_reservations
    if isinstance(reservations, Unknown):
        return reservations
    reserved = sum(block.num_addresses for block in reservations)
    if isinstance(subnet.free_addresses, Unknown):
        return subnet.free_addresses
    if subnet.free_addresses is not None:
        return subnet.free_addresses + (reserved if prefixes else 0)
    if design.planned and subnet.existing:
        return Unknown("ec2:DescribeSubnets", "an existing subnet; the spec does not say how many addresses are free")
    taken = facts.number("subnet.reserved")
    if design.cluster and subnet.name in design.cluster.subnets:
        taken += facts.number("cluster.interfaces_max")
    if not isinstance(design.nat_gateways, Unknown):
        taken += sum(1 for gateway in design.nat_gateways if gateway.subnet == subnet.name)
    if not isinstance(design.vpc_endpoints, Unknown):
        taken += sum(1 for endpoint in design.vpc_endpoints if subnet.name in endpoint.subnets)
    return subnet.cidr.num_addresses - taken - (0 if prefixes else reserved)
