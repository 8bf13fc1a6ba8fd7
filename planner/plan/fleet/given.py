"""Judges the blocks that a fleet's file gives, before anything is chosen."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.diagnostics import Finding, Verdict
from planner.network.claims import Claim, overlaps
from planner.plan.fleet.holdings import (
    allocations,
    block_claims,
    foreign_claims,
    given,
    member_sides,
    pod_pools,
    sharing_of,
)
from planner.plan.fleet.judge import judge_blocks
from planner.plan.fleet.model import Named
from planner.plan.fleet.review import FLEET_RULES, aws_finding, overlap_finding
from planner.spec.fleet.load import LoadedFleet, Member
from planner.spec.fleet.merge import Pins


def given_claims(loaded: LoadedFleet, facts: Facts) -> list[Claim]:
    """Claims on every block of the file."""
    if loaded.document is None:
        raise ValueError("a fleet that could not be read")
    spec = loaded.document.spec
    avoid = [Named(one.name, one.cidr) for one in spec.avoid]
    claims = list(foreign_claims(avoid, allocations(spec), pod_pools(spec, facts), sharing_of(spec)))
    for member in loaded.members:
        claims += block_claims(member.name, given(member))
        claims += member_sides(member)
    return claims


def review_given(loaded: LoadedFleet, facts: Facts) -> Verdict:
    """Findings on these blocks; each set of blocks once, however many clusters have it."""
    if loaded.document is None:
        raise ValueError("a fleet that could not be read")
    sharing = sharing_of(loaded.document.spec)
    findings = [overlap_finding(one) for one in overlaps(given_claims(loaded, facts), sharing)]
    known: set[tuple[Pins, bool]] = set()
    for member in loaded.members:
        key = (member.pins, member.spec.vpc.id is not None)
        if key not in known and member.pins != Pins():
            known.add(key)
            findings += _aws(member, facts)
    broken = {one.rule for one in findings}
    return Verdict(tuple(findings), (), tuple(rule.code for rule in FLEET_RULES if rule.code not in broken))


def _aws(member: Member, facts: Facts) -> list[Finding]:
    hand, pins = given(member), member.pins
    existing = member.spec.vpc.id is not None
    found = judge_blocks(
        hand.primary, pins.secondary, hand.service, pins.hybrid_nodes, pins.hybrid_pods, facts, existing=existing
    )
    return [aws_finding(one, member.name) for one in found]
