"""Many places as few: what stands in one zone behind the same network ACL and route table, taken together.

Security groups only allow, so what passes with the groups that all of a bucket carry passes with more; what
all addresses of a bucket may do each of them may. A bucket that is reachable is so in every part; only
where it is not its places are asked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_network

from planner.design import Design, NetworkAcl, RouteTable, Subnet
from planner.security.reach.addresses import ipv6_block
from planner.security.reach.model import Party, Place

FEW = 24
"""Places that are asked one by one anyway."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Places that stand alike, and one that stands for all of them (None where none can)."""

    members: tuple[Party, ...]
    together: Party | None
    classes: tuple[Bucket, ...] = ()
    """The same places in buckets of those that carry the very same groups; none where all do."""

    @property
    def subnets(self) -> tuple[str, ...]:
        """The subnets of its places, each once."""
        return tuple(dict.fromkeys(one.subnet for one in self.members if isinstance(one, Place)))


def apart(source: Bucket, target: Bucket) -> tuple[Party | None, Party | None]:
    """What stands for both, in different subnets if any of their places are: only there ACLs count."""
    one, other = source.together, target.together
    if not isinstance(one, Place) or not isinstance(other, Place):
        return one, other
    for here in source.subnets:
        there = next((subnet for subnet in target.subnets if subnet != here), None)
        if there is not None:
            return replace(one, subnet=here), replace(other, subnet=there)
    return one, other


def buckets(design: Design, parties: Sequence[Party], few: int = FEW, *, inside: bool = False) -> tuple[Bucket, ...]:
    """The parties in buckets; up to ``few`` each in its own. ``inside`` says that they are asked about
    other places of the VPC only: else those of a subnet with a known ACL stay among themselves, for gateways and
    endpoints may stand in it."""
    if len(parties) <= few:
        return tuple(Bucket((one,), one) for one in parties)
    found: dict[tuple[object, ...], list[Party]] = {}
    keys: dict[str, tuple[object, ...] | None] = {}
    for one in parties:
        if isinstance(one, Place) and one.subnet not in keys:
            keys[one.subnet] = _key(design, one.subnet, inside=inside)
        behind = keys[one.subnet] if isinstance(one, Place) else None
        if behind is None or not isinstance(one, Place):
            found[(one,)] = [one]
        else:
            ipv6 = any(":" in address for address in one.addresses)
            key = (*behind, bool(one.addresses), ipv6, one.public, one.ephemeral, one.branch)
            found.setdefault(key, []).append(one)
    return tuple(_bucket(design, many) for many in found.values())


def _key(design: Design, name: str, *, inside: bool) -> tuple[object, ...] | None:
    """What places of a subnet have in common with others; None if each stands alone."""
    subnet, acl, table = design.subnet(name), design.acl_of(name), design.route_table_of(name)
    if subnet is None:
        return None
    if isinstance(table, RouteTable) and any(_within(design, route.destination) for route in table.routes):
        return None  # a way through an appliance depends on the very subnet
    rules = tuple(sorted(acl.rules)) if isinstance(acl, NetworkAcl) else acl  # alike ACLs say the same
    if inside:  # local routes are in every table
        return (subnet.zone, rules, subnet.ipv6_index is None)
    alone = name if isinstance(acl, NetworkAcl) else ""
    routes = table.name if isinstance(table, RouteTable) else table
    return (subnet.zone, rules, alone, routes, subnet.ipv6_index is None)


def _within(design: Design, destination: str) -> bool:
    """Whether a route leads to addresses of the VPC itself."""
    try:
        network = ip_network(destination)
    except ValueError:
        return False
    if isinstance(network, IPv4Network):
        return any(network.subnet_of(block) for block in design.vpc.cidrs)
    return design.vpc.ipv6_cidr is not None and network.subnet_of(design.vpc.ipv6_cidr)


def _bucket(design: Design, many: Sequence[Party]) -> Bucket:
    places = [one for one in many if isinstance(one, Place)]
    if len(many) == 1 or len(places) < len(many):
        return Bucket(tuple(many), many[0] if len(many) == 1 else None)
    by_groups: dict[tuple[str, ...], list[Place]] = {}
    for one in places:
        by_groups.setdefault(one.groups, []).append(one)
    classes = tuple(Bucket(tuple(alike), _together(design, alike)) for alike in by_groups.values())
    return Bucket(tuple(many), _together(design, places), classes if len(classes) > 1 else ())


def _together(design: Design, places: Sequence[Place]) -> Place:
    """A place with the groups that all of these carry, and the addresses of all of them."""
    if len(places) == 1:
        return places[0]
    first, subnet = places[0], design.subnet(places[0].subnet)
    common = set(first.groups).intersection(*(one.groups for one in places[1:]))
    addresses = dict.fromkeys(
        address for one in places for address in (one.addresses or _blocks(design, design.subnet(one.subnet)))
    )
    label = f"{len(places)} {first.label.partition(' in ')[0]} in {subnet.zone if subnet else first.subnet}"
    return replace(first, label=label, groups=tuple(sorted(common)), addresses=tuple(addresses))


def _blocks(design: Design, subnet: Subnet | None) -> tuple[str, ...]:
    if subnet is None:
        return ()
    ipv6 = ipv6_block(design.vpc, subnet)
    return (str(subnet.cidr), *([str(ipv6)] if ipv6 else []))
