"""The scenarios: how many nodes each asks for, and whether they find their addresses (notes N21, N39, N40)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.network.space import Placing
from planner.plan.scenarios.fill import Filled, fill
from planner.plan.scenarios.world import Crowd, World

ALL = ("all-max", "zone-loss", "update", "update-all", "growth", "fragmentation", "bad-day")


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth month by month."""

    percent: int
    """Percent a month."""
    months: int
    """Months that the addresses must last."""
    most_nodes: int
    """Nodes that one cluster may have."""
    from_max: bool = False
    """Whether it begins with maxSize instead of the desired size."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario, in its worst form."""

    name: str
    title: str
    applies: bool
    fits: bool
    worst: str
    """Which form was the worst: the zone that is lost, the group that is updated."""
    filled: Filled | None
    change: str = ""
    """What would make it fit."""
    months: int | None = None
    """growth: full months that fit; None where nothing grows."""
    note: str = ""


def _worst_spread(count: int, zones: int) -> tuple[int, ...]:
    """The most that each zone gets while groups balance: the remainder may lie in any of them."""
    return (-(-count // zones),) * zones


def _size(crowd: Crowd, nodes: int, lost: frozenset[str] = frozenset(), *, surge: bool = False) -> tuple[int, ...]:
    """Nodes of a crowd in each of its zones; none in lost ones while there are others."""
    left = [zone for zone in crowd.zones if zone not in lost]
    each = _worst_spread(nodes, max(len(left), 1))
    more = _worst_spread(crowd.surge(nodes), max(len(left), 1)) if surge else (0,) * max(len(left), 1)
    sizes = {zone: each[number] + more[number] for number, zone in enumerate(left)}
    return tuple(sizes.get(zone, 0) for zone in crowd.zones)


def play(world: World, growth: Growth, names: Sequence[str] = ALL) -> tuple[Outcome, ...]:
    """The outcomes of these scenarios, in their order."""
    made = {
        "all-max": _all_max,
        "zone-loss": _zone_loss,
        "update": _update,
        "update-all": _update_all,
        "fragmentation": _fragmentation,
        "bad-day": _bad_day,
    }
    return tuple(grow(world, growth) if name == "growth" else made[name](world) for name in ALL if name in names)


def _idle(name: str, title: str, note: str) -> Outcome:
    """A scenario that means nothing for this design."""
    return Outcome(name, title, applies=False, fits=True, worst="", filled=None, note=note)


def _filled(
    world: World,
    sizes: Mapping[str, int],
    lost: frozenset[str] = frozenset(),
    updated: Container[str] = (),
    placing: Placing = Placing.PACKED,
    *,
    reservations: bool = True,
) -> Filled:
    """The subnets with so many nodes of each crowd, zones lost, and the surge of those updated."""
    nodes = {crowd.name: _size(crowd, sizes[crowd.name], lost, surge=crowd.name in updated) for crowd in world.crowds}
    totals = {
        crowd.name: sizes[crowd.name] + (crowd.surge(sizes[crowd.name]) if crowd.name in updated else 0)
        for crowd in world.crowds
        if set(crowd.zones) - lost
    }
    return fill(world, nodes, totals, placing, reservations=reservations)


def _outcome(world: World, name: str, title: str, tries: Iterator[tuple[str, Filled]], note: str = "") -> Outcome:
    """The worst of several forms: the one that holds fewest of its nodes, or leaves least."""
    worst = min(
        tries, key=lambda one: (one[1].fit - one[1].wanted, min((room.left for room in one[1].rooms), default=0))
    )
    label, filled = worst
    fits = filled.fit == filled.wanted and not any(room.needed > room.usable and room.needed for room in filled.rooms)
    change = "" if fits else advice(world, filled)
    return Outcome(name, title, applies=True, fits=fits, worst=label, filled=filled, change=change, note=note)


def _most(world: World) -> dict[str, int]:
    return {crowd.name: crowd.most for crowd in world.crowds}


def most_after(world: World, lost: frozenset[str]) -> dict[str, int]:
    """Nodes of each crowd that find addresses with all at their maximum and some zones lost."""
    filled = _filled(world, _most(world), lost)
    return {name: fit for name, fit, _ in filled.fit_by_crowd}


def _all_max(world: World) -> Outcome:
    return _outcome(world, "all-max", "every group at its maximum", iter([("", _filled(world, _most(world)))]))


def _losses(world: World, count: int) -> list[frozenset[str]]:
    """Which so many zones may be lost together."""
    return [frozenset(zones) for zones in itertools.combinations(world.zones, min(count, len(world.zones) - 1))]


def _without(lost: frozenset[str]) -> str:
    return f"without {' and '.join(sorted(lost))}" if lost else ""


def _zone_loss(world: World) -> Outcome:
    title = "a zone is lost, its nodes start elsewhere"
    if len(world.zones) < 2:
        return _idle("zone-loss", title, "the design has one zone")
    stay = [f"{crowd.name} ({crowd.zones[0]})" for crowd in world.crowds if len(crowd.zones) == 1]
    note = f"a group in one zone is gone with that zone: {', '.join(stay)}" if stay else ""
    tries = ((_without(lost), _filled(world, _most(world), lost)) for lost in _losses(world, max(world.tolerated, 1)))
    return _outcome(world, "zone-loss", title, tries, note)


def _update(world: World) -> Outcome:
    title = "one group is updated, all at their maximum"
    if not world.crowds:
        return _idle("update", title, "there are no nodes to update")
    tries = (
        (f"{one.name} (+{one.surge(one.most)} nodes)", _filled(world, _most(world), updated=(one.name,)))
        for one in world.crowds
    )
    return _outcome(world, "update", title, tries)


def _update_all(world: World) -> Outcome:
    more = sum(crowd.surge(crowd.most) for crowd in world.crowds)
    filled = _filled(world, _most(world), updated=_most(world))
    title = "all groups are updated at once, at their maximum"
    return _outcome(world, "update-all", title, iter([(f"+{more} nodes", filled)]))


def _fragmentation(world: World) -> Outcome:
    title = "single addresses lie scattered over the /28 blocks"
    if not world.prefix_mode:
        return _idle("fragmentation", title, "single addresses need no whole blocks")
    bare = _filled(world, _most(world), placing=Placing.SPREAD, reservations=False)
    note = f"without CIDR reservations {bare.fit} of {bare.wanted} nodes would find their prefixes"
    filled = _filled(world, _most(world), placing=Placing.SPREAD)
    return _outcome(world, "fragmentation", title, iter([("", filled)]), note)


def _bad_day(world: World) -> Outcome:
    placing = Placing.SPREAD if world.prefix_mode else Placing.PACKED
    sizes = {crowd.name: -(-crowd.most * (100 + world.growth_percent) // 100) for crowd in world.crowds}
    tries = (
        (_without(lost), _filled(world, sizes, lost, sizes, placing))
        for lost in _losses(world, max(world.tolerated, 1))
    )
    grown = f", grown by {world.growth_percent} %" if world.growth_percent else ""
    scattered = ", addresses scattered" if world.prefix_mode else ""
    return _outcome(world, "bad-day", f"a zone is lost while all groups are updated{grown}{scattered}", tries)


def grow(world: World, growth: Growth) -> Outcome:
    """Month by month until a group no longer finds its addresses, with the loss of zones that the
    design tolerates and with an update of all groups; EKS's own limit of nodes ends it as well."""
    title = f"{growth.percent} % more nodes each month, with updates and the zone loss that the design tolerates"
    if not growth.percent or not world.crowds:
        return _idle("growth", title, "nothing grows" if world.crowds else "there are no nodes that could grow")
    start = {crowd.name: crowd.most if growth.from_max else max(crowd.desired, 1) for crowd in world.crowds}
    losses = _losses(world, world.tolerated)

    def sizes(month: int) -> dict[str, int]:
        return {name: -(-count * (100 + growth.percent) ** month // 100**month) for name, count in start.items()}

    def at(month: int) -> Filled:
        grown = sizes(month)
        return min((_filled(world, grown, lost, grown) for lost in losses), key=lambda one: one.fit - one.wanted)

    def too_many(month: int) -> bool:
        return sum(sizes(month).values()) > growth.most_nodes

    def good(month: int) -> bool:
        if too_many(month):
            return False
        filled = at(month)
        return filled.fit == filled.wanted

    last = _last_month(good)
    fits = last >= growth.months
    filled = at(last if fits else min(growth.months, last + 1))
    base = "maxSize" if growth.from_max else "the desired size"
    ended = (
        f"then it has more than {growth.most_nodes:,} nodes, which one cluster cannot"
        if too_many(last + 1)
        else "the last that fits"
    )
    change = "" if fits else advice(world, filled)
    worst = f"from {base}: month {last}, {ended}" if last >= 0 else f"{base} itself does not fit"
    return Outcome("growth", title, applies=True, fits=fits, worst=worst, filled=filled, change=change, months=last)


def _last_month(good: Callable[[int], bool]) -> int:
    """The last month that is good, by doubling and halving; −1 where not even the first is."""
    if not good(0):
        return -1
    low, high = 0, 1
    while good(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if good(middle) else (low, middle)
    return low


def advice(world: World, filled: Filled) -> str:
    """What to change: the sizes that fit, or the room that is missing."""
    parts: list[str] = []
    short = [room for room in filled.rooms if room.needed > room.usable or room.prefixes_needed > room.prefixes_room]
    for room in sorted(short, key=lambda one: one.left)[:2]:
        lacking = max(room.needed - room.usable, 16 * (room.prefixes_needed - room.prefixes_room))
        length = 32 - max(lacking + 5 - 1, 15).bit_length()
        parts.append(
            f"{room.zone} lacks {lacking:,} addresses in {', '.join(room.subnets)}: add a subnet of /{length} or larger there"
        )
    fewer = [f"{name} to {fit}" for name, fit, wanted in filled.fit_by_crowd if fit < wanted]
    if fewer:
        parts.append(f"or keep the nodes of {', '.join(fewer)} or less")
    if any(crowd.singles > crowd.pods + 3 for crowd in world.crowds):
        parts.append("or keep fewer warm addresses (`eksplan compare` shows what each mode takes)")
    return "; ".join(parts)
