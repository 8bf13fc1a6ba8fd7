"""A cluster's own spec out of a fleet plan: its blocks filled in, and everything else to be avoided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

from planner.network.cidr import FreeSpace
from planner.plan.fleet.model import FleetCluster, FleetPlan
from planner.spec.fleet.load import Member


def cluster_document(member: Member, cluster: FleetCluster, plan: FleetPlan) -> dict[str, Any]:
    """The document that `eksplan plan` makes the same subnets from."""
    data: dict[str, Any] = {key: value for key, value in member.variant.data.items() if key != "avoid"}
    vpc = {key: value for key, value in dict(data.get("vpc", {})).items() if key not in ("pool", "prefixLength")}
    vpc["cidr"] = str(cluster.vpc)
    further = (*cluster.secondary, *cluster.pods)
    if further:
        vpc["secondaryCidrs"] = [str(one) for one in further]
    spec: dict[str, Any] = {"region": data.pop("region"), "vpc": vpc}
    data.pop("vpc", None)
    if cluster.service is not None:
        spec["serviceCidr"] = str(cluster.service)
    hybrid = {
        key: [str(one) for one in blocks]
        for key, blocks in (("nodeCidrs", cluster.hybrid_nodes), ("podCidrs", cluster.hybrid_pods))
        if blocks
    }
    if hybrid:
        spec["hybrid"] = {**dict(data.pop("hybrid", {})), **hybrid}
    avoid = [{"cidr": str(cidr), "name": name} for name, cidr in _avoid(cluster, plan)]
    if avoid:
        spec["avoid"] = avoid
    return {
        "apiVersion": "eksplan/v1",
        "kind": "Cluster",
        "metadata": {"name": cluster.name},
        "spec": {**spec, **data},
    }


def _avoid(cluster: FleetCluster, plan: FleetPlan) -> Iterable[tuple[str, IPv4Network]]:
    """What the fleet avoids, existing VPCs, and the rest of the pools: that is where the other
    clusters are, now and later, so that the list stays as it is when clusters are added."""
    own = [*cluster.blocks, *([cluster.service] if cluster.service else [])]
    named: Mapping[IPv4Network, str] = {
        **{cidr: one.name for one in plan.allocations for cidr in one.cidrs},
        **{one.cidr: one.name for one in (*plan.avoid, *cluster.avoid)},
    }
    for cidr, name in named.items():
        if not any(cidr.overlaps(block) for block in own):
            yield name, cidr
    for pool in plan.pools:
        if pool.kind != "vpc":
            continue
        for cidr in FreeSpace(pool.cidrs, (*own, *named)).blocks():
            yield f"pool-{pool.name}"[:63], cidr
