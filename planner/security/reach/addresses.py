"""Addresses of places: their own, or anywhere in their subnet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Network

from planner.design import Design, Subnet, Vpc
from planner.security.reach.model import Component, Place, Step
from planner.security.reach.ranges import Interval, of_family
from planner.security.reach.trail import Trail
from planner.security.reach.wording import Stop

AMAZON_DNS = frozenset({"AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"})


def of_amazon(vpc: Vpc, servers: Iterable[str]) -> bool:
    """Whether Amazon's resolver is among the name servers of DHCP options: by its name, its link-local
    addresses, or the second address of the VPC's primary block.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    return bool((AMAZON_DNS | {str(vpc.cidr.network_address + 2)}) & set(servers))


def ipv6_block(vpc: Vpc, subnet: Subnet) -> IPv6Network | None:
    """The IPv6 block of a subnet; None if it has none, or if that of the VPC is not known yet."""
    if vpc.ipv6_cidr is None or subnet.ipv6_index is None:
        return None
    return IPv6Network((int(vpc.ipv6_cidr.network_address) + (subnet.ipv6_index << 64), 64))


@dataclass(frozen=True, slots=True)
class Found:
    """Intervals of a family; ``unknown`` where they exist and are not known (a planned IPv6 block), ``none``
    where there are none."""

    intervals: tuple[Interval, ...]
    unknown: bool = False
    some: bool = False
    """Whether only some of them count, and which is not known: the addresses of a service."""
    cidr: str = ""
    """The block that they were asked as, if that holds more: 0.0.0.0/0 for the internet."""

    @property
    def none(self) -> bool:
        """Whether the place has no address of this family."""
        return not self.intervals and not self.unknown


class Addresses:
    """Addresses of the places of a design."""

    def __init__(self, design: Design) -> None:
        self._subnets = {one.name: one for one in design.subnets}
        self._vpc = design.vpc
        self._cache: dict[tuple[str, tuple[str, ...], int], Found] = {}

    def of(self, place: Place, family: int) -> Found:
        """The addresses of a place in one family."""
        key = (place.subnet, place.addresses, family)
        if key not in self._cache:
            self._cache[key] = self._find(place, family)
        return self._cache[key]

    def _find(self, place: Place, family: int) -> Found:
        if place.addresses:
            return Found(of_family(place.addresses, family))
        subnet = self._subnets.get(place.subnet)
        if subnet is None:
            return Found((), unknown=True)
        if family == 4:
            return Found(of_family([str(subnet.cidr)], 4))
        if subnet.ipv6_index is None:
            return Found(())
        ipv6 = ipv6_block(self._vpc, subnet)
        return Found((), unknown=True) if ipv6 is None else Found(of_family([str(ipv6)], 6))

    def standing(self, place: Place, family: int, trail: Trail) -> Found | None:
        """Its addresses; None, with a stop, if it has none of this family."""
        found = self.of(place, family)
        if not self.exists(place.subnet):
            step = Step(Component.SUBNET, place.subnet, "not in this design")
            trail.stop(
                Stop("SUBNET_UNKNOWN", step, f"{place.subnet}, the subnet of {place.label}, is not known", sure=False)
            )
        elif found.none:
            step = Step(Component.ADDRESS, place.label, f"no IPv{family} address")
            other = 4 if family == 6 else 6
            change = f"give {place.subnet} an IPv{family} block, or use IPv{other}"
            trail.stop(Stop("NO_ADDRESS", step, f"{place.label} has no IPv{family} address", change))
            return None
        return found

    def exists(self, *subnets: str) -> bool:
        """Whether the design has these subnets."""
        return all(one in self._subnets for one in subnets)
