"""How large the cluster may grow, and what must grow with it (note N37)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.capacity.brief import Brief
from planner.capacity.pool import PoolCapacity
from planner.diagnostics import Diagnostic, Kind
from planner.network.spread import NodeSpread
from planner.plan.sizes import Sized
from planner.spec.cluster import ClusterSpec

_LARGE = "https://kubernetes.io/docs/setup/best-practices/cluster-large/"


@dataclass(frozen=True, slots=True)
class Reach:
    """The cluster at its largest: maxSize of every group and pool, and Fargate's nodes."""

    nodes: int
    pods: int
    """Declared pods and those of DaemonSets, where workloads or podsPerNode say; else 0."""
    room: int
    """Pods that the nodes could carry."""
    cores: int
    worked: str


def reach_of(
    spec: ClusterSpec, spreads: Sequence[NodeSpread], groups: Sequence[Sized], pools: Sequence[PoolCapacity]
) -> Reach:
    """Nodes, pods and cores with everything at its maximum. Every Fargate pod is a node of its own."""
    fargate = sum(one.pods for one in spec.fargate)
    nodes = sum(one.most for one in spreads) + fargate
    room = sum(one.most * one.addresses.max_pods for one in spreads) + fargate
    told = {str(one.name): one.pods_per_node for one in spec.node_groups}
    told |= {str(one.name): one.pods_per_node for one in spec.node_pools}
    pods = sum(one.most * (told.get(one.origin or one.name) or 0) for one in spreads)
    declared = sum(one.replicas if one.replicas is not None else 1 for one in spec.workloads if one.kind != "DaemonSet")
    declared += sum(
        one.most
        for daemon in spec.workloads
        if daemon.kind == "DaemonSet"
        for one in spreads
        if daemon.node_group in (None, one.origin or one.name)
    )
    vcpu = {one.group.name: one.group.least.vcpu for one in groups}
    vcpu |= {str(one.spec.name): min((each.vcpu for each in one.types), default=0) for one in pools}
    cores = sum(one.most * vcpu.get(one.name, 0) for one in spreads)
    parts = [f"{one.name} {one.most}" for one in spreads] + ([f"Fargate {fargate}"] if fargate else [])
    return Reach(nodes, max(pods, declared) + (fargate if pods or declared else 0), room, cores, " + ".join(parts))


def record_size(brief: Brief, reach: Reach) -> None:
    """The decision ``cluster.size``."""
    facts = brief.facts
    plan, tell = facts.table("scale.plan_ahead"), facts.table("scale.contact")
    brief.ledger.add(
        "cluster.size",
        "The cluster at its largest",
        f"{reach.nodes:,} nodes" + (f", {reach.pods:,} pods" if reach.pods else f", room for {reach.room:,} pods"),
        formula="Σ maxSize of groups and maxNodes of pools, and a node for each Fargate pod",
        worked=reach.worked,
        inputs={
            "Kubernetes": f"at most {facts.number('nodes.cluster_max'):,} nodes, {facts.number('nodes.pods_max'):,} pods, {facts.number('nodes.containers_max'):,} containers, {facts.number('pods.cap_small')} pods on a node",
            "EKS: plan ahead above": f"{plan['nodes']:,} nodes or {plan['pods']:,} pods",
            "EKS: tell AWS above": f"{tell['nodes']:,} nodes or {tell['pods']:,} pods; up to {facts.number('scale.onboarding_nodes'):,} nodes by onboarding",
            "bursts": "let groups grow by less than a tenth at once, so that the control plane keeps up",
        },
        explanation="limits of a whole cluster; quotas of groups, subnets and the VPC are checked by themselves",
        source=_LARGE,
        note="N37",
    )


def check_size(brief: Brief, reach: Reach) -> Iterator[Diagnostic]:
    """Notices where the cluster outgrows Kubernetes' limits or EKS's advice: the highest one only."""
    facts = brief.facts
    plan, tell = facts.table("scale.plan_ahead"), facts.table("scale.contact")
    steps = (
        (
            "cluster-limit",
            "more than Kubernetes is made for",
            facts.number("nodes.cluster_max"),
            facts.number("nodes.pods_max"),
            f"divide it, or ask AWS to onboard it (up to {facts.number('scale.onboarding_nodes'):,} nodes)",
            _LARGE,
        ),
        (
            "cluster-large",
            "a cluster that EKS wants to be told of",
            int(tell["nodes"]),
            int(tell["pods"]),
            "talk to AWS before it grows so large; see `eksplan why control-plane`",
            facts.source("scale.contact"),
        ),
        (
            "cluster-plan",
            "a cluster whose growth EKS advises to plan",
            int(plan["nodes"]),
            int(plan["pods"]),
            "watch the control plane, let add-ons grow with it, and keep bursts small",
            facts.source("scale.plan_ahead"),
        ),
    )
    for code, summary, nodes, pods, fix, source in steps:
        if reach.nodes > nodes or reach.pods > pods:
            yield Diagnostic(
                Kind.NOTICE,
                code,
                summary,
                path=("spec", "nodeGroups" if brief.spec.node_groups or not brief.spec.node_pools else "nodePools"),
                value=f"{reach.nodes:,} nodes" + (f", {reach.pods:,} pods" if reach.pods else ""),
                limit=f"{nodes:,} nodes, {pods:,} pods",
                fix=fix,
                source=source,
                note="N37",
            )
            return


def check_group_limits(brief: Brief, groups: Sequence[Sized]) -> Iterator[Diagnostic]:
    """Quotas that sizes found by the plan go over; those that the spec itself gives are checked with it."""
    most = brief.facts.number("nodegroup.nodes")
    for one in groups:
        index = one.group.index
        given = index >= 0 and brief.spec.node_groups[index].max_size is not None
        if one.most > most and not given:
            yield Diagnostic(
                Kind.NOTICE,
                "group-nodes-quota",
                f"the workloads need more nodes in {one.group.name} than the default quota of a node group",
                path=("spec", "nodeGroups", index) if index >= 0 else ("spec", "workloads"),
                value=f"{one.most} nodes",
                limit=f"{most} ({brief.facts['nodegroup.nodes'].note})",
                fix="ask for a higher quota first, use larger types, or divide the workloads among groups",
                source=brief.facts.source("nodegroup.nodes"),
                note="N15",
            )
    quota = brief.facts.number("nodegroup.quota")
    if len(groups) > quota >= len(brief.spec.node_groups):
        yield Diagnostic(
            Kind.NOTICE,
            "group-quota",
            "with one group in each zone there are more node groups than the default quota",
            path=("spec", "nodeGroups"),
            value=f"{len(groups)} from {len(brief.spec.node_groups)} of the spec",
            limit=f"{quota} ({brief.facts['nodegroup.quota'].note})",
            fix="ask for a higher quota first, join groups, or set perZone: false where volumes allow it",
            source=brief.facts.source("nodegroup.quota"),
            note="N15",
        )
