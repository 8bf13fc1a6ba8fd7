"""What every room is told when it plans: the spec, the facts, and where decisions go."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.catalog.model import Region
from planner.decisions import Ledger
from planner.spec.cluster import ClusterSpec


@dataclass(frozen=True, slots=True)
class Brief:
    """The spec of the cluster called ``name``, its region, the facts, and the ledger."""

    name: str
    spec: ClusterSpec
    region: Region
    facts: Facts
    ledger: Ledger
