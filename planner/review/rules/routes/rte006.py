"""An interface endpoint that nodes need has private DNS turned off.

## What it does
Looks at the interface endpoints of AWS services in a VPC with isolated nodes.

## Why it matters
Without private DNS the service's usual name resolves to public addresses, which isolated nodes cannot reach.

## How to fix
`aws ec2 modify-vpc-endpoint --vpc-endpoint-id ID --private-dns-enabled` (the VPC needs DNS support and
hostnames).

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets, needed_services, unknown_addons
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(design.vpc.name, isolated)
        return
    if not isolated:
        return
    if isinstance(design.vpc_endpoints, Unknown):
        yield Unseen(design.vpc.name, design.vpc_endpoints)
        return
    hidden = unknown_addons(design)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
    needed = needed_services(design, context.facts)
    for endpoint in design.vpc_endpoints:
        if endpoint.kind == "Interface" and endpoint.short_service in needed and not endpoint.private_dns:
            yield Problem(
                endpoint.name,
                f"the name of {endpoint.short_service} resolves to public addresses",
                measured="private DNS off",
                limit="on",
                fix="turn private DNS on",
            )


RULE = Rule(
    code="RTE006",
    name="endpoint-without-private-dns",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
