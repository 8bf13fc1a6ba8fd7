"""Demands of tiers that live in the same subnets are one demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.network.demand import SubnetDemand, Tier
from planner.spec.network import ExistingSubnet

_ORDER = (Tier.NODE, Tier.POD, Tier.PUBLIC, Tier.CLUSTER)
Existing = Mapping[tuple[Tier, str], Sequence[ExistingSubnet]]


def share(demands: Sequence[SubnetDemand], existing: Existing, *, cluster_in_node: bool) -> tuple[SubnetDemand, ...]:
    """The demands, with those merged whose tiers have a subnet in common.

    That is the case for existing subnets with several uses, and for ``clusterSubnets: shared``, which puts
    EKS's interfaces into node subnets where no existing subnet is given for them.
    """
    by_zone: dict[str, list[SubnetDemand]] = {}
    for one in demands:
        by_zone.setdefault(one.zone, []).append(one)
    merged: list[SubnetDemand] = []
    for zone, mine in by_zone.items():
        mine.sort(key=lambda one: _ORDER.index(one.tier))
        groups: list[list[SubnetDemand]] = []
        for one in mine:
            found = next(
                (group for group in groups if _together(one, group, existing, zone, cluster_in_node=cluster_in_node)),
                None,
            )
            if found is None:
                groups.append([one])
            else:
                found.append(one)
        merged += [_merge(group) for group in groups]
    return tuple(sorted(merged, key=lambda one: (one.tier, one.zone)))


def _together(
    one: SubnetDemand, group: Sequence[SubnetDemand], existing: Existing, zone: str, *, cluster_in_node: bool
) -> bool:
    ids = {subnet.id for subnet in existing.get((one.tier, zone), ())}
    if any(subnet.id in ids for other in group for subnet in existing.get((other.tier, zone), ())):
        return True
    shared = cluster_in_node and one.tier is Tier.CLUSTER and (Tier.CLUSTER, zone) not in existing
    return shared and group[0].tier is Tier.NODE


def _merge(group: Sequence[SubnetDemand]) -> SubnetDemand:
    first = group[0]
    if len(group) == 1:
        return first
    return replace(
        first,
        items=tuple(item for one in group for item in one.items),
        longest=min(one.longest for one in group),
        batch=max(one.batch for one in group),
        serves=tuple(one.tier for one in group[1:]),
    )
