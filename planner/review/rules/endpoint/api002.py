"""The Kubernetes API is open to the whole internet.

## What it does
Looks for 0.0.0.0/0 or ::/0 among the blocks of the public endpoint.

## Why it matters
Authentication still protects it, but every flaw of the API server is then reachable by everyone.

## How to fix
Limit `endpoint.publicCidrs` to your own networks, or use the private endpoint.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import collapse_addresses, ip_network

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or not cluster.endpoint.public:
        return
    blocks = [ip_network(text) for text in cluster.endpoint.public_cidrs]
    covered = {
        str(one)
        for family in (4, 6)
        for one in collapse_addresses([block for block in blocks if block.version == family])  # type: ignore[type-var]
    }
    wide = sorted({"0.0.0.0/0", "::/0"} & covered)
    if wide:
        yield Problem(
            cluster.name,
            "the Kubernetes API is open to the whole internet",
            measured=", ".join(wide),
            limit="your own blocks",
            fix="list your own blocks in endpoint.publicCidrs",
        )


RULE = Rule(
    code="API002",
    name="public-endpoint-open-to-all",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    notes=("N04",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
