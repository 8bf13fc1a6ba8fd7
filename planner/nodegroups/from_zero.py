"""What the Cluster Autoscaler must be told of a group that has no node to look at (note N15).

It takes labels and taints from ``eks:DescribeNodegroup``, CPU, memory and GPUs from the type, and
guesses 110 pods and no ephemeral storage; tags of the *node group* (not of its Auto Scaling group,
which EKS does not pass them to) correct that since version 1.27.
Source: https://github.com/kubernetes/autoscaler/pull/5596
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.capacity.selection import accelerator_of
from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind
from planner.spec.addons import autoscalers
from planner.spec.cluster import ClusterSpec

_CA = "https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md"


def starts_from_zero(spec: ClusterSpec, least: int) -> bool:
    """Whether the Cluster Autoscaler may have to imagine a node of a group of ``least`` nodes."""
    return least == 0 and "cluster-autoscaler" in autoscalers(spec)


def resource_tags(group: GroupCapacity, spec: ClusterSpec, least: int, facts: Facts) -> dict[str, str]:
    """Tags of a node group with what a node of it has; none where nodes are always there."""
    if not starts_from_zero(spec, least):
        return {}
    prefix = str(facts["cluster_autoscaler.resource_tag"].value)
    resources = {"ephemeral-storage": f"{group.allocatable.ephemeral_storage_mib}Mi", "pods": str(group.max_pods)}
    if accelerator_of(group.least) == "neuron":
        count = sum(one.count for one in group.least.accelerators if one.kind in {"neuron", "inference"})
        resources["aws.amazon.com/neuron"] = str(count)
    return {f"{prefix}{name}": value for name, value in resources.items()}


def record_from_zero(brief: Brief, group: GroupCapacity, least: int) -> None:
    """The decision ``from-zero.GROUP``."""
    tags = resource_tags(group, brief.spec, least, brief.facts)
    if not tags:
        return
    guessed = brief.facts.number("pods.autoscaler_from_zero")
    brief.ledger.add(
        f"from-zero.{group.name}",
        f"What the Cluster Autoscaler is told of {group.name}",
        f"{len(tags)} tags of the node group",
        inputs=dict(tags),
        explanation=f"minSize is 0, so there may be no node to learn from: the Cluster Autoscaler would guess {guessed} pods and no ephemeral storage. Labels and taints it asks EKS for (eks:DescribeNodegroup, which its role allows); CPU, memory and NVIDIA GPUs follow from the type; the storage is the disk less what kubelet keeps. Version {brief.facts['cluster_autoscaler.node_group_tags_version'].value} or later reads the tags of the node group, so its Auto Scaling group needs none",
        source=brief.facts.source("cluster_autoscaler.resource_tag"),
        note="N15",
    )


def check_from_zero(group: GroupCapacity, spec: ClusterSpec, least: int) -> Iterator[Diagnostic]:
    """Windows nodes are imagined as Linux ones, and no tag of a node group corrects that."""
    if group.spec.os_family != "windows" or not starts_from_zero(spec, least):
        return
    yield Diagnostic(
        Kind.NOTICE,
        "windows-from-zero",
        "without a node to look at the Cluster Autoscaler takes this group for Linux, and starts none for Windows pods",
        path=("spec", "nodeGroups", group.index, "minSize"),
        value="minSize 0",
        limit="1",
        fix="keep minSize 1, or tag its Auto Scaling group k8s.io/cluster-autoscaler/node-template/label/kubernetes.io/os=windows",
        source=_CA,
        note="N15",
    )
