"""Addresses that node groups need in each of their subnets, read from a design alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from planner.capacity.addresses import Footprint
from planner.capacity.observed import cni_settings, node_footprint
from planner.design import Design, NodeGroup, Unknown
from planner.review.rule import ReviewContext


@dataclass(frozen=True, slots=True)
class Need:
    """Addresses needed together in some subnets of one zone."""

    subnets: tuple[str, ...]
    addresses: int | Unknown
    least: int
    """One for each node: what they take whatever the CNI keeps warm."""


def nodes_to_come(design: Design, group: NodeGroup) -> int:
    """Nodes that a group may still get: all up to maxSize in a plan, those beyond the desired size where it runs."""
    return group.max_size if design.planned else max(group.max_size - group.desired_size, 0)


def node_addresses(
    design: Design,
    context: ReviewContext,
    coming: Callable[[Design, NodeGroup], int] = nodes_to_come,
    *,
    prefixes: bool = False,
) -> tuple[Need, ...] | Unknown:
    """Addresses needed in node subnets (and pod subnets) for the nodes that are ``coming``, spread evenly
    over the zones of their group; of ``prefixes`` only the /28 blocks among them, and as blocks.

    Where a group has several subnets in a zone, what counts is all of them together: AWS does not say
    how nodes divide between them.
    """
    if isinstance(design.node_groups, Unknown):
        return design.node_groups
    settings = cni_settings(design)
    pods_of_zone = _pod_subnets_by_zone(design)
    needed: dict[frozenset[str], int | Unknown] = {}
    least: dict[frozenset[str], int] = {}
    for group in design.node_groups:
        each = (
            settings
            if isinstance(settings, Unknown)
            else node_footprint(group, design.types_of(group), settings, context.instance_types, context.facts)
        )
        by_zone = zones_of(design, group)
        share = -(-coming(design, group) // max(len(by_zone), 1))
        for zone, names in by_zone.items():
            least[names] = least.get(names, 0) + share
            _add(needed, names, each if isinstance(each, Unknown) else share * _taken(each, prefixes=prefixes)[0])
            pods = pods_of_zone.get(zone) if isinstance(zone, str) else None
            if pods is not None and not isinstance(each, Unknown):
                _add(needed, frozenset({pods}), share * _taken(each, prefixes=prefixes)[1])
    for together in _overlapping(needed):
        inside = [amount for names, amount in needed.items() if names <= together]
        unknown = next((one for one in inside if isinstance(one, Unknown)), None)
        least[together] = sum(amount for names, amount in least.items() if names <= together)
        needed[together] = unknown or sum(one for one in inside if not isinstance(one, Unknown))
    return tuple(Need(tuple(sorted(names)), amount, least.get(names, 0)) for names, amount in needed.items())


def _taken(each: Footprint, *, prefixes: bool) -> tuple[int, int]:
    """What a node takes in its own subnet and in the pod subnet."""
    if not prefixes:
        return each.node_subnet, each.pod_subnet
    return (0, each.prefixes) if each.pod_subnet else (each.prefixes, 0)


def zones_of(design: Design, group: NodeGroup) -> dict[str | Unknown, frozenset[str]]:
    """A group's subnets by zone."""
    found: dict[str | Unknown, frozenset[str]] = {}
    for name in group.subnets:
        subnet = design.subnet(name)
        zone = subnet.zone if subnet else name
        found[zone] = found.get(zone, frozenset()) | {name}
    return found


def _overlapping(needed: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Unions of sets that share subnets without being the same."""
    unions: list[frozenset[str]] = []
    for names in needed:
        touching = [one for one in unions if one & names]
        unions = [one for one in unions if not one & names]
        unions.append(frozenset().union(names, *touching))
    return [one for one in unions if one not in set(needed)]


def _add(needed: dict[frozenset[str], int | Unknown], names: frozenset[str], addresses: int | Unknown) -> None:
    before = needed.get(names, 0)
    if isinstance(before, Unknown) or isinstance(addresses, Unknown):
        needed[names] = before if isinstance(before, Unknown) else addresses
    else:
        needed[names] = before + addresses


def _pod_subnets_by_zone(design: Design) -> dict[str, str]:
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    names = [one.subnet for one in addon.eni_configs] if addon else []
    return {subnet.zone: subnet.name for subnet in design.named_subnets(tuple(names))}
