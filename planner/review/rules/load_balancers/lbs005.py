"""Several subnets of one zone are tagged for the same kind of load balancer.

## What it does
Counts tagged subnets for each zone and kind.

## Why it matters
The controller takes the subnet whose id sorts first, not the one with most room, so load balancers may land
in the smallest.

## How to fix
Keep the tag on one subnet of each zone, or name subnets in the Ingress.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, ROLE_INTERNAL_ELB, first_undescribed, meant_for, zone_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    hidden = first_undescribed(design)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    seen: dict[tuple[str, str], list[str]] = {}
    for subnet in design.subnets:
        zone = zone_of(subnet)
        for tag in (ROLE_ELB, ROLE_INTERNAL_ELB):
            if meant_for(subnet, tag):
                if isinstance(zone, Unknown):
                    yield Unseen(subnet.name, zone)
                else:
                    seen.setdefault((zone, tag), []).append(subnet.name)
    for (zone, tag), names in sorted(seen.items()):
        if len(names) > 1:
            yield Problem(
                zone,
                f"several subnets carry {tag}: the one whose id sorts first is taken",
                measured=", ".join(sorted(names)),
                limit="one subnet in each zone",
                fix=f"keep {tag} on the subnet with most room",
            )


RULE = Rule(
    code="LBS005",
    name="several-tagged-subnets-in-a-zone",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html",
    notes=("N33",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
