"""CPU, memory and ephemeral storage that pods can use on a node (note N38).

allocatable = capacity − kube-reserved − system-reserved − eviction threshold. Sources:
https://github.com/awslabs/amazon-eks-ami/blob/81fec2e/nodeadm/internal/kubelet/config.go#L274 and
https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.catalog.model import InstanceType

MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class SystemReserved:
    """What a spec keeps back for the operating system: millicores, MiB, MiB."""

    cpu_millicores: int = 0
    memory_mib: int = 0
    ephemeral_storage_mib: int = 0


NOTHING = SystemReserved()


@dataclass(frozen=True, slots=True)
class Allocatable:
    """What is left for pods (CPU in millicores, memory and storage in MiB), and what is kept back."""

    cpu_millicores: int
    memory_mib: int
    ephemeral_storage_mib: int
    reserved_cpu_millicores: int
    """kube-reserved CPU."""
    reserved_memory_mib: int
    """kube-reserved memory."""
    eviction_memory_mib: int
    worked: str
    """The sums with their numbers."""


def reserved_cpu_millicores(vcpu: int, facts: Facts) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest, in
    millicores rounded down. nodeadm, Karpenter and Bottlerocket agree for 1 to 1,024 vCPU."""
    shares = facts["reserved.cpu_per_core_permille"].value
    whole = sum(shares[:vcpu]) * 100
    further = max(vcpu - len(shares), 0) * facts.number("reserved.cpu_further_core_centipermille")
    return int((whole + further) // 100)


def reserved_memory_mib(pods: int, facts: Facts) -> int:
    """11 MiB for each pod that a system reckons with, and 255 MiB; which number of pods that is
    differs between systems (``planner.capacity.systems``)."""
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


def ephemeral_storage_mib(disk_gib: int, facts: Facts) -> int:
    """Ephemeral storage that pods can use of a root volume of ``disk_gib``, in MiB: less what
    kubelet reserves (1 GiB) and the eviction threshold (10 %). The file system's own share is
    not known beforehand and not taken off. Source: nodeadm, Karpenter (see above)."""
    size = disk_gib * MIB_PER_GIB
    eviction = -(-size * facts.number("reserved.eviction_nodefs_percent") // 100)
    return max(size - facts.number("reserved.ephemeral_storage_gib") * MIB_PER_GIB - eviction, 0)


def allocatable(
    instance: InstanceType, reserve_pods: int, facts: Facts, *, disk_gib: int, system: SystemReserved = NOTHING
) -> Allocatable:
    """Allocatable of a node. ``reserve_pods`` is the number of pods that memory is kept back for:
    on AL2023 nodeadm's own uncapped number, whatever kubelet's maxPods says, unless an
    expression changes it; on Bottlerocket kubelet's maxPods. Never below zero.
    """
    cpu = reserved_cpu_millicores(instance.vcpu, facts)
    capacity = capacity_memory_mib(instance, facts)
    memory = reserved_memory_mib(reserve_pods, facts)
    eviction = facts.number("reserved.eviction_memory_mib")
    for_pods = f"{facts.number('reserved.memory_per_pod_mib')} × {reserve_pods}"
    own_cpu = f" − {system.cpu_millicores}m system" if system.cpu_millicores else ""
    own_memory = f" − {system.memory_mib} system" if system.memory_mib else ""
    return Allocatable(
        cpu_millicores=max(instance.vcpu * 1000 - cpu - system.cpu_millicores, 0),
        memory_mib=max(capacity - memory - eviction - system.memory_mib, 0),
        ephemeral_storage_mib=max(ephemeral_storage_mib(disk_gib, facts) - system.ephemeral_storage_mib, 0),
        worked=(
            f"{instance.vcpu * 1000}m − {cpu}m reserved{own_cpu}; {instance.memory_mib} MiB − "
            f"{instance.memory_mib - capacity} kept by hypervisor and kernel − "
            f"({facts.number('reserved.memory_base_mib')} + {for_pods}) reserved{own_memory} − {eviction} eviction"
        ),
        reserved_cpu_millicores=cpu,
        reserved_memory_mib=memory,
        eviction_memory_mib=eviction,
    )
