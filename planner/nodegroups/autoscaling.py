"""Advice about who should add and remove nodes (note N11).

The rules follow EKS's best-practice pages on Karpenter, the Cluster Autoscaler and Auto Mode; the
order in which they are asked, and how many shapes are few, are this program's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.capacity.group import GroupCapacity
from planner.capacity.pool import PoolCapacity
from planner.catalog.facts import Facts
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

KARPENTER = "https://docs.aws.amazon.com/eks/latest/best-practices/karpenter.html"
_FEW_SHAPES = 3
"""So many sizes of node are still easy to keep in groups of their own."""
WORDS = {
    "none": "managed node groups without an autoscaler",
    "cluster-autoscaler": "managed node groups with the Cluster Autoscaler",
    "karpenter": "Karpenter, and a small managed node group for its controller",
    "auto-mode": "EKS Auto Mode",
}


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of a group or a pool, as far as the advice asks: their size and how many there may be."""

    name: str
    shape: tuple[int, int]
    """vCPU and memory in MiB, of the smallest type."""
    least: int
    most: int
    managed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, with the numbers that it was asked with."""

    says: str
    holds: bool
    because: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Who should scale the nodes, and every rule that was asked."""

    choice: str
    because: str
    rules: tuple[Rule, ...]


def nodes_of_group(group: GroupCapacity, least: int, most: int) -> Nodes:
    """A managed group for the advice."""
    return Nodes(group.name, (group.least.vcpu, group.least.memory_mib), least, most, managed=True)


def nodes_of_pool(pool: PoolCapacity) -> Nodes:
    """A pool for the advice."""
    least = min(pool.types, key=lambda one: (one.vcpu, one.memory_mib, one.name))
    return Nodes(str(pool.spec.name), (least.vcpu, least.memory_mib), 0, pool.spec.max_nodes, managed=False)


def own_settings(group: NodeGroupSpec) -> str:
    """What of a group only a launch template gives: the first such field, or an empty text."""
    given = (
        ("amiId", group.ami_id),
        ("userData", group.user_data),
        ("maxPodsExpression", group.max_pods_expression),
        ("systemReserved", group.system_reserved),
        ("localStorage", group.local_storage),
        ("containerdConfig", group.containerd_config),
        ("featureGates", group.feature_gates),
    )
    return next((key for key, value in given if value), "")


def advise(spec: ClusterSpec, nodes: Sequence[Nodes], facts: Facts) -> Advice:
    """Rules in order; the first that holds decides, and groups with the Cluster Autoscaler are left."""
    load = spec.autoscaling.load
    windows = [group.name for group in spec.node_groups if group.os_family == "windows"]
    own = [f"{group.name} ({own_settings(group)})" for group in spec.node_groups if own_settings(group)]
    moving = [one.name for one in nodes if one.least < one.most]
    static = Rule(
        "a steady load, or groups of one size only, needs no autoscaler",
        load == "steady" or not moving,
        "load: steady" if load == "steady" else f"{len(moving)} of {len(nodes)} groups and pools change their size",
    )
    access, why = _node_access(spec)
    barred = [*(f"Windows in {name}" for name in windows), *own]
    bare = Rule(
        "who needs no AMI, user data or shell on nodes may leave them to Auto Mode",
        not access and not barred,
        "; ".join(barred) or why,
    )
    template = Rule(
        "launch-template settings of your own want managed node groups",
        bool(own),
        ", ".join(own) or "none",
    )
    quota, tested = facts.number("nodegroup.nodes"), facts.number("cluster_autoscaler.nodes")
    by_shape: dict[tuple[int, int], int] = {}
    for one in nodes:
        by_shape[one.shape] = by_shape.get(one.shape, 0) + one.most
    total, largest = sum(by_shape.values()), max(by_shape.values(), default=0)
    reasons = [
        *(["load: spiky"] if load == "spiky" else []),
        *([f"{_sizes(len(by_shape))}, more than {_FEW_SHAPES}"] if len(by_shape) > _FEW_SHAPES else []),
        *([f"{largest} nodes of one size, more than the {quota} of a group"] if largest > quota else []),
        *([f"{total} nodes, the Cluster Autoscaler is tested to {tested}"] if total >= tested else []),
    ]
    diverse = Rule(
        f"spikes, many sizes, more than {quota} nodes of one size or {tested} nodes in all want Karpenter",
        bool(reasons),
        "; ".join(reasons) or f"{_sizes(len(by_shape))}, at most {largest} of one, {total} in all",
    )
    rules = (static, template, bare, diverse)
    if static.holds:
        return Advice("none", static.because, rules)
    if template.holds:
        return Advice("cluster-autoscaler", template.because, rules)
    if bare.holds:
        return Advice("auto-mode", bare.because, rules)
    if diverse.holds:
        return Advice("karpenter", diverse.because, rules)
    return Advice("cluster-autoscaler", diverse.because, rules)


def _node_access(spec: ClusterSpec) -> tuple[bool, str]:
    """Whether anybody needs nodes that can be entered, and how that is known: a spec whose nodes are all of Auto
    Mode has none such, unless it says otherwise."""
    told = "node_access" in spec.autoscaling.model_fields_set
    if (
        not told
        and not spec.node_groups
        and spec.node_pools
        and all(one.manager == "auto-mode" for one in spec.node_pools)
    ):
        return False, "all nodes are of Auto Mode already"
    access = spec.autoscaling.node_access
    return access, "nodeAccess: false" if not access else "nodeAccess is true" + ("" if told else " (its default)")


def _sizes(count: int) -> str:
    return "1 size of node" if count == 1 else f"{count} sizes of node"
