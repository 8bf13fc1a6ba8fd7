"""A private subnet of an IPv6 cluster has no way out for IPv6.

## What it does
Looks for a `::/0` route in the routes of node subnets that have a way out for IPv4.

## Why it matters
Pods have IPv6 addresses only; without an egress-only internet gateway they reach nothing outside, although
nodes do.

## How to fix
Add an egress-only internet gateway and `::/0` to it.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import default_route, node_subnets, routes_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster is None or design.cluster.ip_family != "ipv6":
        return
    subnets = node_subnets(design)
    if isinstance(subnets, Unknown):
        yield Unseen(design.cluster.name, subnets)
        return
    for subnet in subnets:
        routes = routes_of(design, subnet)
        if isinstance(routes, Unknown):
            yield Unseen(subnet.name, routes)
        elif default_route(routes) is not None and default_route(routes, "::/0") is None:
            yield Problem(
                subnet.name,
                "IPv6 pods have no way out",
                measured="no ::/0 route",
                limit="::/0 to an egress-only internet gateway",
                fix="add an egress-only internet gateway and the route",
            )


RULE = Rule(
    code="RTE008",
    name="ipv6-subnet-without-egress-gateway",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N29",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
