"""Fleets for tests, from a few lines."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import yaml

from planner.diagnostics import Diagnostic
from planner.network.claims import Claim, Sharing, Use
from planner.plan.fleet.build import FleetResult, build_fleet
from planner.plan.fleet.holdings import cluster_claims, foreign_claims
from planner.plan.fleet.model import FleetCluster, FleetPlan
from planner.spec.fleet.load import LoadedFleet, load_fleet
from tests.support.plans import GROUP, embedded

REGION = "us-east-1"


def fleet(**spec: Any) -> dict[str, Any]:
    """A fleet of one small cluster in us-east-1, changed by the given fields."""
    body: dict[str, Any] = {
        "defaults": {"region": REGION, "nodeGroups": [GROUP]},
        "clusters": [{"name": "one"}],
        **spec,
    }
    return {"apiVersion": "eksplan/v1", "kind": "Fleet", "metadata": {"name": "test"}, "spec": body}


def fleet_text(**spec: Any) -> str:
    """The same as YAML."""
    return yaml.safe_dump(fleet(**spec), sort_keys=False)


def loaded(text: str) -> LoadedFleet:
    """A fleet from text."""
    return load_fleet(text, "fleet.yaml", embedded().facts)


def result_of(previous: FleetPlan | None = None, move: tuple[str, ...] = (), **spec: Any) -> FleetResult:
    """Load and plan; diagnostics of both."""
    found = loaded(fleet_text(**spec))
    if found.document is None:
        return FleetResult(None, found.diagnostics)
    return build_fleet(found, embedded(), previous, move)


def plan_of(previous: FleetPlan | None = None, move: tuple[str, ...] = (), **spec: Any) -> FleetPlan:
    """The plan; it must exist."""
    result = result_of(previous, move, **spec)
    assert result.plan is not None, [
        f"{one.field}: {one.summary} {one.value} {one.limit}" for one in result.diagnostics
    ]
    return result.plan


def problems_of(previous: FleetPlan | None = None, **spec: Any) -> tuple[Diagnostic, ...]:
    """The diagnostics of a fleet that cannot be planned."""
    result = result_of(previous, **spec)
    assert result.plan is None
    return result.diagnostics


def cluster(plan: FleetPlan, name: str) -> FleetCluster:
    """A cluster of a plan by name."""
    (found,) = [one for one in plan.clusters if one.name == name]
    return found


def claims_of(plan: FleetPlan) -> list[Claim]:
    """Every claim of a plan."""
    pods = [cidr for pool in plan.pools if pool.kind == "pod" for cidr in pool.cidrs]
    claims = list(foreign_claims(plan.avoid, plan.allocations, pods, plan.sharing))
    for one in plan.clusters:
        claims += cluster_claims(one)
    return claims


def may_overlap(one: Claim, other: Claim, sharing: Sharing) -> bool:
    """Whether two claims may have addresses in common, written down once more without tables: what
    is routed to a network must be apart from it."""
    uses, same = {one.use, other.use}, one.owner == other.owner
    routed = {Use.VPC, Use.EXISTING}
    own = {Use.POD, Use.SERVICE}
    outside = {Use.HYBRID_NODE, Use.HYBRID_POD}
    if Use.OWN_AVOID in uses:
        return not (same and uses & (own | {Use.VPC}))
    if Use.AVOID in uses:
        return not uses & (own | {Use.VPC})
    if uses & routed:
        # two claims on the services of other people's clusters concern nobody here
        return Use.EXISTING_SERVICE in uses and Use.VPC not in uses
    if Use.EXISTING_SERVICE in uses:
        return Use.SERVICE not in uses or sharing.services
    if uses == {Use.SERVICE}:
        return sharing.services
    if uses == {Use.HYBRID_NODE}:
        return True
    if uses == {Use.HYBRID_POD}:
        return sharing.pods or same
    if Use.SERVICE in uses and uses & outside:
        return not same
    return sharing.pods and not same


def clashes(claims: list[Claim], sharing: Sharing) -> list[tuple[Claim, Claim]]:
    """All pairs that overlap and may not, by comparing every pair."""
    return [
        (one, other)
        for number, one in enumerate(claims)
        for other in claims[number + 1 :]
        if one.block.overlaps(other.block) and not may_overlap(one, other, sharing)
    ]


def net(text: str) -> IPv4Network:
    """A block."""
    return IPv4Network(text)
