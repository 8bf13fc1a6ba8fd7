"""Nodes reach the internet through a NAT gateway in another zone.

## What it does
Compares the zone of each node subnet with that of the zonal NAT gateway in its default route. A regional
NAT gateway spans all zones and is fine.

## Why it matters
When that zone fails, the nodes of the others lose the internet too; until then traffic between zones is
paid for.

## How to fix
One NAT gateway in each zone (`nat: perZone`) or a regional one (`nat: regional`).

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import default_route, node_subnets, routes_of, zone_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    subnets = node_subnets(design)
    gateways = design.nat_gateways
    if isinstance(subnets, Unknown) or isinstance(gateways, Unknown):
        yield Unseen(design.vpc.name, subnets if isinstance(subnets, Unknown) else gateways)  # type: ignore[arg-type]
        return
    by_name = {gateway.name: gateway for gateway in gateways}
    for subnet in subnets:
        routes = routes_of(design, subnet)
        if isinstance(routes, Unknown):
            yield Unseen(subnet.name, routes)
            continue
        route = default_route(routes)
        gateway = by_name.get(route.target) if route else None
        if gateway is None or gateway.regional or gateway.subnet is None:
            continue
        home = design.subnet(gateway.subnet)
        if home is None:
            continue
        there, here = zone_of(home), zone_of(subnet)
        if isinstance(there, Unknown) or isinstance(here, Unknown):
            yield Unseen(subnet.name, there if isinstance(there, Unknown) else here)  # type: ignore[arg-type]
            continue
        if there == here:
            continue
        yield Problem(
            subnet.name,
            "the way out leads through another zone",
            measured=f"{gateway.name} in {home.zone}",
            limit=f"a NAT gateway in {subnet.zone}",
            fix="set nat: perZone or nat: regional",
        )


RULE = Rule(
    code="RTE003",
    name="nat-not-in-every-zone",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N32",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
