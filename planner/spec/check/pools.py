"""Node pools, and settings that only mean something together with others (notes N12, N27, N31)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodePoolSpec


def check_pools(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Names, types and zones of node pools; Fargate profiles; pods with security groups of their own."""
    del facts
    groups = {group.name for group in spec.node_groups}
    seen: set[str] = set()
    for number, pool in enumerate(spec.node_pools):
        path: Path = ("nodePools", number)
        if pool.name in groups | seen:
            yield _twice(path, "node group or pool", pool.name)
        seen.add(pool.name)
        yield from _pool(pool, path, spec)
    profiles: set[str] = set()
    for number, profile in enumerate(spec.fargate):
        if profile.name in profiles:
            yield _twice(("fargate", number), "Fargate profile", profile.name)
        profiles.add(profile.name)
    if not spec.cni.security_groups_for_pods:
        for number, group in enumerate(spec.node_groups):
            if group.security_group_pods_per_node:
                yield invalid(
                    "group-branches",
                    ("nodeGroups", number, "securityGroupPodsPerNode"),
                    "pods have security groups of their own only with cni.securityGroupsForPods",
                    value=str(group.security_group_pods_per_node),
                    limit="cni.securityGroupsForPods: true",
                    fix="turn it on, or remove securityGroupPodsPerNode",
                    source="https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
                    note="N27",
                )
    given = [number for number, one in enumerate(spec.vpc.subnets) if "cluster" in one.use]
    if given and spec.vpc.cluster_subnets == "shared":
        yield invalid(
            "cluster-subnets",
            ("vpc", "clusterSubnets"),
            "existing subnets are given for the cluster, so its interfaces do not go into the node subnets",
            value="shared",
            limit=f"{spec.vpc.subnets[given[0]].id} has use: cluster",
            fix="remove clusterSubnets, or use: cluster",
            note="N31",
        )


def _pool(pool: NodePoolSpec, path: Path, spec: ClusterSpec) -> Iterator[Diagnostic]:
    if bool(pool.instance_types) == bool(pool.requirements):
        both = bool(pool.instance_types)
        yield invalid(
            "pool-types",
            (*path, "requirements" if both else "instanceTypes"),
            "instanceTypes and requirements exclude each other" if both else "the pool has no instance types",
            value=", ".join(pool.instance_types),
            limit="one of the two",
            fix="keep the one that you mean" if both else "add instanceTypes: [m7i.large], or requirements",
            note="N12",
        )
    zones = spec.zones if isinstance(spec.zones, tuple) else None
    for number, zone in enumerate(pool.zones):
        if zones is None or zone not in zones:
            yield invalid(
                "pool-zone",
                (*path, "zones", number),
                "not one of the cluster's zones",
                value=zone,
                limit=", ".join(zones) if zones else "spec.zones lists no zones",
                fix="list the cluster's zones in spec.zones, this one among them",
                note="N12",
            )


def _twice(path: Path, what: str, name: str) -> Diagnostic:
    return invalid("name-twice", (*path, "name"), f"two of this name: a {what}", value=name, fix="rename one of them")
