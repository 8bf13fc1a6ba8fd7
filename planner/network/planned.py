"""The subnets of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.design import Subnet
from planner.diagnostics import Diagnostic
from planner.network.cidr import usable
from planner.network.demand import Tier
from planner.spec.network import ExistingSubnet


@dataclass(frozen=True, slots=True)
class PlannedSubnet:
    """A subnet of the plan with its tier; ``existing`` when it is already there."""

    tier: Tier
    zone: str
    subnet: Subnet
    existing: ExistingSubnet | None = None

    def room(self, facts: Facts) -> int:
        """Addresses that the cluster may take: what EC2 reports as free, else all usable ones."""
        told = self.existing.free if self.existing else None
        return usable(self.subnet.cidr, facts) if told is None else told


@dataclass(frozen=True, slots=True)
class Layout:
    """All subnets, the demands they were made for, and what could not be placed."""

    subnets: tuple[PlannedSubnet, ...]
    problems: tuple[Diagnostic, ...]

    def of(self, tier: Tier, zone: str | None = None) -> tuple[PlannedSubnet, ...]:
        """The subnets of a tier (in one zone)."""
        return tuple(one for one in self.subnets if one.tier is tier and zone in (None, one.zone))

    @property
    def unique(self) -> tuple[PlannedSubnet, ...]:
        """Every subnet once, under the first tier that it serves."""
        return tuple({one.subnet.name: one for one in reversed(self.subnets)}.values())[::-1]
