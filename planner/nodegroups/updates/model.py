"""What is updated, how, and what came of it. Times are seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from planner.capacity.packing.model import PodKind
from planner.capacity.packing.shapes import NodeShape
from planner.catalog.facts import Facts


class Strategy(StrEnum):
    """Whether new nodes come first, or old ones go first."""

    DEFAULT = "DEFAULT"
    MINIMAL = "MINIMAL"


@dataclass(frozen=True, slots=True)
class Timings:
    """How long things take. ``wait`` and ``limit`` are AWS's own; the others are assumptions."""

    setup: int
    boot: int
    """From the launch of a node until it is Ready and labelled."""
    terminate: int
    step: int
    """One node less in the scale-down."""
    ready: int
    """From the creation of a pod until it is ready, where its workload does not say."""
    wait: int
    """Between cordon and termination."""
    limit: int
    """For the drain of a node."""


def timings(facts: Facts, changes: Mapping[str, int]) -> Timings:
    """The catalog's timings, changed by name (setup, boot, terminate, step, ready)."""
    assumed = facts.table("update.assumed")
    given = {name: int(assumed[f"{name}Seconds"]) for name in ("setup", "boot", "terminate", "step", "ready")}
    return Timings(
        **{**given, **changes},
        wait=facts.number("update.wait_seconds"),
        limit=facts.number("update.eviction_seconds"),
    )


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workload as the drain of its nodes meets it. DaemonSets are none: a drain leaves them."""

    pods: PodKind
    """All pods of it, wherever they run."""
    kind: str
    allowed: int | None
    """Pods that may be evicted at once; None without a budget."""
    budget: str
    """The budgets in words."""
    budgets: int
    grace: int
    ready: int
    returns: bool = False
    """Whether it tolerates that a node is unschedulable: its pods come back to a node being drained."""
    elsewhere: bool = False
    """Whether other groups or pools may carry it as well."""
    index: int | None = None
    """Its place in the spec; None for an add-on's pods."""

    @property
    def name(self) -> str:
        """Name of the workload."""
        return self.pods.name


@dataclass(frozen=True, slots=True)
class OldNode:
    """A node of the former version and the pods on it, by workload."""

    zone: str
    pods: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class UpdatedGroup:
    """A group before its update. ``zones`` are all that its Auto Scaling group has, ``lost`` those of
    them in which nothing can be started."""

    name: str
    zones: tuple[str, ...]
    nodes: tuple[OldNode, ...]
    most: int
    """maxSize."""
    tenants: tuple[Tenant, ...] = ()
    shape: NodeShape | None = None
    """What a node has for tenants; None where that is not known."""
    lost: frozenset[str] = frozenset()
    homeless: tuple[tuple[str, int], ...] = ()
    """Pods of tenants that these nodes have no room for even before the update."""
    surge_per_zone: int = 2

    @property
    def left(self) -> tuple[str, ...]:
        """Zones that nodes can be started in."""
        return tuple(zone for zone in self.zones if zone not in self.lost)


@dataclass(frozen=True, slots=True)
class How:
    """The settings of an update. ``at_once`` is maxUnavailable as a number of nodes."""

    strategy: Strategy
    at_once: int
    timings: Timings
    force: bool = False
    autoscaler: bool = False
    """Whether the Cluster Autoscaler scales the group up while EKS scales it down."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the update: from ``start`` to ``end``, with the nodes there are at its most and at its end."""

    kind: str
    """setup, scale-up, round or scale-down."""
    number: int
    start: int
    end: int
    replaced: int
    """Old nodes that it replaces."""
    most: int
    nodes: int
    drain: int = 0
    slowest: str = ""
    """The workload that its drain waits for."""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the update ended."""

    code: str
    """As AWS names it."""
    round: int
    workload: str
    seconds: int | None
    """How long the drain would take; None where it would never end."""


@dataclass(frozen=True, slots=True)
class Played:
    """An update, played."""

    how: How
    phases: tuple[Phase, ...]
    rounds: int
    """Rounds that the whole update takes."""
    expected: int
    worst: int
    """With every drain at its limit."""
    peak: int
    peak_by_zone: Mapping[str, int]
    late: int
    """Longest that evicted pods wait for a node that still boots."""
    final: int
    """Nodes at the end."""
    failure: Failure | None = None
    forced: tuple[str, ...] = field(default=())
    """Workloads whose pods are deleted because their drain takes too long."""
