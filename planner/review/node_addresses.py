"""Addresses that node groups need in each of their subnets, read from a design alone."""

from __future__ import annotations

import json

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


def node_addresses(design: Design, context: ReviewContext) -> dict[str, int | Unknown] | Unknown:
    """Addresses needed in each node subnet (and pod subnet) for the nodes still to come.

    In a plan that is every group at maxSize, spread evenly; in a running design the nodes beyond
    the desired size.
    """
    if isinstance(design.node_groups, Unknown):
        return design.node_groups
    settings = cni_settings(design)
    pods_of_zone = _pod_subnets_by_zone(design)
    needed: dict[str, int | Unknown] = {}
    for group in design.node_groups:
        each = settings if isinstance(settings, Unknown) else _per_node(group, settings, context)
        coming = group.max_size if design.planned else max(group.max_size - group.desired_size, 0)
        share = -(-coming // max(len(group.subnets), 1))
        for name in group.subnets:
            if isinstance(each, Unknown):
                needed[name] = each
                continue
            _add(needed, name, share * each.node_subnet)
            home = design.subnet(name)
            pods = pods_of_zone.get(home.zone) if home else None
            if pods is not None:
                _add(needed, pods, share * each.pod_subnet)
    return needed


def _add(needed: dict[str, int | Unknown], name: str, addresses: int) -> None:
    before = needed.get(name, 0)
    if not isinstance(before, Unknown):
        needed[name] = before + addresses


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
