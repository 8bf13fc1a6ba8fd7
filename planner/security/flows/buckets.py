"""Many places as few: what stands in one zone behind the same network ACL and route table, taken together.

Security groups only allow, so what passes with the groups that all of a bucket carry passes with more; what
all addresses of a bucket may do each of them may. A bucket that is reachable is so in every part; only
where it is not its places are asked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network

from planner.design import Design, NetworkAcl, RouteTable
from planner.security.reach.model import Party, Place

FEW = 24
"""Places that are asked one by one anyway."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Places that stand alike, and one that stands for all of them (None where none can)."""

    members: tuple[Party, ...]
    together: Party | None


def buckets(design: Design, parties: Sequence[Party], few: int = FEW) -> tuple[Bucket, ...]:
    """The parties in buckets; up to ``few`` each in its own."""
    if len(parties) <= few:
        return tuple(Bucket((one,), one) for one in parties)
    found: dict[tuple[object, ...], list[Party]] = {}
    for one in parties:
        found.setdefault(_key(design, one), []).append(one)
    return tuple(_bucket(design, many) for many in found.values())


def _key(design: Design, party: Party) -> tuple[object, ...]:
    if not isinstance(party, Place):
        return (party,)
    subnet, acl, table = design.subnet(party.subnet), design.acl_of(party.subnet), design.route_table_of(party.subnet)
    if subnet is None:
        return (party,)
    behind = (acl.name, subnet.name) if isinstance(acl, NetworkAcl) else acl
    routes = table.name if isinstance(table, RouteTable) else table
    if isinstance(table, RouteTable) and any(_inside(design, route.destination) for route in table.routes):
        return (party,)  # a way through an appliance depends on the very subnet
    return (subnet.zone, behind, routes, party.public, party.ephemeral, party.branch)


def _inside(design: Design, destination: str) -> bool:
    """Whether a route leads to addresses of the VPC itself."""
    try:
        network = ip_network(destination)
    except ValueError:
        return False
    return isinstance(network, IPv4Network) and any(network.subnet_of(block) for block in design.vpc.cidrs)


def _bucket(design: Design, many: Sequence[Party]) -> Bucket:
    places = [one for one in many if isinstance(one, Place)]
    if len(many) == 1 or len(places) < len(many):
        return Bucket(tuple(many), many[0] if len(many) == 1 else None)
    common = set(places[0].groups).intersection(*(one.groups for one in places[1:]))
    if not common:
        return Bucket(tuple(many), None)
    first, subnet = places[0], design.subnet(places[0].subnet)
    blocks = {one.name: str(one.cidr) for one in design.subnets}
    addresses = tuple(dict.fromkeys(address for one in places for address in (one.addresses or (blocks[one.subnet],))))
    label = f"{len(places)} {first.label.partition(' in ')[0]} in {subnet.zone if subnet else first.subnet}"
    together = Place(
        label, first.subnet, tuple(sorted(common)), addresses, first.public, first.ephemeral, branch=first.branch
    )
    return Bucket(tuple(many), together)
