"""Launch template's market options do not fit the node group.

## What it does
Compares InstanceMarketOptions of the launch template with the capacity type of the group. A request for Spot instances
is never allowed; a Capacity Block needs the market type, the reservation and the instance type in the template and
CAPACITY_BLOCK in the group.

## Why it matters
EKS refuses the group, or its nodes do not start in the reservation that was paid for.

## How to fix
Say Spot by the capacityType of the group. For a Capacity Block say all four things.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_pairs
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for group, template in known_pairs(design):
        market = f"MarketType {template.market_type or 'none'}"
        if template.market_type == "spot":
            yield Problem(
                group.name,
                "EKS refuses a request for Spot instances in a launch template",
                measured=f"{market}, capacityType {group.capacity_type}",
                limit="no market options",
                fix=f"make a version of {template.name} without InstanceMarketOptions; capacityType says Spot",
            )
        elif "CAPACITY_BLOCK" in (group.capacity_type, (template.market_type or "").upper().replace("-", "_")):
            missing = [
                field
                for field, there in (
                    ("capacityType CAPACITY_BLOCK", group.capacity_type == "CAPACITY_BLOCK"),
                    ("MarketType capacity-block", template.market_type == "capacity-block"),
                    ("CapacityReservationId", template.capacity_reservation is not None),
                    ("InstanceType", template.instance_type is not None),
                )
                if not there
            ]
            if missing:
                yield Problem(
                    group.name,
                    "a Capacity Block is said only in part",
                    measured=f"{market}, capacityType {group.capacity_type}, without {', '.join(missing)}",
                    limit="capacityType, MarketType, CapacityReservationId and InstanceType",
                    fix=f"add {', '.join(missing)}",
                )


RULE = Rule(
    code="NGP021",
    name="market-options",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html",
    notes=("N17", "N23"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
