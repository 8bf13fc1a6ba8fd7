"""Addresses that one node of a group takes at its worst, whichever of its types it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.capacity.addresses import Footprint, WarmTargets, footprint, largest
from planner.capacity.max_pods import PodNetwork
from planner.capacity.trunk import branch_interfaces
from planner.catalog.facts import Facts
from planner.catalog.model import BranchTable, InstanceType


@dataclass(frozen=True, slots=True)
class NodeAddresses:
    """What a node holds at peak beside its branch interfaces, and how many of those it has."""

    footprint: Footprint
    of: str
    """The type that holds most."""
    pods: int
    """Pods with addresses of their own on it at peak, those with branch interfaces included."""
    max_pods: int
    branches: int
    """Pods with security groups of their own: a branch interface each, one address."""
    batch: int
    """Addresses that one subnet must give at once, for a new interface."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type that a node may be, with its maxPods and its pods with addresses of their own."""

    instance: InstanceType
    max_pods: int
    pods: int


def node_addresses(
    candidates: Sequence[Candidate],
    network: PodNetwork,
    warm: WarmTargets,
    facts: Facts,
    load_branches: Callable[[], BranchTable],
    branch_pods: int | None = None,
) -> NodeAddresses:
    """The most that a node of any of these types takes.

    With security groups for pods any number of pods up to ``branch_pods`` (None: up to the branch
    interfaces of the type) may have branch interfaces instead of the node's addresses; what counts is the
    number that takes most. Raises ValueError for no candidates.
    """
    worst = [(_with_branches(one, network, warm, facts, load_branches, branch_pods), one) for one in candidates]
    (_, branches), top = max(
        worst, key=lambda pair: (pair[0][0].node_subnet + pair[0][0].pod_subnet + pair[0][1], pair[1].instance.name)
    )
    whole = largest([pair[0][0] for pair in worst])
    slots = max(one.instance.ipv4_per_interface - 1 for one in candidates)
    size = facts.number("pods.prefix_addresses")
    return NodeAddresses(
        footprint=whole,
        of=top.instance.name,
        pods=top.pods,
        max_pods=top.max_pods,
        branches=max([branches, *(pair[0][1] for pair in worst)]),
        batch=1 if network.ipv6 else 1 + min(slots, max(whole.prefixes, 1)) * size if whole.prefixes else 1 + slots,
    )


def _with_branches(
    one: Candidate,
    network: PodNetwork,
    warm: WarmTargets,
    facts: Facts,
    load_branches: Callable[[], BranchTable],
    branch_pods: int | None,
) -> tuple[Footprint, int]:
    """A type's footprint and branch interfaces where both together take most."""

    def taken(branches: int) -> Footprint:
        return footprint(one.instance, one.pods - branches, one.max_pods, network, warm, facts, scattered=True)

    if not network.security_groups_for_pods:
        return taken(0), 0
    most = branch_interfaces(one.instance, load_branches()).count or 0
    most = min(most if branch_pods is None else min(branch_pods, most), one.pods)
    found = [(taken(number), number) for number in range(most + 1)]
    return max(found, key=lambda pair: (pair[0].node_subnet + pair[0].pod_subnet + pair[1], -pair[1]))
