"""Pools of Karpenter and EKS Auto Mode: what their nodes take (notes N11, N12)."""

from __future__ import annotations

from dataclasses import dataclass

from planner.capacity.addresses import WarmTargets
from planner.capacity.group import pod_network, types_of, warm_targets
from planner.capacity.max_pods import ImpossibleNetworkError, PodNetwork, max_pods
from planner.capacity.node_addresses import Candidate, NodeAddresses, node_addresses
from planner.catalog.model import Catalog, InstanceType, Region
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodePoolSpec

_AUTO = "https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html"
_KARPENTER = "https://karpenter.sh/docs/concepts/nodepools/"


@dataclass(frozen=True, slots=True)
class PoolCapacity:
    """A pool and the addresses of one of its nodes at peak."""

    spec: NodePoolSpec
    index: int
    addresses: NodeAddresses
    types: tuple[InstanceType, ...] = ()


def work_out_pool(
    pool: NodePoolSpec, index: int, spec: ClusterSpec, catalog: Catalog, region: Region, zone_ids: frozenset[str]
) -> PoolCapacity | list[Diagnostic]:
    """Addresses of a pool's nodes, or why it cannot be.

    Karpenter gives each type its own maxPods, so the largest type counts; nodes of Auto Mode have
    /28 prefixes and at most 110 pods, and no warm settings.
    """
    path: Path = ("spec", "nodePools", index)
    facts = catalog.facts
    types = types_of(pool.as_group, path, catalog, region, zone_ids)
    if isinstance(types, list):
        return types
    auto = pool.manager == "auto-mode"
    ipv6 = spec.ip_family == "ipv6"
    network = PodNetwork(prefix=True, ipv6=ipv6) if auto else pod_network(spec)
    warm = WarmTargets() if auto else warm_targets(spec)
    host = facts.number("pods.host_network") + network.host_network_pods
    candidates: list[Candidate] = []
    problems: list[Diagnostic] = []
    for number, one in enumerate(types):
        place = (*path, "instanceTypes", number) if pool.instance_types else path
        if auto and not one.nitro:
            problems.append(_wrong(place, "EKS Auto Mode starts no types on Xen", one.name, "types on Nitro", _AUTO))
            continue
        try:
            most = max_pods(one, network, facts, capped=network.prefix).pods
        except ImpossibleNetworkError as error:
            problems.append(_wrong(place, str(error), one.name, "", _KARPENTER))
            continue
        most = min(most, facts.number("pods.auto_mode")) if auto else most
        if pool.pods_per_node is not None and pool.pods_per_node > most:
            problems.append(
                _wrong(
                    (*path, "podsPerNode"),
                    f"more pods than a node of {one.name} takes",
                    str(pool.pods_per_node),
                    f"{most} on {one.name}",
                    _AUTO if auto else _KARPENTER,
                )
            )
            continue
        candidates.append(Candidate(one, most, max((pool.pods_per_node or most) - host, 0)))
    if problems:
        return problems
    taken = node_addresses(candidates, network, warm, facts, catalog.load_branches, branch_pods=None)
    return PoolCapacity(pool, index, taken, types)


def _wrong(path: Path, summary: str, value: str, limit: str, source: str) -> Diagnostic:
    return Diagnostic(
        Kind.INVALID,
        "node-pool",
        summary,
        path=path,
        value=value,
        limit=limit,
        fix="choose other types, or lower podsPerNode" if limit else "choose other types, or change spec.cni",
        source=source,
        note="N27",
    )
