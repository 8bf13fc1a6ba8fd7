"""From zero to the size of a subnet, bar by bar; every bar is a decision that ``why`` explains."""

from __future__ import annotations

from dataclasses import dataclass

from planner.network.demand import SubnetDemand
from planner.network.subnet_record import item_ids
from planner.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: it begins where the one before ends. ``kind``: taken, spare, reserved, left or size."""

    label: str
    start: int
    addresses: int
    kind: str
    decision: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps of the subnets of one tier in one zone."""

    key: str
    """Tier and zone, such as node.use1-az1."""
    subnets: tuple[str, ...]
    cidrs: tuple[str, ...]
    size: int
    steps: tuple[Step, ...]


def waterfalls(plan: Plan, only: str | None = None) -> tuple[Waterfall, ...]:
    """All waterfalls of a plan, or those whose key is ``only`` or begins with it."""
    return tuple(
        _waterfall(plan, demand)
        for demand in plan.demands
        if only is None or _key(demand) == only or _key(demand).startswith(f"{only}.") or demand.zone == only
    )


def _key(demand: SubnetDemand) -> str:
    return f"{demand.tier}.{demand.zone}"


def _waterfall(plan: Plan, demand: SubnetDemand) -> Waterfall:
    row = next(one for one in plan.capacity if (one.tier, one.zone) == (demand.tier, demand.zone))
    mine = [one for one in plan.design.subnets if one.name in row.subnets]
    size = sum(one.cidr.num_addresses for one in mine)
    whole = f"subnet.{_key(demand)}"
    steps: list[Step] = []
    height = 0
    for key, item in zip(item_ids(demand), demand.items, strict=True):
        steps.append(Step(item.name, height, item.addresses, "spare" if item.spare else "taken", key))
        height += item.addresses
    reserved = 5 * len(mine)
    others = size - reserved - row.usable
    if others > 0:
        steps.append(Step("used by others already", height, others, "reserved", whole))
        height += others
    steps.append(Step("reserved by AWS", height, reserved, "reserved", whole))
    height += reserved
    steps.append(Step("left over", height, max(size - height, 0), "left", whole))
    steps.append(Step(f"{', '.join(row.cidrs)}", 0, size, "size", whole))
    return Waterfall(_key(demand), row.subnets, row.cidrs, size, tuple(steps))
