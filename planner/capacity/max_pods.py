"""How many pods a node takes: the number to give kubelet, and what binds it.

Formulas and sources (E interfaces of the default network card, I IPv4 addresses on each):

* secondary addresses: ``E × (I − 1) + 2`` -
  https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/scripts/gen_vpc_ip_limits.go
* prefixes of 16 addresses: ``E × (I − 1) × 16 + 2``, Nitro only -
  https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
* custom networking and the trunk of security groups for pods take one interface each -
  https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html
* recommended cap: 110 up to 30 vCPU, 250 above -
  https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from planner.capacity.trunk import trunk_capable
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType
from planner.catalog.versions import older


class Limiter(StrEnum):
    """What keeps the number of pods from being higher."""

    ADDRESSES = "addresses"  # interfaces × addresses on each
    CAP = "recommended cap"  # 110 or 250
    WINDOWS = "Windows"  # 110 per node, one interface
    NO_INTERFACE = "no interface left"
    MAX_ENI = "MAX_ENI"  # fewer interfaces than the type has


@dataclass(frozen=True, slots=True)
class PodNetwork:
    """How pods on a node get their addresses."""

    prefix: bool = False
    custom_networking: bool = False
    security_groups_for_pods: bool = False
    ipv6: bool = False
    max_eni: int | None = None
    """MAX_ENI: lowers the number of interfaces that the CNI uses; never raises it."""
    host_network_pods: int = 0
    """Pods on the node's own network beyond aws-node and kube-proxy."""
    cni_version: str | None = None
    """Version of the VPC CNI; None for one that knows every mode."""

    def delegates(self, instance: InstanceType, facts: Facts) -> bool:
        """Whether the CNI delegates prefixes on this type: asked for, Nitro (or bare metal), and
        a version that can (1.9.0). Otherwise it falls back to single addresses.

        Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
        """
        return self.prefix and instance.nitro and not older(self.cni_version, str(facts["cni.prefix_version"].value))


@dataclass(frozen=True, slots=True)
class MaxPods:
    """The answer for one type: pods per node, before and after the cap, and what binds it."""

    instance_type: str
    pods: int
    uncapped: int
    limiter: Limiter
    interfaces: int
    """Interfaces that carry pod addresses."""
    addresses: int
    """Pod addresses that the node can hold; 0 where one /80 makes them unlimited (IPv6)."""
    formula: str
    worked: str
    explanation: str


class ImpossibleNetworkError(ValueError):
    """A combination of settings that cannot work on an instance type; the message says why."""


def recommended_cap(vcpu: int, facts: Facts) -> int:
    """110 pods up to 30 vCPU, 250 above. Source: choosing-instance-type.html."""
    small = vcpu <= facts.number("pods.cap_vcpu")
    return facts.number("pods.cap_small" if small else "pods.cap_large")


def max_pods(
    instance: InstanceType, network: PodNetwork, facts: Facts, *, windows: bool = False, capped: bool = True
) -> MaxPods:
    """Pods per node for a type and a pod network.

    ``capped`` applies the recommended cap, as managed node groups and AWS's max-pods-calculator
    do. Raises ImpossibleNetworkError for IPv6 on a type without Nitro, IPv6 with custom networking, or
    security groups for pods on a type without trunk.
    """
    check(instance, network, facts, windows=windows)
    if windows:
        return _windows(instance, network, facts)
    interfaces, taken = _pod_interfaces(instance, network)
    host = facts.number("pods.host_network") + network.host_network_pods
    cap = recommended_cap(instance.vcpu, facts)
    each = max(instance.ipv4_per_interface - 1, 0)
    prefix = network.delegates(instance, facts)
    if network.ipv6:
        return MaxPods(
            instance_type=instance.name,
            pods=cap,
            uncapped=cap,
            limiter=Limiter.CAP,
            interfaces=interfaces,
            addresses=0,
            formula="recommended cap (an IPv6 /80 prefix holds more addresses than a node can use)",
            worked=f"{instance.vcpu} vCPU → {cap}",
            explanation="IPv6: addresses never bind",
        )
    per_slot = facts.number("pods.prefix_addresses") if prefix else 1
    addresses = interfaces * each * per_slot
    uncapped = addresses + host
    factor = f" × {per_slot}" if prefix else ""
    if interfaces == 0:
        limiter = Limiter.NO_INTERFACE
    elif capped and uncapped > cap:
        limiter = Limiter.CAP
    elif network.max_eni is not None and network.max_eni < instance.interfaces:
        limiter = Limiter.MAX_ENI
    else:
        limiter = Limiter.ADDRESSES
    pods = min(uncapped, cap) if capped else uncapped
    worked = f"{interfaces} × ({instance.ipv4_per_interface} − 1){factor} + {host} = {uncapped}"
    if limiter is Limiter.CAP:
        worked += f", capped to {cap}"
    return MaxPods(
        instance_type=instance.name,
        pods=pods,
        uncapped=uncapped,
        limiter=limiter,
        interfaces=interfaces,
        addresses=addresses,
        formula=f"interfaces × (addresses on each − 1){factor} + pods on the node's own network",
        worked=worked,
        explanation=_explanation(instance, network, facts, interfaces, taken),
    )


def check(instance: InstanceType, network: PodNetwork, facts: Facts, *, windows: bool = False) -> None:
    """Raises ImpossibleNetworkError where the CNI or EC2 cannot do what is asked on this type.

    Prefix mode on Xen is not among them: the CNI warns and falls back (``refused`` says so).
    Source for Windows: https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
    """
    for asked, what in (
        (network.ipv6, "IPv6 pods"),
        (network.custom_networking, "custom networking"),
        (network.security_groups_for_pods, "security groups for pods"),
    ):
        if windows and asked:
            raise ImpossibleNetworkError(f"Windows nodes have no {what}; use Linux nodes, or turn it off")
    if network.ipv6 and not instance.nitro:
        raise ImpossibleNetworkError(f"{instance.name} is not a Nitro type: no IPv6 pods (N27); use a Nitro type")
    if network.ipv6 and network.custom_networking:
        raise ImpossibleNetworkError("custom networking exists for IPv4 only (N27); turn one of the two off")
    for asked, key, what in (
        (network.ipv6, "cni.ipv6_version", "IPv6"),
        (network.security_groups_for_pods, "cni.security_groups_for_pods_version", "security groups for pods"),
    ):
        floor = str(facts[key].value)
        if asked and older(network.cni_version, floor):
            raise ImpossibleNetworkError(f"VPC CNI {network.cni_version} has no {what} (N27); use {floor} or newer")
    if network.security_groups_for_pods and not trunk_capable(instance):
        raise ImpossibleNetworkError(
            f"{instance.name} has no trunk interface: no security groups for pods (N27); use a Nitro type outside the t family"
        )


def refused(instance: InstanceType, network: PodNetwork, facts: Facts, *, windows: bool = False) -> str | None:
    """Why a mode that somebody asked for by name is none for this type, or None.

    Beyond what cannot be at all (``check``) that is prefix mode on Xen, which would silently give
    something else than what was asked for.
    """
    try:
        answer = max_pods(instance, network, facts, windows=windows)
    except ImpossibleNetworkError as error:
        return str(error)
    if network.prefix and not network.ipv6 and not instance.nitro:
        return (
            f"{instance.name} runs on Xen: no prefix delegation (N27). The CNI would fall back to single addresses, "
            f"{answer.pods} pods; use a Nitro type, or mode secondary-ip"
        )
    return None


def _pod_interfaces(instance: InstanceType, network: PodNetwork) -> tuple[int, list[str]]:
    """Interfaces that carry pods, and what took the others."""
    interfaces = instance.interfaces
    taken: list[str] = []
    if network.max_eni is not None and network.max_eni < interfaces:
        taken.append(f"MAX_ENI lowers {interfaces} interfaces to {network.max_eni}")
        interfaces = network.max_eni
    if network.custom_networking:
        taken.append("custom networking keeps pods off the first interface")
        interfaces -= 1
    if network.security_groups_for_pods:
        taken.append("the trunk for security groups for pods takes one interface")
        interfaces -= 1
    return max(interfaces, 0), taken


def _explanation(instance: InstanceType, network: PodNetwork, facts: Facts, interfaces: int, taken: list[str]) -> str:
    parts = list(taken)
    if network.prefix and not instance.nitro:
        parts.append(f"{instance.name} runs on Xen: the CNI falls back to single addresses")
    elif network.prefix and not network.delegates(instance, facts):
        floor = facts["cni.prefix_version"].value
        parts.append(f"VPC CNI {network.cni_version} delegates no prefixes ({floor} is the first): single addresses")
    if instance.network_cards > 1:
        parts.append(f"only the default of {instance.network_cards} network cards carries pods")
    if instance.bare_metal and network.delegates(instance, facts):
        parts.append("bare metal: EC2 names no hypervisor, prefixes work all the same")
    if interfaces == 0:
        parts.append("no interface is left for pods: only pods on the node's own network run")
    return "; ".join(parts)


def _windows(instance: InstanceType, network: PodNetwork, facts: Facts) -> MaxPods:
    """Windows: one interface. Its addresses are the real limit, kubelet's own number is 110.

    Source: amazon-vpc-resource-controller-k8s pkg/provider/ip and pkg/provider/prefix.
    """
    each = max(instance.ipv4_per_interface - 1, 0)
    per_slot = facts.number("pods.prefix_addresses") if network.delegates(instance, facts) else 1
    addresses = each * per_slot
    cap = facts.number("pods.windows")
    pods = min(addresses, cap)
    return MaxPods(
        instance_type=instance.name,
        pods=pods,
        uncapped=addresses,
        limiter=Limiter.WINDOWS if addresses > cap else Limiter.ADDRESSES,
        interfaces=1,
        addresses=addresses,
        formula="addresses of one interface − 1" + (f", × {per_slot}" if per_slot > 1 else ""),
        worked=f"({instance.ipv4_per_interface} − 1){f' × {per_slot}' if per_slot > 1 else ''} = {addresses}, at most {cap}",
        explanation="Windows uses the first interface only; kubelet is told 110, the resource vpc.amazonaws.com/PrivateIPv4Address binds",
    )


def smallest(answers: Iterable[MaxPods]) -> MaxPods:
    """The answer that rules a mixed group: managed node groups give every node the smallest.

    Raises ValueError for no answers. Source: create-managed-node-group.html.
    """
    return min(answers, key=lambda one: (one.pods, one.instance_type))
