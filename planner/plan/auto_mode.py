"""EKS Auto Mode on the cluster: what is turned on, whose pools, whose add-ons (note N11)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.design import AutoMode, Design
from planner.diagnostics import Diagnostic, Kind
from planner.security.role_names import auto_node_role_name, cluster_role_name
from planner.spec.addons import addon_names, built_in_pools, uses_auto_mode
from planner.spec.cluster import ClusterSpec
from planner.spec.compute import has_own_nodes

_OFF = "https://docs.aws.amazon.com/eks/latest/userguide/auto-disable.html"
_AUTO = "https://docs.aws.amazon.com/eks/latest/userguide/automode.html"


def plan_auto_mode(brief: Brief) -> AutoMode | None:
    """The setting, or None where no pool is Auto Mode's.

    EKS takes a node role with built-in pools and refuses one without them.
    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_ComputeConfigRequest.html
    """
    if not uses_auto_mode(brief.spec):
        return None
    pools = built_in_pools(brief.spec, brief.facts)
    return AutoMode(pools, auto_node_role_name(brief.name, brief.facts) if pools else None)


def check_turned_off(spec: ClusterSpec, previous: Design) -> Iterator[Diagnostic]:
    """Auto Mode that an earlier plan turned on: EKS turns it off only when it is told so, which no plan does."""
    mode = previous.cluster.auto_mode if previous.cluster else None
    if mode is None or uses_auto_mode(spec):
        return
    yield Diagnostic(
        Kind.INVALID,
        "auto-mode-off",
        "EKS Auto Mode is on, and leaving its pools out does not turn it off",
        path=("spec", "nodePools"),
        value="no pool with manager: auto-mode",
        limit=f"Auto Mode in the earlier plan{', with ' + ', '.join(mode.node_pools) if mode.node_pools else ''}",
        fix="turn off computeConfig, elasticLoadBalancing and blockStorage together with `aws eks update-cluster-config`, which ends its nodes and load balancers, then plan without --from; or keep a pool",
        source=_OFF,
        note="N11",
    )


def record_auto_mode(brief: Brief) -> None:
    """The decision ``autoscaling.auto-mode``."""
    made = plan_auto_mode(brief)
    if made is None:
        return
    spec, facts = brief.spec, brief.facts
    role, built_in = auto_node_role_name(brief.name, facts), facts.strings("auto_mode.built_in_addons")
    own = [one.name for one in spec.node_pools if one.manager == "auto-mode" and one.name not in made.node_pools]
    inputs: dict[str, object] = {
        "turned on together": "computeConfig, elasticLoadBalancing and blockStorage: EKS refuses one without the others, and the add-ons of its own that it would make at first (bootstrapSelfManagedAddons: false)",
        "built-in node pools": f"{', '.join(made.node_pools)}, with role {role}, in the cluster's subnets; nothing holds them to maxNodes"
        if made.node_pools
        else f"none: no pool of the spec is called {' or '.join(facts.strings('auto_mode.built_in_pools'))}",
        "access": f"EKS makes the entry of {role} itself"
        if made.node_pools
        else f"an access entry of type EC2 for {role}, with AmazonEKSAutoNodePolicy",
        "add-ons": f"{', '.join(addon_names(spec, facts))}: other nodes and Fargate need them; Auto Mode's own do not"
        if has_own_nodes(spec) or spec.fargate
        else f"none by default: {', '.join(built_in)} come with Auto Mode, outside of the nodes",
        "IAM": f"role {cluster_role_name(brief.name, facts)} with its policies",
        "nodes": f"Bottlerocket, at most {facts.number('pods.auto_mode')} pods, replaced after 21 days at most; no AMI, user data or shell of yours",
        "volumes": "StorageClasses name ebs.csi.eks.amazonaws.com, not the driver of the add-on",
        "price": "a fee for each node on top of EC2",
    }
    if own:
        inputs["own node pools"] = (
            f"{', '.join(own)}: NodePools and a NodeClass that you apply, with role {role}, node subnets and limits of maxNodes"
        )
    brief.ledger.add(
        "autoscaling.auto-mode",
        "What EKS Auto Mode needs",
        "three settings of the cluster, its role's policies and a role for nodes",
        inputs=inputs,
        explanation="EKS runs Karpenter, the CNI, DNS, load balancing and storage drivers outside of your nodes",
        source=_AUTO,
        note="N11",
    )
