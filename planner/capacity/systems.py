"""What each system would say of one type: pods, reserves, allocatable, and why they differ.

No two of them ask the same question. Sources (read in code at the versions named): nodeadm
https://github.com/awslabs/amazon-eks-ami/blob/81fec2e/nodeadm/internal/kubelet/config.go, Karpenter
https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/providers/instancetype/types.go,
Bottlerocket https://github.com/bottlerocket-os/bottlerocket-core-kit/blob/develop/sources/api/pluto/src/main.rs,
managed node groups https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html,
Cluster Autoscaler cluster-autoscaler/cloudprovider/aws/aws_manager.go.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from planner.capacity.allocatable import NOTHING, Allocatable, SystemReserved, allocatable, reserved_memory_mib
from planner.capacity.max_pods import Limiter, PodNetwork, max_pods
from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType

OsFamily = Literal["al2023", "bottlerocket", "windows"]


class System(StrEnum):
    """Who decides, or believes to know, how many pods a node takes."""

    MANAGED = "managed node group"
    CALCULATOR = "max-pods-calculator.sh"
    NODEADM = "nodeadm (AL2023)"
    BOTTLEROCKET = "Bottlerocket"
    KARPENTER = "Karpenter"
    AUTO_MODE = "Auto Mode"
    AUTOSCALER = "Cluster Autoscaler from zero"


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """One system's number for a type and a pod network."""

    system: System
    pods: int | None
    """None where the system cannot run this type or operating system."""
    allocatable: Allocatable | None
    """None where nothing is published."""
    why: str
    """One sentence: why the number is what it is."""


@dataclass(frozen=True, slots=True)
class MemoryReserve:
    """Memory that a system keeps back on one type when kubelet is told the same maxPods."""

    system: str
    memory_mib: int
    worked: str


def network_pods(instance: InstanceType, facts: Facts) -> int:
    """The number that nodeadm, Bottlerocket and Karpenter start from: E × (I − 1) + 2, uncapped."""
    return max_pods(instance, PodNetwork(), facts, capped=False).pods


def systems(
    instance: InstanceType,
    network: PodNetwork,
    facts: Facts,
    *,
    disk_gib: int,
    family: OsFamily = "al2023",
    system: SystemReserved = NOTHING,
) -> tuple[SystemAnswer, ...]:
    """What each system says, in the order of ``System``; managed node groups with the operating
    system ``family``.

    ``disk_gib`` is the root volume in GiB and ``system`` what the spec reserves beside
    kubelet's own; Karpenter and the Cluster Autoscaler know of neither. Raises
    ImpossibleNetworkError where the combination cannot be.
    """
    if family == "windows":
        return _windows(instance, network, facts, disk_gib, system)
    managed = _managed(instance, network, facts)
    eni = network_pods(instance, facts)
    own = allocatable(instance, eni, facts, disk_gib=disk_gib, system=system)
    by_karpenter = allocatable(instance, eni, facts, disk_gib=facts.number("karpenter.disk_gib"))
    blind = _blind(network)
    return (
        SystemAnswer(
            System.MANAGED,
            managed[0],
            allocatable(
                instance,
                managed[0] if family == "bottlerocket" else eni,
                facts,
                disk_gib=disk_gib,
                system=system,
            ),
            managed[1],
        ),
        _calculated(instance, network, facts),
        SystemAnswer(
            System.NODEADM,
            eni,
            own,
            f"addresses of the default card without a cap{blind}; memory is kept back for {eni} pods whatever kubelet is told, unless maxPodsExpression says otherwise",
        ),
        SystemAnswer(
            System.BOTTLEROCKET,
            eni,
            own,
            f"looks the type up in a table of addresses without a cap{blind}; memory is kept back for the pods that it is told to take",
        ),
        SystemAnswer(System.KARPENTER, eni, by_karpenter, _karpenter_why(network, eni)),
        _auto_mode(instance, facts),
        _autoscaler(instance, facts),
    )


def calculator(instance: InstanceType, network: PodNetwork, facts: Facts, *, capped: bool = True) -> int:
    """What AWS's ``max-pods-calculator.sh`` prints (``--show-max-allowed`` when not ``capped``).

    It knows prefixes, custom networking, MAX_ENI and the CNI's version, and nothing of trunks or
    further hostNetwork pods. It takes for Nitro what names that hypervisor, and so gives bare metal
    no prefixes, though the CNI does. Source: https://github.com/awslabs/amazon-eks-ami/blob/v20260304/templates/al2/runtime/max-pods-calculator.sh
    """
    prefix = network.prefix and (network.ipv6 or instance.hypervisor == "nitro")
    seen = dataclasses.replace(network, prefix=prefix, security_groups_for_pods=False, host_network_pods=0)
    return max_pods(instance, seen, facts, capped=capped).pods


def _calculated(instance: InstanceType, network: PodNetwork, facts: Facts) -> SystemAnswer:
    if network.ipv6:
        return SystemAnswer(System.CALCULATOR, None, None, "it has no IPv6")
    uncapped = calculator(instance, network, facts, capped=False)
    why = f"AWS's script of AL2: {uncapped} with --show-max-allowed"
    if network.prefix and instance.bare_metal:
        why += "; it sees no hypervisor on bare metal and takes no prefixes there, though the CNI does"
    if network.security_groups_for_pods:
        why += "; it knows no trunk"
    return SystemAnswer(System.CALCULATOR, calculator(instance, network, facts), None, why)


def _managed(instance: InstanceType, network: PodNetwork, facts: Facts) -> tuple[int, str]:
    """(pods, why) of a managed node group without an AMI of its own: what the calculator prints."""
    seen = dataclasses.replace(network, security_groups_for_pods=False, host_network_pods=0)
    answer = max_pods(instance, seen, facts)
    why = "calculated by EKS from the CNI's settings when the group is made or updated"
    if answer.limiter is Limiter.CAP:
        why += f", and capped at {answer.pods}" + (
            f" (addresses would do for {answer.uncapped})" if answer.addresses else ""
        )
    if network.security_groups_for_pods:
        why += "; it does not know that the trunk takes an interface"
    if network.host_network_pods:
        why += "; it knows no pods on the node's network beyond aws-node and kube-proxy"
    return answer.pods, why


def _blind(network: PodNetwork) -> str:
    """What nodeadm and Bottlerocket do not see of the CNI's settings."""
    unseen = [
        name
        for asked, name in (
            (network.prefix and not network.ipv6, "prefix mode"),
            (network.ipv6, "IPv6"),
            (network.custom_networking, "custom networking"),
            (network.security_groups_for_pods, "the trunk"),
            (network.max_eni is not None, "MAX_ENI"),
        )
        if asked
    ]
    return f"; does not see {' or '.join(unseen)}" if unseen else ""


def _karpenter_why(network: PodNetwork, pods: int) -> str:
    text = f"addresses of the default card without a cap; memory on AL2023 is kept back for {pods} pods whatever maxPods says"
    if network.custom_networking or network.security_groups_for_pods:
        taken = network.custom_networking + network.security_groups_for_pods
        text += f"; set RESERVED_ENIS={taken}, or it counts on interfaces that carry no pods"
    if network.prefix:
        text += "; does not see prefixes: set kubelet.maxPods in the EC2NodeClass"
    return text


def _auto_mode(instance: InstanceType, facts: Facts) -> SystemAnswer:
    """Auto Mode always delegates prefixes, on an operating system of its own."""
    most = facts.number("pods.auto_mode")
    if not instance.nitro or instance.bare_metal:
        kind = "bare metal" if instance.bare_metal else "types on Xen"
        return SystemAnswer(System.AUTO_MODE, None, None, f"Auto Mode does not run {kind}")
    answer = max_pods(instance, PodNetwork(prefix=True), facts, capped=False)
    return SystemAnswer(
        System.AUTO_MODE,
        min(answer.pods, most),
        None,
        f"prefixes by default and never more than {most}; the CNI's settings do not apply, and AWS does not publish what it keeps back",
    )


def _autoscaler(instance: InstanceType, facts: Facts) -> SystemAnswer:
    """A group without nodes has no node to look at: capacity stands in for allocatable."""
    whole = Allocatable(
        instance.vcpu * 1000, instance.memory_mib, 0, 0, 0, 0, "the whole of EC2's vCPU and memory, nothing kept back"
    )
    pods = facts.number("pods.autoscaler_from_zero")
    return SystemAnswer(
        System.AUTOSCALER,
        pods,
        whole,
        f"{pods} pods and nothing kept back for every type, until a first node runs: pods that need the last of the memory get a node that cannot hold them",
    )


def _windows(
    instance: InstanceType, network: PodNetwork, facts: Facts, disk_gib: int, system: SystemReserved
) -> tuple[SystemAnswer, ...]:
    answer = max_pods(instance, network, facts, windows=True)
    told = facts.number("pods.windows")
    single = max(instance.ipv4_per_interface - 1, 0)
    left = allocatable(instance, told, facts, disk_gib=disk_gib, system=system)
    by_karpenter = allocatable(instance, told, facts, disk_gib=facts.number("karpenter.disk_gib"))
    return (
        SystemAnswer(
            System.MANAGED,
            told,
            left,
            f"kubelet is told {told}; the resource vpc.amazonaws.com/PrivateIPv4Address ends at {answer.addresses}, so {answer.pods} pods with addresses fit",
        ),
        SystemAnswer(System.CALCULATOR, None, None, "it has no Windows"),
        SystemAnswer(System.NODEADM, None, None, "runs on Amazon Linux only"),
        SystemAnswer(System.BOTTLEROCKET, None, None, "an operating system of its own"),
        SystemAnswer(
            System.KARPENTER,
            told,
            by_karpenter,
            f"{told} for Windows, and {single} addresses"
            + ("; it does not see that prefixes multiply them by 16" if network.prefix else ""),
        ),
        SystemAnswer(System.AUTO_MODE, None, None, "Auto Mode has no Windows nodes"),
        _autoscaler(instance, facts),
    )


def memory_reserves(instance: InstanceType, pods: int, facts: Facts) -> tuple[MemoryReserve, ...]:
    """Memory kept back on one type when kubelet is told ``pods``: one rule (11 MiB for each pod and
    255 MiB), and three ideas of which pods to count. In MiB, eviction threshold not included."""
    eni = network_pods(instance, facts)
    each, base = facts.number("reserved.memory_per_pod_mib"), facts.number("reserved.memory_base_mib")

    def row(system: str, counted: int) -> MemoryReserve:
        return MemoryReserve(system, reserved_memory_mib(counted, facts), f"{each} × {counted} + {base}")

    return (
        row("AL2023, told maxPods as by managed node groups", eni),
        row("AL2023, maxPodsExpression", pods),
        row("Bottlerocket", pods),
        row("Karpenter, AL2023", eni),
        row("Karpenter, Bottlerocket or Windows", pods),
        MemoryReserve("Bottlerocket, type unknown to it", 0, "no kube-reserved memory"),
        MemoryReserve("Cluster Autoscaler from zero", 0, "reckons with the whole capacity"),
    )
