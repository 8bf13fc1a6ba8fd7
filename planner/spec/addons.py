"""The add-ons of a spec."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.spec.cluster import ClusterSpec, Identity
from planner.spec.compute import has_own_nodes


def addon_names(spec: ClusterSpec, facts: Facts) -> tuple[str, ...]:
    """All add-ons of the plan: the default ones and the spec's, in a stable order.

    Nodes of managed groups and of Karpenter need the default ones. EKS Auto Mode runs all of them
    outside of the cluster; on Fargate there are no DaemonSets, and CoreDNS is what is left.
    """
    default = facts.strings("addons.default") if has_own_nodes(spec) else ()
    if not default and spec.fargate:
        default = facts.strings("addons.fargate")
    return tuple(dict.fromkeys([*default, *(addon.name for addon in spec.addons)]))


def identity_of(spec: ClusterSpec, addon: str) -> Identity:
    """How an add-on's service account gets its role: as the add-on says, else as the spec does."""
    own = next((one.identity for one in spec.addons if one.name == addon), None)
    return own or spec.identity


def uses_karpenter(spec: ClusterSpec) -> bool:
    """Whether Karpenter runs here: as an add-on, or because a node pool is its."""
    return any(one.name == "karpenter" for one in spec.addons) or any(
        pool.manager == "karpenter" for pool in spec.node_pools
    )


def uses_auto_mode(spec: ClusterSpec) -> bool:
    """Whether a node pool belongs to EKS Auto Mode."""
    return any(pool.manager == "auto-mode" for pool in spec.node_pools)


def built_in_pools(spec: ClusterSpec, facts: Facts) -> tuple[str, ...]:
    """Built-in node pools of EKS Auto Mode that the spec names, sorted."""
    known = facts.strings("auto_mode.built_in_pools")
    return tuple(sorted(one.name for one in spec.node_pools if one.manager == "auto-mode" and one.name in known))


def autoscalers(spec: ClusterSpec) -> tuple[str, ...]:
    """Everything that adds and removes nodes here; several may, each its own nodes."""
    found = {
        "cluster-autoscaler": any(one.name == "cluster-autoscaler" for one in spec.addons),
        "karpenter": uses_karpenter(spec),
        "auto-mode": uses_auto_mode(spec),
    }
    return tuple(name for name, here in found.items() if here)
