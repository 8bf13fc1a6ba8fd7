"""Places nodes into subnets, one by one, as EC2 and the CNI would, and says where it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.network.space import Placing, SubnetSpace
from planner.plan.scenarios.world import Crowd, Place, Room, World

Nodes = Mapping[str, tuple[int, ...]]
"""Nodes of each crowd in each of its zones, in the order of its zones."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first node that finds no addresses."""

    crowd: str
    zone: str
    node: int
    """Its number in its zone, from 1."""
    of: int
    """Nodes of the crowd that the zone should hold."""
    subnets: tuple[str, ...]
    singles_needed: int
    prefixes_needed: int
    singles_free: int
    prefixes_free: int


@dataclass(frozen=True, slots=True)
class RoomUse:
    """A room at the end: addresses that all nodes and the rest need, and what there is."""

    key: str
    zone: str
    subnets: tuple[str, ...]
    needed: int
    usable: int
    prefixes_needed: int
    prefixes_room: int

    @property
    def left(self) -> int:
        """Addresses left; negative where they do not suffice."""
        return self.usable - self.needed


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of the nodes."""

    wanted: int
    fit: int
    pods_wanted: int
    pods_fit: int
    first: Break | None
    rooms: tuple[RoomUse, ...]
    fit_by_crowd: tuple[tuple[str, int, int], ...]
    """(crowd, nodes that fit, nodes wanted)."""


class _Space:
    """The subnets of a room while they fill."""

    def __init__(self, room: Room, placing: Placing, *, reservations: bool) -> None:
        self.room = room
        self.spaces = [self._space(place, placing, reservations=reservations) for place in room.places]
        self.short = 0
        """Addresses that the room lacks before the first node comes."""
        left = room.taken
        for space in self.spaces:
            amount = min(left, space.free_singles)
            space.take(amount, 0)
            left -= amount
        blocks = room.taken_prefixes
        for space in self.spaces:
            amount = min(blocks, space.free_prefixes)
            space.take(0, amount)
            blocks -= amount
        self.short = left + 16 * blocks
        self.usable = sum(space.free for space in self.spaces)
        self.blocks = sum(space.free_prefixes for space in self.spaces)

    @staticmethod
    def _space(place: Place, placing: Placing, *, reservations: bool) -> SubnetSpace:
        kept = place.reservations if reservations else ()
        space = SubnetSpace(place.cidr, kept, placing=placing)
        space.take(0, min(place.prefixes_used, space.free_prefixes))
        space.take(min(place.used, space.free_singles), 0)
        return space

    def take(self, singles: int, prefixes: int) -> SubnetSpace | None:
        """A node's addresses, of the subnet with most free ones that has them: that subnet."""
        if self.short:
            return None
        by_room = sorted(self.spaces, key=lambda one: -one.free)
        return next((space for space in by_room if space.take(singles, prefixes)), None)


def fill(
    world: World,
    nodes: Nodes,
    totals: Mapping[str, int],
    placing: Placing = Placing.PACKED,
    *,
    reservations: bool = True,
) -> Filled:
    """Start all nodes, the crowds taking turns, and count those that find their addresses.

    ``totals`` are the nodes of each crowd in all zones: a remainder of balancing may lie in any zone,
    so the zones together may be asked for more.
    """
    spaces = {room.key: _Space(room, placing, reservations=reservations) for room in world.rooms}
    usable = {key: (space.usable, space.blocks) for key, space in spaces.items()}
    first: Break | None = None
    fit: dict[str, int] = {crowd.name: 0 for crowd in world.crowds}
    need: dict[str, list[int]] = {room.key: [0, 0] for room in world.rooms}
    queue = [
        (crowd, number, _extra(crowd, nodes, number)) for crowd in world.crowds for number in range(len(crowd.zones))
    ]
    for turn in range(max((count for _, _, count in queue), default=0)):
        for crowd, number, count in queue:
            if turn >= count:
                continue
            node_room = crowd.node_rooms[number]
            pod_room = crowd.pod_rooms[number] if crowd.pod_rooms else None
            need[node_room][0] += crowd.node_singles
            need[node_room][1] += crowd.node_prefixes
            if pod_room:
                need[pod_room][0] += crowd.pod_singles
                need[pod_room][1] += crowd.pod_prefixes
            failed = None
            holder = spaces[node_room].take(crowd.node_singles, crowd.node_prefixes)
            if holder is None:
                failed = node_room
            elif pod_room and spaces[pod_room].take(crowd.pod_singles, crowd.pod_prefixes) is None:
                holder.give_back(crowd.node_singles, crowd.node_prefixes)
                failed = pod_room
            if failed is None:
                fit[crowd.name] += 1
            elif first is None:
                first = _break(crowd, number, turn, count, spaces[failed])
    running = {crowd.name: sum(crowd.running) for crowd in world.crowds}
    wanted = {crowd.name: running[crowd.name] for crowd in world.crowds}
    for crowd, _, count in queue:
        wanted[crowd.name] += count
    pods = {crowd.name: crowd.pods for crowd in world.crowds}
    got = {name: fit[name] + running[name] for name in fit}
    for name, asked in totals.items():
        total = max(asked, running[name])
        got[name] = total if got[name] == wanted[name] else min(got[name], total - 1)
        wanted[name] = total
    return Filled(
        wanted=sum(wanted.values()),
        fit=sum(got.values()),
        pods_wanted=sum(count * pods[name] for name, count in wanted.items()),
        pods_fit=sum(count * pods[name] for name, count in got.items()),
        first=first,
        rooms=tuple(
            RoomUse(
                room.key,
                room.zone,
                tuple(place.name for place in room.places),
                need[room.key][0] + 16 * need[room.key][1] + spaces[room.key].short,
                usable[room.key][0],
                need[room.key][1],
                usable[room.key][1],
            )
            for room in world.rooms
        ),
        fit_by_crowd=tuple((name, got[name], wanted[name]) for name in fit),
    )


def _extra(crowd: Crowd, nodes: Nodes, number: int) -> int:
    """Nodes of a crowd still to start in a zone."""
    there = crowd.running[number] if crowd.running else 0
    return max(nodes[crowd.name][number] - there, 0)


def _break(crowd: Crowd, number: int, turn: int, count: int, space: _Space) -> Break:
    in_pod_room = bool(crowd.pod_rooms) and space.room.key == crowd.pod_rooms[number]
    there = crowd.running[number] if crowd.running else 0
    return Break(
        crowd=crowd.name,
        zone=crowd.zones[number],
        node=there + turn + 1,
        of=there + count,
        subnets=tuple(place.name for place in space.room.places),
        singles_needed=crowd.pod_singles if in_pod_room else crowd.node_singles,
        prefixes_needed=crowd.pod_prefixes if in_pod_room else crowd.node_prefixes,
        singles_free=0 if space.short else max((one.free_singles for one in space.spaces), default=0),
        prefixes_free=max((one.free_prefixes for one in space.spaces), default=0),
    )
