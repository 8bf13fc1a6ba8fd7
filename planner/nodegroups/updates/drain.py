"""How long nodes take to drain together: evictions that budgets allow, waits for replacements.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.nodegroups.updates.model import OldNode, Tenant


@dataclass(frozen=True, slots=True)
class Drain:
    """Seconds until the nodes are empty (None for never), and the workload that takes longest."""

    seconds: int | None
    slowest: str = ""


def pods_on(nodes: Sequence[OldNode]) -> dict[str, int]:
    """Pods of each workload on some nodes."""
    found: dict[str, int] = {}
    for node in nodes:
        for name, count in node.pods:
            found[name] = found.get(name, 0) + count
    return found


def seconds_of(tenant: Tenant, count: int, late: int = 0) -> int | None:
    """Seconds that ``count`` pods of a workload take to leave; None where they never do.

    A budget lets ``allowed`` pods go at once; the next follow when as many replacements are ready.
    A StatefulSet makes a replacement when the pod before it is gone, others at once. ``late`` are
    seconds that the first replacements wait for a node.
    """
    if not count:
        return 0
    if tenant.allowed == 0 or tenant.returns:
        return None
    waves = 1 if tenant.allowed is None else -(-count // tenant.allowed)
    again = tenant.ready + (tenant.grace if tenant.kind == "StatefulSet" else 0)
    return (late + (waves - 1) * again if waves > 1 else 0) + tenant.grace


def drain(nodes: Sequence[OldNode], tenants: Mapping[str, Tenant], late: int = 0) -> Drain:
    """The drain of nodes that are drained together: they share the budgets."""
    slowest, longest = "", 0
    for name, count in sorted(pods_on(nodes).items()):
        seconds = seconds_of(tenants[name], count, late)
        if seconds is None:
            return Drain(None, name)
        if seconds > longest:
            slowest, longest = name, seconds
    return Drain(longest, slowest)


def most_pods(group_nodes: Sequence[OldNode], name: str, count: int) -> int:
    """The most pods of a workload on any so many nodes: EKS chooses them at random."""
    each = sorted((dict(node.pods).get(name, 0) for node in group_nodes), reverse=True)
    return sum(each[:count])
