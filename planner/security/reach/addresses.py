"""Addresses of places: their own, or anywhere in their subnet."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Network

from planner.design import Design
from planner.security.reach.model import Place
from planner.security.reach.ranges import Interval, of_family


@dataclass(frozen=True, slots=True)
class Found:
    """Intervals of a family; ``unknown`` where they exist and are not known (a planned IPv6 block), ``none``
    where there are none."""

    intervals: tuple[Interval, ...]
    unknown: bool = False

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
        whole = self._vpc.ipv6_cidr
        if whole is None:
            return Found((), unknown=True)
        first = int(whole.network_address) + (subnet.ipv6_index << 64)
        return Found(of_family([str(IPv6Network((first, 64)))], 6))

    def exists(self, subnet: str) -> bool:
        """Whether the design has a subnet."""
        return subnet in self._subnets
