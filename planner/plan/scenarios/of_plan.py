"""The world of a plan."""

from __future__ import annotations

from planner.network.demand import SubnetDemand, Tier
from planner.network.spread import NodeSpread
from planner.plan.model import Plan
from planner.plan.scenarios.world import Crowd, Place, Room, World


def world_of_plan(plan: Plan) -> World:
    """Rooms and crowds of a plan: nothing runs yet, and what is not a node has its addresses kept."""
    rooms = tuple(_room(plan, demand) for demand in plan.demands)
    zones = tuple(dict.fromkeys(demand.zone for demand in plan.demands))
    where = {(tier, demand.zone): _key(demand) for demand in plan.demands for tier in (demand.tier, *demand.serves)}
    tolerated = plan.spec["spec"].get("tolerateZoneLoss")
    spec = plan.spec["spec"]
    updates = {group["name"]: group["update"] for group in spec.get("nodeGroups", ())}
    updates |= {pool["name"]: pool for pool in spec.get("nodePools", ())}
    return World(
        name=plan.name,
        zones=tuple(sorted(zones)),
        rooms=rooms,
        crowds=tuple(_crowd(one, where, updates.get(one.origin or one.name, {})) for one in plan.spreads),
        tolerated=1 if tolerated is None else tolerated,
        growth_percent=plan.spec["spec"].get("growthPercent", 0),
        version=plan.design.cluster.version or "" if plan.design.cluster else "",
        prefix_mode=any(one.footprint.prefixes for one in plan.spreads),
        subject="plan",
    )


def _key(demand: SubnetDemand) -> str:
    return f"{demand.tier}.{demand.zone}"


def _room(plan: Plan, demand: SubnetDemand) -> Room:
    row = next(one for one in plan.capacity if (one.tier, one.zone) == (demand.tier, demand.zone))
    places = []
    for name in row.subnets:
        subnet = plan.design.subnet(name)
        if subnet is None:
            continue
        told = subnet.free_addresses if subnet.existing else None
        used = subnet.cidr.num_addresses - 5 - told if isinstance(told, int) else 0
        places.append(Place(name, subnet.cidr, subnet.reserved_blocks, used))
    others = [item for item in demand.items if not item.owner]
    prefixes = sum(item.prefixes for item in others)
    taken = sum(item.addresses for item in others) - 16 * prefixes
    return Room(_key(demand), demand.zone, tuple(places), taken, prefixes)


def _crowd(one: NodeSpread, where: dict[tuple[Tier, str], str], update: dict[str, object]) -> Crowd:
    foot = one.footprint
    apart = bool(foot.pod_subnet)
    tier = Tier.PUBLIC if one.subnets == "public" else Tier.NODE
    fixed, percent = _surge(one, update)
    return Crowd(
        name=one.name,
        kind=one.kind,
        zones=one.zones,
        node_rooms=tuple(where[tier, zone] for zone in one.zones),
        pod_rooms=tuple(where[Tier.POD, zone] for zone in one.zones) if apart else (),
        node_singles=1 if apart else foot.node_subnet - 16 * foot.prefixes + one.addresses.branches,
        node_prefixes=0 if apart else foot.prefixes,
        pod_singles=foot.pod_subnet - 16 * foot.prefixes + one.addresses.branches if apart else 0,
        pod_prefixes=foot.prefixes if apart else 0,
        pods=one.addresses.pods,
        desired=one.desired,
        most=one.most,
        surge_fixed=fixed,
        surge_percent=percent,
        surge_cap=100 if one.kind == "managed" else None,
    )


def _surge(one: NodeSpread, update: dict[str, object]) -> tuple[int, int]:
    """(nodes, percent) that an update adds: of a managed group two in each zone or more, of a pool
    its disruption budget."""
    if one.kind == "managed":
        percent = update.get("maxUnavailablePercentage")
        if not one.surge or not isinstance(percent, int):
            return one.surge, 0
        return 2 * len(one.zones), percent
    budget = update.get("disruptionBudget", "0%")
    return (0, int(budget[:-1])) if isinstance(budget, str) else (int(str(budget)), 0)
