"""CoreDNS grows with the cluster (note N37).

Source: https://docs.aws.amazon.com/eks/latest/userguide/coredns-autoscaling.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind
from planner.plan.limits import Reach
from planner.spec.addons import addon_names
from planner.spec.cluster import ClusterSpec
from planner.spec.compute import only_fargate


def replicas_wanted(reach: Reach, facts: Facts) -> int:
    """Replicas at the cluster's largest, by the formula of EKS's own autoscaler of the add-on."""
    each = facts.table("coredns.scaling")
    return int(max(-(-reach.nodes // each["nodes"]), -(-reach.cores // each["cores"]), each["least"]))


def _asked(spec: ClusterSpec) -> Mapping[str, Any]:
    return next((one.configuration for one in spec.addons if one.name == "coredns"), {})


def coredns_defaults(spec: ClusterSpec, reach: Reach, facts: Facts) -> dict[str, Any]:
    """What the plan adds to the add-on's configuration: EKS's autoscaler, where two replicas will not
    do and the spec says nothing of them; and that it runs on Fargate, where there is nothing else."""
    return {**_on_fargate(spec), **_scaling(spec, reach, facts)}


def _on_fargate(spec: ClusterSpec) -> dict[str, Any]:
    """Without it the pods ask for EC2 and stay pending.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-getting-started.html
    """
    return {"computeType": "Fargate"} if only_fargate(spec) and "computeType" not in _asked(spec) else {}


def _scaling(spec: ClusterSpec, reach: Reach, facts: Facts) -> dict[str, Any]:
    asked, wanted = _asked(spec), replicas_wanted(reach, facts)
    default = int(facts.table("pods.coredns")["replicas"])
    if wanted <= default or "replicaCount" in asked or "autoScaling" in asked:
        return {}
    return {"autoScaling": {"enabled": True, "minReplicas": default, "maxReplicas": wanted}}


def record_coredns(brief: Brief, reach: Reach) -> Iterator[Diagnostic]:
    """The decision ``coredns``, and a notice where what the spec asks for stays behind the cluster."""
    facts, spec = brief.facts, brief.spec
    each = facts.table("coredns.scaling")
    if "coredns" not in addon_names(spec, facts):
        return  # EKS Auto Mode runs DNS outside of the cluster
    wanted, own = replicas_wanted(reach, facts), _scaling(spec, reach, facts)
    told = {**own, **_asked(spec)}
    scaling = told.get("autoScaling")
    scales = isinstance(scaling, Mapping) and bool(scaling.get("enabled"))
    default = int(facts.table("pods.coredns")["replicas"])
    have = scaling.get("maxReplicas", wanted) if scales else told.get("replicaCount", default)  # type: ignore[union-attr]
    brief.ledger.add(
        "coredns",
        "CoreDNS at the cluster's largest",
        f"up to {have} replicas, by EKS's autoscaler" if scales else f"{have} replicas",
        formula=f"max(⌈nodes ÷ {each['nodes']}⌉, ⌈cores ÷ {each['cores']}⌉, {each['least']})",
        worked=f"max(⌈{reach.nodes} ÷ {each['nodes']}⌉, ⌈{reach.cores} ÷ {each['cores']}⌉, {each['least']}) = {wanted}",
        explanation=(
            "the plan turns the add-on's own autoscaler on, for two replicas are the default whatever the size"
            if own
            else "as the spec says"
            if _asked(spec)
            else "EKS's default is enough"
        )
        + ". Other add-ons grow too: give metrics-server, the load balancer controller and agents on nodes more memory as nodes and pods become more",
        source=facts.source("coredns.scaling"),
        note="N37",
    )
    if isinstance(have, int) and have < wanted:
        yield Diagnostic(
            Kind.NOTICE,
            "coredns-replicas",
            "CoreDNS does not grow with the cluster",
            path=("spec", "addons"),
            value=f"{have} replicas",
            limit=f"{wanted} at {reach.nodes:,} nodes",
            fix=f"use configuration: {{autoScaling: {{enabled: true, minReplicas: {default}, maxReplicas: {wanted}}}}}, or leave it to the plan",
            source=facts.source("coredns.scaling"),
            note="N37",
        )
