"""Addresses that one node holds in its subnets: the VPC CNI's behaviour in closed form.

The forms follow ipamd's pool logic (amazon-vpc-cni-k8s v1.23.1, ``pkg/ipamd/ipamd.go``) for pods
that arrive one by one and fill interfaces densely. A node's footprint is a high-water mark, so it
is asked for at the peak number of pods.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.capacity.max_pods import PodNetwork
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType


@dataclass(frozen=True, slots=True)
class WarmTargets:
    """The CNI's warm settings; None means that the setting is not given."""

    eni: int | None = None
    ip: int | None = None
    minimum_ip: int | None = None
    prefix: int | None = None


@dataclass(frozen=True, slots=True)
class Footprint:
    """Addresses of one node at peak, by subnet, with the formula that gave them."""

    node_subnet: int
    pod_subnet: int
    """Addresses in the pod subnet with custom networking, else 0."""
    interfaces: int
    """Interfaces that carry pods."""
    prefixes: int
    """/28 prefixes held, else 0."""
    formula: str
    worked: str


def footprint(
    instance: InstanceType, pods: int, max_pods: int, network: PodNetwork, warm: WarmTargets, facts: Facts
) -> Footprint:
    """Addresses that a node takes while it runs ``pods`` pods with addresses of their own.

    ``pods`` does not count pods on the node's own network; ``max_pods`` is kubelet's number.
    """
    if network.ipv6:
        return Footprint(1, 0, 1, 0, "one IPv4 address for the node; pods use the IPv6 /80", "1")
    slots = max(instance.ipv4_per_interface - 1, 1)
    most = _interfaces(instance, network)
    if network.prefix and instance.nitro:
        return _with_prefixes(pods, max_pods, slots, most, network, warm, facts)
    if warm.ip:
        return _with_warm_addresses(pods, max_pods, slots, most, network, warm)
    return _with_warm_interfaces(pods, max_pods, slots, most, network, warm, facts)


def _interfaces(instance: InstanceType, network: PodNetwork) -> int:
    """Interfaces that the CNI may fill with pod addresses."""
    interfaces = instance.interfaces if network.max_eni is None else min(network.max_eni, instance.interfaces)
    return max(interfaces - network.custom_networking - network.security_groups_for_pods, 0)


def _split(pod_addresses: int, interfaces: int, network: PodNetwork, extra: int) -> tuple[int, int]:
    """(node subnet, pod subnet): primaries of pod interfaces lie where the pods are."""
    total = pod_addresses + interfaces
    if network.custom_networking:
        return 1 + extra, total
    return max(total, 1) + extra, 0


def _result(
    pod_addresses: int, interfaces: int, prefixes: int, network: PodNetwork, formula: str, worked: str
) -> Footprint:
    trunk = 1 if network.security_groups_for_pods else 0
    node, pod = _split(pod_addresses, interfaces, network, trunk)
    if trunk:
        formula, worked = f"{formula} + 1 for the trunk", f"{worked} + 1"
    return Footprint(node, pod, interfaces, prefixes, formula, worked)


def _with_warm_interfaces(
    pods: int, max_pods: int, slots: int, most: int, network: PodNetwork, warm: WarmTargets, facts: Facts
) -> Footprint:
    """WARM_ENI_TARGET: interfaces for the pods and the spare ones, all of them full."""
    spare = facts.number("cni.warm_eni_target") if warm.eni is None else warm.eni
    wanted = _ceil(pods, slots) + spare if spare else pods // slots + 1
    enough = max(1, _ceil(max_pods, slots))
    interfaces = min(max(1, wanted), most, enough)
    return _result(
        interfaces * slots,
        interfaces,
        0,
        network,
        "interfaces × (1 + slots), interfaces = min(⌈pods ÷ slots⌉ + WARM_ENI_TARGET, most, ⌈maxPods ÷ slots⌉)",
        f"{interfaces} × (1 + {slots}), interfaces = min(⌈{pods} ÷ {slots}⌉ + {spare}, {most}, ⌈{max_pods} ÷ {slots}⌉)",
    )


def _with_warm_addresses(
    pods: int, max_pods: int, slots: int, most: int, network: PodNetwork, warm: WarmTargets
) -> Footprint:
    """WARM_IP_TARGET: the pods' addresses and the spare ones, at least MINIMUM_IP_TARGET."""
    spare, least = warm.ip or 0, warm.minimum_ip or 0
    held = min(max(pods + spare, least), max(max_pods, least), most * slots)
    interfaces = max(1, _ceil(held, slots))
    return _result(
        held,
        interfaces,
        0,
        network,
        "held + ⌈held ÷ slots⌉, held = max(pods + WARM_IP_TARGET, MINIMUM_IP_TARGET), at most maxPods",
        f"{held} + ⌈{held} ÷ {slots}⌉, held = max({pods} + {spare}, {least}), at most {max_pods}",
    )


def _with_prefixes(
    pods: int, max_pods: int, slots: int, most: int, network: PodNetwork, warm: WarmTargets, facts: Facts
) -> Footprint:
    """Prefix delegation: /28 blocks of 16 addresses; a block takes one slot of an interface."""
    size = facts.number("pods.prefix_addresses")
    if warm.ip:
        least = warm.minimum_ip or 0
        prefixes = max(_ceil(pods + warm.ip, size), _ceil(least, size))
        how = f"max(⌈({pods} + {warm.ip}) ÷ {size}⌉, ⌈{least} ÷ {size}⌉)"
    else:
        spare = facts.number("cni.warm_prefix_target") if warm.prefix is None else warm.prefix
        prefixes = _ceil(pods, size) + spare if spare else pods // size + 1
        how = f"⌈{pods} ÷ {size}⌉ + {spare}"
    prefixes = min(max(prefixes, 1), max(1, _ceil(max_pods, size)), max(most * slots, 0))
    interfaces = max(1, _ceil(prefixes, slots))
    return _result(
        prefixes * size,
        interfaces,
        prefixes,
        network,
        f"{size} × prefixes + ⌈prefixes ÷ slots⌉, prefixes at most ⌈maxPods ÷ {size}⌉",
        f"{size} × {prefixes} + ⌈{prefixes} ÷ {slots}⌉, prefixes = {how}, at most ⌈{max_pods} ÷ {size}⌉",
    )


def _ceil(number: int, unit: int) -> int:
    return -(-number // unit)
