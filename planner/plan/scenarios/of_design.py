"""The world of a design that was observed: what runs already holds its addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from planner.capacity.addresses import Footprint
from planner.capacity.observed import cni_settings, node_footprint
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceTypes
from planner.design import Design, NodeGroup, Subnet, Unknown
from planner.plan.scenarios.world import Crowd, Place, Room, World

T = TypeVar("T")


class UnseenError(Exception):
    """Something without which nothing can be simulated could not be read; the message names the call."""


@dataclass(frozen=True, slots=True)
class _Zones:
    """A group's zones, each with its subnets."""

    zones: tuple[str, ...]
    subnets: tuple[tuple[str, ...], ...]


def world_of_design(design: Design, types: InstanceTypes, facts: Facts) -> World:
    """Rooms and crowds of a running cluster. Free addresses are EC2's own count, and the desired
    nodes hold theirs; nodes carry as many pods as kubelet takes.

    Raises UnseenError where node groups, the CNI's settings or free addresses could not be read.
    """
    if design.cluster is None:
        raise UnseenError("there is no cluster in this design")
    groups = _seen(design.node_groups)
    settings = _seen(cni_settings(design))
    network, _ = settings
    rooms: dict[frozenset[str], Room] = {}
    pods = _pod_subnets(design)
    crowds: list[Crowd] = []
    for group in groups:
        where = _zones(design, group)
        foot = _seen(node_footprint(group, design.types_of(group), settings, types, facts))
        node_rooms = tuple(
            _room(design, names, zone, rooms) for zone, names in zip(where.zones, where.subnets, strict=True)
        )
        pod_rooms: tuple[str, ...] = ()
        if foot.pod_subnet:
            missing = [zone for zone in where.zones if zone not in pods]
            if missing:
                raise UnseenError(f"no ENIConfig names a subnet for the pods of {', '.join(missing)}")
            pod_rooms = tuple(_room(design, (pods[zone],), zone, rooms) for zone in where.zones)
        crowds.append(_crowd(group, where, foot, node_rooms, pod_rooms, facts))
    zones = sorted({zone for crowd in crowds for zone in crowd.zones})
    return World(
        name=design.cluster.name,
        zones=tuple(zones),
        rooms=tuple(rooms.values()),
        crowds=tuple(crowds),
        tolerated=1 if len(zones) > 1 else 0,
        growth_percent=0,
        version=design.cluster.version or "",
        prefix_mode=network.prefix and not network.ipv6,
        subject="cluster",
    )


def _seen(value: T | Unknown) -> T:
    if isinstance(value, Unknown):
        raise UnseenError(f"{value.call}: {value.reason}")
    return value


def _zones(design: Design, group: NodeGroup) -> _Zones:
    found: dict[str, list[str]] = {}
    for name in group.subnets:
        subnet = design.subnet(name)
        if subnet is None:
            raise UnseenError(f"ec2:DescribeSubnets: subnet {name} of {group.name} is not there")
        found.setdefault(subnet.zone, []).append(name)
    return _Zones(tuple(sorted(found)), tuple(tuple(sorted(found[zone])) for zone in sorted(found)))


def _pod_subnets(design: Design) -> dict[str, str]:
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    names = tuple(one.subnet for one in addon.eni_configs) if addon else ()
    return {subnet.zone: subnet.name for subnet in design.named_subnets(names)}


def _room(design: Design, names: tuple[str, ...], zone: str, rooms: dict[frozenset[str], Room]) -> str:
    """The room of these subnets; groups whose subnets overlap share one."""
    wanted = frozenset(names)
    for held, room in list(rooms.items()):
        if held & wanted:
            if wanted <= held:
                return room.key
            raise UnseenError(
                f"the subnets {', '.join(sorted(held | wanted))} of {zone} are shared by groups in part only; this cannot be simulated"
            )
    key = f"{zone}:{'+'.join(names)}"
    rooms[wanted] = Room(key, zone, tuple(_place(subnet) for subnet in design.named_subnets(names)))
    return key


def _place(subnet: Subnet) -> Place:
    """A subnet as EC2 counts it: reservations are not free to it, whoever is in them."""
    free = subnet.free_addresses
    if isinstance(free, Unknown):
        raise UnseenError(f"{free.call}: {free.reason}")
    if isinstance(subnet.prefix_reservations, Unknown):
        raise UnseenError(f"{subnet.prefix_reservations.call}: {subnet.prefix_reservations.reason}")
    reserved = sum(block.num_addresses for block in subnet.prefix_reservations)
    usable = subnet.cidr.num_addresses - 5 - reserved
    return Place(
        subnet.name, subnet.cidr, subnet.prefix_reservations, max(usable - (usable if free is None else free), 0)
    )


def _crowd(
    group: NodeGroup,
    where: _Zones,
    foot: Footprint,
    node_rooms: tuple[str, ...],
    pod_rooms: tuple[str, ...],
    facts: Facts,
) -> Crowd:
    zones, apart = len(where.zones), bool(foot.pod_subnet)
    minimal = group.update.strategy == "MINIMAL"
    each = facts.number("nodegroup.surge_per_zone")
    running = tuple(group.desired_size // zones + (number < group.desired_size % zones) for number in range(zones))
    return Crowd(
        name=group.name,
        kind="managed",
        zones=where.zones,
        node_rooms=node_rooms,
        pod_rooms=pod_rooms,
        node_singles=1 if apart else foot.node_subnet - 16 * foot.prefixes,
        node_prefixes=0 if apart else foot.prefixes,
        pod_singles=foot.pod_subnet - 16 * foot.prefixes if apart else 0,
        pod_prefixes=foot.prefixes if apart else 0,
        pods=max((group.pods_per_node or group.max_pods or 0) - facts.number("pods.host_network"), 0),
        desired=group.desired_size,
        most=max(group.max_size, group.desired_size),
        surge_fixed=0 if minimal else max(each * zones, group.update.max_unavailable or 1),
        surge_percent=0 if minimal else group.update.max_unavailable_percentage or 0,
        surge_cap=facts.number("nodegroup.max_unavailable"),
        running=running,
    )
