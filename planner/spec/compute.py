"""What runs the pods of a spec: managed node groups, pools, Fargate (notes N11, N18)."""

from __future__ import annotations

from planner.spec.cluster import ClusterSpec


def invents_group(spec: ClusterSpec) -> bool:
    """Whether a node group is planned although the spec names none: workloads ask for one by name, or
    nothing else carries the pods."""
    if spec.node_groups:
        return False
    elsewhere = spec.node_pools or (spec.fargate and not spec.workloads)
    return not elsewhere or any(one.node_group for one in spec.workloads)


def has_own_nodes(spec: ClusterSpec) -> bool:
    """Whether there are nodes that need the VPC CNI, kube-proxy and CoreDNS as add-ons: those of managed
    groups and of Karpenter."""
    return bool(spec.node_groups or invents_group(spec) or any(pool.manager == "karpenter" for pool in spec.node_pools))


def only_fargate(spec: ClusterSpec) -> bool:
    """Whether every pod runs on Fargate, CoreDNS's too."""
    return bool(spec.fargate) and not spec.node_pools and not has_own_nodes(spec)
