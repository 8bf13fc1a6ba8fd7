"""The Plan: a design with everything that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.decisions import Decision, OneWayDoor
from planner.design import Design
from planner.diagnostics import Verdict
from planner.network.demand import SubnetDemand
from planner.network.spread import NodeSpread

SCHEMA_VERSION = 4
NOT_REVIEWED = Verdict()


@dataclass(frozen=True, slots=True)
class CatalogStamp:
    """Which catalog a plan was made from."""

    digest: str
    retrieved: str
    """Day of the oldest part, ISO 8601."""


@dataclass(frozen=True, slots=True)
class SubnetCapacity:
    """How full a planned subnet will be."""

    tier: str
    zone: str
    subnets: tuple[str, ...]
    cidrs: tuple[str, ...]
    needed: int
    usable: int
    prefixes: int = 0
    """/28 prefixes among the needed addresses."""

    @property
    def free(self) -> int:
        """Addresses left at the planned peak."""
        return self.usable - self.needed


@dataclass(frozen=True, slots=True)
class GroupPods:
    """Pods per node of one instance type of a group."""

    group: str
    instance_type: str
    pods: int
    uncapped: int
    limiter: str
    price_per_hour: float | None
    """On-demand Linux price in US dollars, or None when unknown."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan file holds. ``verdict`` is what the review said of the design."""

    name: str
    generator: str
    catalog: CatalogStamp
    spec: dict[str, Any]
    """The spec as read, with the defaults filled in."""
    design: Design
    demands: tuple[SubnetDemand, ...]
    spreads: tuple[NodeSpread, ...]
    """The nodes of every group and pool over the zones."""
    capacity: tuple[SubnetCapacity, ...]
    pods: tuple[GroupPods, ...]
    decisions: tuple[Decision, ...]
    one_way_doors: tuple[OneWayDoor, ...]
    verdict: Verdict = NOT_REVIEWED
    digest: str = ""
    """``sha256:`` over the canonical JSON of everything else; empty until it is written."""
