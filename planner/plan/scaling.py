"""Who adds and removes nodes: the decision, the advice, and what each autoscaler needs (notes N11, N12, N15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.capacity.brief import Brief
from planner.capacity.pool import PoolCapacity
from planner.diagnostics import Diagnostic, Kind
from planner.nodegroups.autoscaling import KARPENTER, WORDS, advise, nodes_of_group, nodes_of_pool
from planner.nodegroups.from_zero import check_from_zero
from planner.nodegroups.spot import check_types, record_capacity
from planner.nodegroups.upkeep import check_hibernation
from planner.plan.auto_mode import record_auto_mode
from planner.plan.control_plane import record_control_plane
from planner.plan.limits import Reach, check_group_limits, check_size, record_size
from planner.plan.per_zone import BALANCE
from planner.plan.sizes import Sized
from planner.security.names import node_group_name
from planner.security.role_names import (
    interruption_queue_name,
    karpenter_node_role_name,
    role_name,
)
from planner.spec.addons import autoscalers, identity_of
from planner.spec.compute import only_fargate

_CA = "https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md"
_BP = "https://docs.aws.amazon.com/eks/latest/best-practices/cas.html"
_FARGATE = "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html"
_SCALING = "https://docs.aws.amazon.com/eks/latest/userguide/autoscaling.html"


def plan_scaling(
    brief: Brief,
    version: str,
    groups: Sequence[Sized],
    pools: Sequence[PoolCapacity],
    reach: Reach,
    zones: int,
) -> list[Diagnostic]:
    """Who scales the nodes and how far: decisions, and what the reader should know."""
    spec = brief.spec
    for one in groups:
        record_capacity(brief, one.group, version, zones)
    record_scaling(brief, groups, pools)
    record_size(brief, reach)
    origins = {one.group.index: one for one in reversed(groups)}
    return [
        *(found for one in origins.values() for found in check_types(one.group, zones, spec, brief.facts)),
        *(found for one in origins.values() for found in check_from_zero(one.group, spec, one.least)),
        *(found for one in origins.values() for found in check_hibernation(one.group, brief.facts)),
        *check_home(brief),
        *check_size(brief, reach),
        *check_group_limits(brief, groups),
        *record_control_plane(brief, reach, version, zones),
    ]


def record_scaling(brief: Brief, groups: Sequence[Sized], pools: Sequence[PoolCapacity]) -> None:
    """The decisions ``autoscaling`` and ``autoscaling.NAME``."""
    if only_fargate(brief.spec):
        brief.ledger.add(
            "autoscaling",
            "Who adds and removes nodes",
            "Fargate, one for each pod",
            explanation="a node comes and goes with its pod; there is nothing to scale and nothing to update but the pods",
            source=_FARGATE,
            note="N11",
        )
        return
    nodes = [
        *(nodes_of_group(one.group, one.least, one.most) for one in groups),
        *(nodes_of_pool(one) for one in pools),
    ]
    advice = advise(brief.spec, nodes, brief.facts)
    here = autoscalers(brief.spec)
    agreed = here == (advice.choice,) or (not here and advice.choice == "none")
    inputs: dict[str, object] = {"advice": f"{WORDS[advice.choice]} ({advice.because})"}
    for rule in advice.rules:
        inputs[rule.says] = f"{'yes' if rule.holds else 'no'}: {rule.because}"
    brief.ledger.add(
        "autoscaling",
        "Who adds and removes nodes",
        ", ".join(here) or "nobody",
        inputs=inputs,
        explanation=(
            "as the spec says, and as advised"
            if agreed
            else f"as the spec says; the rules advise {WORDS[advice.choice]}"
        )
        + ("" if here else ". Groups keep the size that they are given")
        + ". The first rule that holds decides, in this order",
        source=KARPENTER if "karpenter" in (*here, advice.choice) else _SCALING,
        note="N11",
    )
    if "cluster-autoscaler" in here:
        _cluster_autoscaler(brief, groups)
    if "karpenter" in here:
        _karpenter(brief, pools)
    record_auto_mode(brief)


def _cluster_autoscaler(brief: Brief, groups: Sequence[Sized]) -> None:
    facts, tags = brief.facts, brief.facts.strings("cluster_autoscaler.tags")
    split = sorted({one.spread.name for one in groups if one.spread and one.spread.split})
    zero = [one.group.name for one in groups if one.least == 0]
    discovery = ",".join(tag.replace("<cluster>", brief.name) for tag in tags)
    inputs: dict[str, object] = {
        "IAM": f"role {role_name(brief.name, 'cluster-autoscaler', facts)}, by {identity_of(brief.spec, 'cluster-autoscaler')}",
        "tags": f"{discovery.replace(',', ' and ')}: EKS sets both on the Auto Scaling group of every managed group",
        "--node-group-auto-discovery": f"asg:tag={discovery}",
        BALANCE: f"true: {', '.join(split)} in one group for each zone"
        if split
        else "not needed: no group for one zone",
        "from zero nodes": f"{', '.join(zero)}: tags of the node group say what a node has" if zero else "no group",
        "version": "the minor version of the cluster",
    }
    if brief.spec.nat == "none":
        inputs["--aws-use-static-instance-list"] = (
            "true: it cannot read types from the internet (private.helm.cluster-autoscaler)"
        )
    brief.ledger.add(
        "autoscaling.cluster-autoscaler",
        "What the Cluster Autoscaler needs",
        "its role, discovery tags and flags",
        inputs=inputs,
        explanation=f"it reckons a group as its first type, asks Auto Scaling groups for nodes, and is tested to {facts.number('cluster_autoscaler.nodes'):,} nodes",
        source=_CA,
        note="N15",
    )


def _karpenter(brief: Brief, pools: Sequence[PoolCapacity]) -> None:
    facts, spec, name = brief.facts, brief.spec, brief.name
    wanted = facts.number("karpenter.spot_to_spot_types")
    few = [
        f"{one.spec.name} {len(one.types)}"
        for one in pools
        if one.spec.manager == "karpenter" and len(one.types) < wanted
    ]
    events = [str(one["detailType"]) for one in facts["karpenter.events"].value]
    home = [str(group.name) for group in spec.node_groups]
    own = node_group_name(name) if spec.security.egress == "restricted" else ""
    inputs: dict[str, object] = {
        "IAM": f"role {role_name(name, 'karpenter', facts)} for the controller, by {identity_of(spec, 'karpenter')}; {karpenter_node_role_name(name, facts)} for its nodes",
        "queue": f"{interruption_queue_name(name)}, {facts.number('karpenter.queue_retention_seconds')} s retention, encrypted by SQS, HTTPS only",
        "EventBridge rules": f"{len(events)} to the queue: {', '.join(events)}",
        "subnets": f"karpenter.sh/discovery={name}"
        if not any("node" in one.use for one in spec.vpc.subnets)
        else "existing ones by id in the EC2NodeClass: karpenter.sh/discovery holds one cluster's name, and another cluster may have put its own there",
        "security groups": f"karpenter.sh/discovery={name}, on {own}"
        if own
        else f"the cluster's own, by the tag aws:eks:cluster-name={name} that EKS puts on it",
        "controller runs on": ", ".join(home) or ("Fargate" if spec.fargate else "nodes that it must not start itself"),
        "spot to spot": f"needs {wanted} cheaper types to choose from; fewer in {', '.join(few)}"
        if few
        else f"{wanted} types or more in every pool"
        if pools
        else f"give its pools {wanted} types or more",
        "consolidation": "empty nodes first, then several nodes for one that costs less, then a single one; never one for several",
        "preferences": "preferred affinity and spread are taken as required first, the lowest weight given up first",
    }
    if spec.nat == "none":
        inputs["settings.isolatedVPC"] = "true: prices cannot be asked for (private.helm.karpenter)"
    brief.ledger.add(
        "autoscaling.karpenter",
        "What Karpenter needs",
        "two roles, a queue with its rules, discovery tags, and nodes for its controller",
        inputs=inputs,
        explanation="it starts instances by itself, without Auto Scaling groups or launch templates of yours; its controller must not run on nodes that it may remove",
        source=facts.source("karpenter.events"),
        note="N12",
    )


def check_home(brief: Brief) -> Iterator[Diagnostic]:
    """Karpenter's controller needs nodes that Karpenter does not start."""
    spec = brief.spec
    alone = spec.node_pools and not spec.node_groups and not spec.fargate
    if "karpenter" in autoscalers(spec) and alone and not any(one.node_group for one in spec.workloads):
        yield Diagnostic(
            Kind.NOTICE,
            "karpenter-home",
            "Karpenter's controller has no nodes to run on but those that it starts and removes itself",
            path=("spec", "nodePools"),
            value="no node group, no Fargate profile",
            limit="one small managed node group, or Fargate",
            fix="add a nodeGroup of two small nodes for it, or fargate for its namespace",
            source=KARPENTER,
            note="N11",
        )
