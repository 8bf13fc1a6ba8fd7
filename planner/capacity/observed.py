"""What nodes of a design take, read from the design alone: its CNI add-on, its groups, its types."""

from __future__ import annotations

import json

from planner.capacity.addresses import Footprint, WarmTargets, footprint, largest
from planner.capacity.max_pods import ImpossibleNetworkError, PodNetwork, max_pods
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceTypes
from planner.design import Design, NodeGroup, Unknown


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


def node_footprint(
    group: NodeGroup,
    names: tuple[str, ...],
    settings: tuple[PodNetwork, WarmTargets],
    types: InstanceTypes,
    facts: Facts,
) -> Footprint | Unknown:
    """What one node of a group takes at most, of whichever of its types (``names``) it is."""
    network, warm = settings
    prints: list[Footprint] = []
    for name in names:
        if name not in types:
            return Unknown("ec2:DescribeInstanceTypes", f"{name} is not in the catalog")
        instance = types[name]
        try:
            pods = group.max_pods or max_pods(instance, network, facts).pods
        except ImpossibleNetworkError as error:
            return Unknown("ec2:DescribeInstanceTypes", str(error))
        carried = max((group.pods_per_node or pods) - facts.number("pods.host_network"), 0)
        prints.append(footprint(instance, carried, pods, network, warm, facts, scattered=True))
    return (
        largest(prints)
        if prints
        else Unknown("ec2:DescribeLaunchTemplateVersions", "the group's instance types are not known")
    )
