"""When the node controller gives up on nodes, and how fast it evicts their pods (note N39).

It looks at each zone by itself: all nodes unhealthy, at least 55 % (and three) of them, or fewer. A
zone that is gone as a whole is evicted at the usual rate, unless every zone is: then nothing is.

Sources: https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller,
https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/nodelifecycle/node_lifecycle_controller.go
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.catalog.facts import Facts
from planner.catalog.versions import older
from planner.spec.nodes import TaintSpec
from planner.spec.workloads import WorkloadSpec

UNREACHABLE = TaintSpec(key="node.kubernetes.io/unreachable", effect="NoExecute")
"""The taint of a node that says nothing any more."""


class ZoneState(StrEnum):
    """How the node controller sees a zone."""

    NORMAL = "normal"
    PARTIAL = "partially disrupted"
    FULL = "fully disrupted"
    EVERYWHERE = "every zone is fully disrupted"


@dataclass(frozen=True, slots=True)
class Eviction:
    """How the nodes of a zone are tainted. Times in seconds."""

    state: ZoneState
    nodes: int
    """Nodes of the zone."""
    unhealthy: int
    grace: int
    """Until a node counts as unreachable."""
    per_node: int | None
    """Between two nodes; None where eviction stops."""

    def tainted(self, number: int) -> int | None:
        """When the node of a number (from 0) is tainted; None for never."""
        return None if self.per_node is None else self.grace + number * self.per_node

    @property
    def last(self) -> int | None:
        """When the last unhealthy node is tainted."""
        return self.tainted(max(self.unhealthy - 1, 0))


def eviction(nodes: int, percent: int, version: str, facts: Facts, *, others: bool = True) -> Eviction:
    """What becomes of a zone of so many nodes when ``percent`` of them (rounded up) fall silent;
    ``others`` says whether another zone still has healthy nodes."""
    unhealthy = -(-nodes * percent // 100)
    state = _state(nodes, unhealthy, facts, others=others)
    return Eviction(state, nodes, unhealthy, facts.number(grace_key(version)), _per_node(state, nodes, facts))


def _state(nodes: int, unhealthy: int, facts: Facts, *, others: bool) -> ZoneState:
    if nodes and unhealthy == nodes:
        return ZoneState.FULL if others else ZoneState.EVERYWHERE
    share, least = facts.number("eviction.unhealthy_percent"), facts.number("eviction.unhealthy_nodes")
    many = unhealthy >= least and 100 * unhealthy >= share * nodes
    return ZoneState.PARTIAL if many else ZoneState.NORMAL


def _per_node(state: ZoneState, nodes: int, facts: Facts) -> int | None:
    """Seconds between two nodes. What counts as a large cluster is compared with the zone's nodes."""
    if state is ZoneState.EVERYWHERE:
        return None
    if state is ZoneState.PARTIAL:
        large = nodes > facts.number("eviction.large_cluster")
        return facts.number("eviction.secondary_seconds_per_node") if large else None
    return facts.number("eviction.seconds_per_node")


def grace_key(version: str) -> str:
    """The fact with the grace period of a Kubernetes version: 50 s since 1.32, 40 s before."""
    early = older(version, "1.32") if version else False
    return "node_monitor.grace_seconds_before_1_32" if early else "node_monitor.grace_seconds"


def toleration(workload: WorkloadSpec | None, facts: Facts) -> int | None:
    """Seconds that pods stay on an unreachable node: the least of their own tolerations, for ever (None)
    where those name no time, else the default of 300 s. None stands for CoreDNS.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
    """
    own = [one for one in workload.tolerations if one.covers(UNREACHABLE)] if workload else []
    if not own:
        return facts.number("toleration.seconds")
    return min((one.toleration_seconds for one in own if one.toleration_seconds is not None), default=None)
