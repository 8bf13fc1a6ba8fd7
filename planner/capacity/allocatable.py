"""CPU and memory that pods can use on a node (nodeadm's reserves; note N38).

Source: https://github.com/awslabs/amazon-eks-ami/blob/81fec2e/nodeadm/internal/kubelet/config.go#L274
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType


@dataclass(frozen=True, slots=True)
class Allocatable:
    """What is left for pods: CPU in millicores, memory in MiB, and what is kept back."""

    cpu_millicores: int
    memory_mib: int
    reserved_cpu_millicores: int
    reserved_memory_mib: int
    eviction_memory_mib: int
    worked: str
    """The sums with their numbers."""


def reserved_cpu_millicores(vcpu: int, facts: Facts) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest."""
    shares = facts["reserved.cpu_per_core_permille"].value
    whole = sum(shares[:vcpu]) * 100
    further = max(vcpu - len(shares), 0) * facts.number("reserved.cpu_further_core_centipermille")
    return int((whole + further) // 100)


def reserved_memory_mib(pods: int, facts: Facts) -> int:
    """11 MiB for each pod that the network could hold, and 255 MiB."""
    return facts.number("reserved.memory_per_pod_mib") * pods + facts.number("reserved.memory_base_mib")


def capacity_memory_mib(instance: InstanceType, facts: Facts) -> int:
    """Memory that the operating system sees, in MiB: EC2's size less what hypervisor and kernel keep.

    7.5 % and, on arm64, 64 MiB: Karpenter's allowance, which real nodes meet or exceed. Source:
    https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/providers/instancetype/types.go
    """
    size = instance.memory_mib
    if "arm64" in instance.architectures:
        size -= facts.number("memory.overhead_arm64_mib")
    return size + (-size * facts.number("memory.overhead_permille")) // 1000


def allocatable(instance: InstanceType, network_pods: int, facts: Facts) -> Allocatable:
    """Allocatable of a node. ``network_pods`` is nodeadm's own maxPods: it reserves memory for
    the uncapped number of secondary addresses, whatever kubelet's maxPods says.
    """
    cpu = reserved_cpu_millicores(instance.vcpu, facts)
    capacity = capacity_memory_mib(instance, facts)
    memory = reserved_memory_mib(network_pods, facts)
    eviction = facts.number("reserved.eviction_memory_mib")
    for_pods = f"{facts.number('reserved.memory_per_pod_mib')} × {network_pods}"
    return Allocatable(
        cpu_millicores=instance.vcpu * 1000 - cpu,
        memory_mib=max(capacity - memory - eviction, 0),
        worked=(
            f"{instance.vcpu * 1000}m − {cpu}m reserved; {instance.memory_mib} MiB − "
            f"{instance.memory_mib - capacity} kept by hypervisor and kernel − "
            f"({facts.number('reserved.memory_base_mib')} + {for_pods}) reserved − {eviction} eviction"
        ),
        reserved_cpu_millicores=cpu,
        reserved_memory_mib=memory,
        eviction_memory_mib=eviction,
    )
