"""Addresses that node groups need in each of their subnets, read from a design alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from planner.capacity.addresses import Footprint, WarmTargets, footprint
from planner.capacity.max_pods import ImpossibleNetworkError, PodNetwork, max_pods
from planner.design import Design, NodeGroup, Unknown
from planner.review.rule import ReviewContext


def cni_settings(design: Design) -> tuple[PodNetwork, WarmTargets] | Unknown:
    """The VPC CNI's settings from its add-on's configuration."""
    cluster = design.cluster
    if cluster is None:
        return Unknown("eks:DescribeCluster", "no cluster")
    if isinstance(cluster.addons, Unknown):
        return cluster.addons
    addon = cluster.addon("vpc-cni")
    if addon is None:
        return Unknown(
            "eks:DescribeAddon", "the VPC CNI is not an EKS add-on here; its settings are inside the cluster"
        )
    environment = json.loads(addon.configuration).get("env", {})

    def number(key: str) -> int | None:
        return int(environment[key]) if str(environment.get(key, "")).isdecimal() else None

    ipv6 = cluster.ip_family == "ipv6"
    network = PodNetwork(
        prefix=ipv6 or environment.get("ENABLE_PREFIX_DELEGATION") == "true",
        custom_networking=environment.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") == "true",
        security_groups_for_pods=environment.get("ENABLE_POD_ENI") == "true",
        ipv6=ipv6,
        max_eni=number("MAX_ENI"),
    )
    warm = WarmTargets(
        number("WARM_ENI_TARGET"), number("WARM_IP_TARGET"), number("MINIMUM_IP_TARGET"), number("WARM_PREFIX_TARGET")
    )
    return network, warm


@dataclass(frozen=True, slots=True)
class Need:
    """Addresses needed together in some subnets of one zone."""

    subnets: tuple[str, ...]
    addresses: int | Unknown


def node_addresses(design: Design, context: ReviewContext) -> tuple[Need, ...] | Unknown:
    """Addresses needed in node subnets (and pod subnets) for the nodes still to come.

    In a plan that is every group at maxSize, spread evenly over its zones; in a running design the
    nodes beyond the desired size. Where a group has several subnets in a zone, what counts is all
    of them together: AWS does not say how nodes divide between them.
    """
    if isinstance(design.node_groups, Unknown):
        return design.node_groups
    settings = cni_settings(design)
    pods_of_zone = _pod_subnets_by_zone(design)
    needed: dict[frozenset[str], int | Unknown] = {}
    for group in design.node_groups:
        each = settings if isinstance(settings, Unknown) else _per_node(group, settings, context)
        coming = group.max_size if design.planned else max(group.max_size - group.desired_size, 0)
        by_zone = _by_zone(design, group)
        share = -(-coming // max(len(by_zone), 1))
        for zone, names in by_zone.items():
            _add(needed, names, each if isinstance(each, Unknown) else share * each.node_subnet)
            pods = pods_of_zone.get(zone) if isinstance(zone, str) else None
            if pods is not None and not isinstance(each, Unknown):
                _add(needed, frozenset({pods}), share * each.pod_subnet)
    for together in _overlapping(needed):
        inside = [amount for names, amount in needed.items() if names <= together]
        unknown = next((one for one in inside if isinstance(one, Unknown)), None)
        needed[together] = unknown or sum(one for one in inside if not isinstance(one, Unknown))
    return tuple(Need(tuple(sorted(names)), amount) for names, amount in needed.items())


def _by_zone(design: Design, group: NodeGroup) -> dict[str | Unknown, frozenset[str]]:
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


def _per_node(
    group: NodeGroup, settings: tuple[PodNetwork, WarmTargets], context: ReviewContext
) -> Footprint | Unknown:
    """The largest footprint of one node of a group."""
    network, warm = settings
    facts = context.facts
    largest: Footprint | None = None
    for name in group.instance_types:
        if name not in context.instance_types:
            return Unknown("ec2:DescribeInstanceTypes", f"{name} is not in the catalog")
        instance = context.instance_types[name]
        try:
            pods = group.max_pods or max_pods(instance, network, facts).pods
        except ImpossibleNetworkError as error:
            return Unknown("ec2:DescribeInstanceTypes", str(error))
        carried = max((group.pods_per_node or pods) - facts.number("pods.host_network"), 0)
        found = footprint(instance, carried, pods, network, warm, facts)
        if largest is None or found.node_subnet + found.pod_subnet > largest.node_subnet + largest.pod_subnet:
            largest = found
    return largest or Unknown("ec2:DescribeLaunchTemplateVersions", "the group's instance types are not known")
