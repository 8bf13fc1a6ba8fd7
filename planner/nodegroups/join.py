"""What the user data of a group has to say, whatever the operating system (notes N09, N18, N25, N26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.capacity.allocatable import SystemReserved
from planner.design import Taint
from planner.design.joining import CLUSTER_DNS, SERVICE_CIDR, cluster_dns
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import LocalStorageSpec, NodeGroupSpec


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a node must know of its cluster to join it."""

    name: str
    service_cidr: str | None
    """None where EKS assigns it (IPv6)."""

    @property
    def cidr(self) -> str:
        """Service block; its place where EKS assigns it."""
        return self.service_cidr or SERVICE_CIDR

    @property
    def dns(self) -> str:
        """Address of the cluster's DNS, or its place."""
        return cluster_dns(self.service_cidr) if self.service_cidr else CLUSTER_DNS


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What a group's user data says beside the user's own parts."""

    name: str
    os_family: str
    complete: bool
    """Whether the whole join is the user data's: an AMI of the user's own, or self-managed nodes."""
    ipv6: bool
    max_pods: int | None
    expression: str | None
    """nodeadm's maxPodsExpression: without one it would reserve memory for its own number of pods."""
    reserved: Mapping[str, str]
    """kubelet's systemReserved, as Kubernetes quantities."""
    labels: tuple[tuple[str, str], ...] = ()
    """Labels that kubelet registers; none where EKS adds them."""
    taints: tuple[Taint, ...] = ()
    local_storage: LocalStorageSpec | None = None
    containerd_config: str = ""
    feature_gates: Mapping[str, bool] | None = None
    own: tuple[str, ...] = ()

    @property
    def label_text(self) -> str:
        """The value of --node-labels."""
        return ",".join(f"{key}={value}" for key, value in self.labels)

    @property
    def taint_text(self) -> str:
        """The value of --register-with-taints."""
        return ",".join(f"{one.key}={one.value}:{one.effect}" for one in self.taints)

    @property
    def says_something(self) -> bool:
        """Whether the plan writes a part of its own."""
        return bool(
            self.complete
            or self.max_pods
            or self.expression
            or self.reserved
            or self.local_storage
            or self.containerd_config
            or self.feature_gates
        )


def settings_of(
    group: NodeGroupSpec,
    max_pods: int,
    reserved: SystemReserved,
    taints: tuple[Taint, ...],
    spec: ClusterSpec,
    *,
    self_managed: bool = False,
) -> NodeSettings:
    """The settings of a managed group, or of the same nodes without EKS's management.

    ``max_pods`` is what kubelet is to be told, in pods.
    """
    complete = self_managed or group.ami_id is not None
    told = max_pods if self_managed or spec.tells_max_pods(group) else None
    if self_managed and group.max_pods is None and group.max_pods_expression is not None:
        told = None  # the expression decides, as it does with an AMI of the user's own
    expression = group.max_pods_expression or (str(told) if told else None)
    return NodeSettings(
        name=group.name,
        os_family=group.os_family,
        complete=complete,
        ipv6=spec.ip_family == "ipv6",
        max_pods=told,
        expression=expression if group.os_family == "al2023" else None,
        reserved=_quantities(reserved),
        labels=_labels(group, self_managed=self_managed) if complete else (),
        taints=taints if complete else (),
        local_storage=group.local_storage,
        containerd_config=(group.containerd_config or "").replace("\r\n", "\n"),
        feature_gates=group.feature_gates,
        own=group.user_data if any(text.strip() for text in group.user_data) else (),
    )


def _labels(group: NodeGroupSpec, *, self_managed: bool) -> tuple[tuple[str, str], ...]:
    """Labels in EKS's own order: those that it would add to a managed node, then the group's."""
    capacity = "SPOT" if group.capacity_type == "spot" else "ON_DEMAND"
    managed = [
        ("eks.amazonaws.com/nodegroup-image", str(group.ami_id)),
        ("eks.amazonaws.com/capacityType", capacity),
        ("eks.amazonaws.com/nodegroup", str(group.name)),
    ]
    return (*([] if self_managed else managed), *sorted(group.labels.items()))


def _quantities(wanted: SystemReserved) -> Mapping[str, str]:
    """What is not zero, as Kubernetes quantities."""
    named = {
        "cpu": f"{wanted.cpu_millicores}m" if wanted.cpu_millicores else "",
        "memory": f"{wanted.memory_mib}Mi" if wanted.memory_mib else "",
        "ephemeral-storage": f"{wanted.ephemeral_storage_mib}Mi" if wanted.ephemeral_storage_mib else "",
    }
    return {key: value for key, value in named.items() if value}
