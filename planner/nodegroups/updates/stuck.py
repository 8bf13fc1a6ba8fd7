"""Pods that keep an update from draining their nodes, found before it begins (notes N16, N21, N40)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.diagnostics import Diagnostic, Kind, Path
from planner.nodegroups.updates.drain import most_pods, pods_on, seconds_of
from planner.nodegroups.updates.model import How, Tenant, UpdatedGroup

UPDATE = "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html"
_BUDGETS = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/"
_EVICTION = "https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/"
_TAINTS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"


def stuck(group: UpdatedGroup, how: How) -> Iterator[Diagnostic]:
    """Everything that would fail the update with PodEvictionFailure, or may. With force the pods are
    deleted instead, so that it is said and stops nothing."""
    here = pods_on(group.nodes)
    for tenant in group.tenants:
        count = here.get(tenant.name, 0)
        if not count:
            continue
        if tenant.budgets > 1:
            yield _twice(tenant, count, how)
        elif tenant.allowed == 0:
            yield _never(tenant, count, how)
        elif tenant.grace > how.timings.limit:
            yield _grace(tenant, how)
        elif not tenant.returns:
            yield from _slow(group, tenant, how)
        if tenant.returns:
            yield _returns(tenant, count, how)


def _found(
    tenant: Tenant, how: How, code: str, summary: str, *, field: str, sure: bool = True, **parts: Any
) -> Diagnostic:
    forced = "; with --force its pods are deleted when the time is up" if how.force else ""
    kind = Kind.INFEASIBLE if sure and not how.force else Kind.NOTICE
    path: Path = ("spec", "workloads", tenant.index, field) if tenant.index is not None else ()
    return Diagnostic(kind, code, f"{tenant.name}: {summary}{forced}", path=path, **parts)


def _twice(tenant: Tenant, count: int, how: How) -> Diagnostic:
    return _found(
        tenant,
        how,
        "update-budget-twice",
        "several budgets select its pods, and the eviction API refuses such pods",
        field="podDisruptionBudget",
        value=f"{tenant.budgets} budgets ({tenant.budget}) on {count} pods of this group",
        limit="1 budget for a pod",
        fix="keep one of them, or narrow their selectors",
        source=_EVICTION,
        note="N21",
    )


def _never(tenant: Tenant, count: int, how: How) -> Diagnostic:
    alone = tenant.pods.replicas == 1
    return _found(
        tenant,
        how,
        "update-budget-zero",
        "its only pod may never go" if alone else "its budget lets no pod go",
        field="podDisruptionBudget",
        value=f"{tenant.budget}: 0 of {tenant.pods.replicas} pods may go ({count} are on this group)",
        limit="1 pod or more (percentages round up)",
        fix="run a second replica, or remove the budget" if alone else "add replicas, or set maxUnavailable: 1",
        source=_BUDGETS,
        note="N40",
    )


def _grace(tenant: Tenant, how: How) -> Diagnostic:
    return _found(
        tenant,
        how,
        "update-grace",
        "its pods may take longer to end than EKS waits for a node to drain",
        field="terminationGracePeriodSeconds",
        value=f"terminationGracePeriodSeconds {tenant.grace}",
        limit=f"{how.timings.limit} s for a node",
        fix=f"end within {how.timings.limit} s, or move it to nodes that are updated by hand",
        source=UPDATE,
        note="N21",
    )


def _slow(group: UpdatedGroup, tenant: Tenant, how: How) -> Iterator[Diagnostic]:
    """A budget that lets pods go too slowly for the nodes that may be drained together."""
    most = most_pods(group.nodes, tenant.name, how.at_once)
    seconds = seconds_of(tenant, most)
    if seconds is None or seconds <= how.timings.limit:
        return
    alone = seconds_of(tenant, most_pods(group.nodes, tenant.name, 1)) or 0
    yield _found(
        tenant,
        how,
        "update-drain",
        "its budget lets pods go too slowly for the nodes that are drained together",
        field="podDisruptionBudget",
        sure=alone > how.timings.limit,  # otherwise it depends on which nodes EKS chooses
        value=f"up to {most} pods on {how.at_once} nodes, {tenant.allowed} at a time, ready after {tenant.ready} s: {seconds} s",
        limit=f"{how.timings.limit} s for a node",
        fix="lower maxUnavailable, or allow more pods to be unavailable"
        if alone <= how.timings.limit
        else "allow more pods to be unavailable, or spread its pods over more nodes: one node alone takes longer",
        source=UPDATE,
        note="N21",
    )


def _returns(tenant: Tenant, count: int, how: How) -> Diagnostic:
    return _found(
        tenant,
        how,
        "update-returns",
        "it tolerates that a node is unschedulable, so its pods may come back to the node that is drained",
        field="tolerations",
        value=f"{count} pods of this group tolerate node.kubernetes.io/unschedulable",
        limit="tolerations of the taints that it needs",
        fix="name the taints that it tolerates, or make it a DaemonSet",
        source=_TAINTS,
        note="N21",
    )
