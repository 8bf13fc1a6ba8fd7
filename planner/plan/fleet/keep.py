"""Subnets that an earlier plan gave: kept while they do, with further ones where nodes became more.

AWS can neither move nor resize a subnet or a VPC block, so that what is there stays, and a cluster
that no longer fits is a problem to decide about.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind
from planner.network.cidr import usable
from planner.network.demand import DemandItem, SubnetDemand, Tier
from planner.network.layout import Placed, Space, needed_length, place_split, requests, sizes_text
from planner.plan.fleet.layouts import Relative, RelativeSubnet
from planner.plan.fleet.model import FleetCluster
from planner.plan.fleet.shapes import Shape


@dataclass(frozen=True, slots=True)
class Grown:
    """A cluster needs more than the blocks that it has."""

    needed: str
    have: str


def relative(previous: FleetCluster, blocks: Sequence[IPv4Network]) -> tuple[RelativeSubnet, ...]:
    """The subnets of an earlier plan, relative to those of the cluster's blocks that they lie in."""
    found: list[RelativeSubnet] = []
    for one in previous.subnets:
        start = int(one.cidr.network_address)
        for number, block in enumerate(blocks):
            low = int(block.network_address)
            if low <= start <= int(block.broadcast_address):
                suffix = one.name.removeprefix(previous.name)
                found.append(RelativeSubnet(suffix, one.tier, one.zone, number, start - low, one.cidr.prefixlen))
    return tuple(found)


def settle(
    shape: Shape, before: tuple[RelativeSubnet, ...], blocks: tuple[IPv4Network, ...], custom: int, facts: Facts
) -> Relative | Grown:
    """The kept subnets that the shape still needs, and new ones for what they cannot hold.

    ``custom`` is the number of the first block for pods.
    """
    starts = [int(block.network_address) for block in blocks]
    kept: list[RelativeSubnet] = []
    lacking: list[SubnetDemand] = []
    for demand in shape.demands:
        mine = [one for one in before if one.tier == demand.tier.value and one.zone == demand.zone]
        kept += mine
        rest = _rest(demand, mine, facts)
        if isinstance(rest, Grown):
            return rest
        lacking += [rest] if rest else []
    taken = [IPv4Network((starts[one.block] + one.offset, one.length)) for one in kept]
    for pods in (False, True):
        wanted = requests([one for one in lacking if (one.tier is Tier.POD) is pods], facts)
        mine_blocks = blocks[custom:] if pods else blocks[:custom]
        if not wanted:
            continue
        space = Space(mine_blocks, tuple(taken))
        placed, missing = place_split(wanted, space, facts)
        if missing:
            free = space.free()
            largest = f"/{free.largest}" if free.largest is not None else "none"
            return Grown(
                f"{sum(one.size for one in missing):,} addresses more ({sizes_text(missing)})",
                f"{free.addresses:,} free in {', '.join(map(str, mine_blocks)) or 'no block'}, largest free block {largest}",
            )
        kept += _new(placed, kept, blocks)
    room = sum((1 << (32 - one.length)) - facts.number("subnet.reserved") for one in kept)
    return Relative(tuple(sorted(kept, key=lambda one: one.suffix)), room)


def _rest(demand: SubnetDemand, mine: Sequence[RelativeSubnet], facts: Facts) -> SubnetDemand | Grown | None:
    """What the kept subnets of a tier in a zone cannot hold; None if nothing is left."""
    if not mine:
        return demand
    if any(one.length <= needed_length(demand, facts) for one in mine):
        return None
    room = sum(usable(IPv4Network((0, one.length)), facts) for one in mine)
    if demand.tier is Tier.NODE and not demand.prefixes:
        if room >= demand.addresses:
            return None
        rest = DemandItem("rest", demand.addresses - room, "what the kept subnets cannot hold", "")
        return SubnetDemand(demand.tier, demand.zone, (rest,), 0, demand.longest)
    # pods, load balancers and prefixes need their subnet in one piece
    prefixes = f" with {demand.prefixes:,} prefixes of /28" if demand.prefixes else ""
    sizes = ", ".join(f"/{one.length}" for one in mine)
    return Grown(
        f"{demand.addresses:,} addresses{prefixes} in the {demand.tier.value} subnet of {demand.zone}: /{needed_length(demand, facts)}",
        f"{room:,} usable ({sizes})",
    )


def _new(placed: Placed, kept: Sequence[RelativeSubnet], blocks: Sequence[IPv4Network]) -> list[RelativeSubnet]:
    """Names and places of new subnets; numbers go on where a zone has some already."""
    found: list[RelativeSubnet] = []
    for request, cidr in sorted(placed.items(), key=lambda pair: (pair[0].tier, pair[0].zone, pair[1])):
        plain = f"-{request.tier.value}-{request.zone}"
        names = {one.suffix for one in (*kept, *found)}
        number = 1
        suffix = plain
        while suffix in names:
            number += 1
            suffix = f"{plain}-{number}"
        block = next(number for number, one in enumerate(blocks) if cidr.subnet_of(one))
        offset = int(cidr.network_address) - int(blocks[block].network_address)
        found.append(RelativeSubnet(suffix, request.tier.value, request.zone, block, offset, cidr.prefixlen))
    return found


def grown(name: str, why: Grown) -> Diagnostic:
    """What to say of a cluster that needs more than it has."""
    return Diagnostic(
        Kind.INFEASIBLE,
        "fleet-grown",
        f"{name} needs more addresses than its blocks have",
        value=f"{why.needed} needed",
        limit=why.have,
        fix=f"make it smaller; or let `--move {name}` choose new blocks, which means a new VPC; or divide it in two clusters",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
        note="N29",
    )
