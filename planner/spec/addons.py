"""The add-ons of a spec."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.spec.cluster import ClusterSpec, Identity


def addon_names(spec: ClusterSpec, facts: Facts) -> tuple[str, ...]:
    """All add-ons of the plan: the default ones and the spec's, in a stable order."""
    return tuple(dict.fromkeys([*facts.strings("addons.default"), *(addon.name for addon in spec.addons)]))


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


def autoscalers(spec: ClusterSpec) -> tuple[str, ...]:
    """Everything that adds and removes nodes here; several may, each its own nodes."""
    found = {
        "cluster-autoscaler": any(one.name == "cluster-autoscaler" for one in spec.addons),
        "karpenter": uses_karpenter(spec),
        "auto-mode": uses_auto_mode(spec),
    }
    return tuple(name for name, here in found.items() if here)
