"""Addresses that node groups need in each of their subnets, read from a design alone."""

from __future__ import annotations

import json

from planner.capacity.addresses import WarmTargets, footprint
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


def node_addresses(design: Design, context: ReviewContext) -> dict[str, int | Unknown]:
    """Addresses needed in each node subnet with every group at maxSize, spread evenly."""
    if isinstance(design.node_groups, Unknown):
        return {}
    settings = cni_settings(design)
    needed: dict[str, int | Unknown] = {}
    for group in design.node_groups:
        each = settings if isinstance(settings, Unknown) else _per_node(group, settings, context)
        share = -(-group.max_size // max(len(group.subnets), 1))
        for name in group.subnets:
            before = needed.get(name, 0)
            if isinstance(before, Unknown):
                continue
            needed[name] = each if isinstance(each, Unknown) else before + share * each
    return needed


def _per_node(group: NodeGroup, settings: tuple[PodNetwork, WarmTargets], context: ReviewContext) -> int | Unknown:
    """Most addresses that one node of a group takes in its own subnet."""
    network, warm = settings
    facts = context.facts
    if not group.instance_types:
        return Unknown("ec2:DescribeLaunchTemplateVersions", "the group's instance types are not known")
    most = 0
    for name in group.instance_types:
        if name not in context.instance_types:
            return Unknown("ec2:DescribeInstanceTypes", f"{name} is not in the catalog")
        instance = context.instance_types[name]
        try:
            pods = group.max_pods or max_pods(instance, network, facts).pods
        except ImpossibleNetworkError:
            continue
        carried = max((group.pods_per_node or pods) - facts.number("pods.host_network"), 0)
        most = max(most, footprint(instance, carried, pods, network, warm, facts).node_subnet)
    return most
