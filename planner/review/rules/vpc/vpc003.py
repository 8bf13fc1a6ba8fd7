"""The private endpoint is on, but DHCP hands out no AmazonProvidedDNS.

## What it does
Reads the name servers of the VPC's DHCP options when the cluster's private endpoint is on. The addresses
169.254.169.253 and the VPC's base plus two are the same resolver.

## Why it matters
The private endpoint's name lives in a hosted zone that only Amazon's resolver answers. With other name
servers nodes get the public address, or none.

## How to fix
Add `AmazonProvidedDNS` to the DHCP options, or let the other name servers forward to the VPC's resolver
(then ignore this rule).

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    if design.cluster is None or not design.cluster.endpoint.private:
        return
    servers = design.vpc.domain_name_servers
    if isinstance(servers, Unknown):
        yield Unseen(design.vpc.name, servers)
    elif not {"AmazonProvidedDNS", "169.254.169.253", str(design.vpc.cidr.network_address + 2)} & set(servers):
        yield Problem(
            design.vpc.name,
            "the private endpoint's name is not resolved by these name servers",
            measured=", ".join(servers) or "none",
            limit="AmazonProvidedDNS among them",
            fix="put AmazonProvidedDNS into the DHCP options of the VPC",
        )


RULE = Rule(
    code="VPC003",
    name="dhcp-without-amazon-dns",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
    notes=("N05",),
    confidence="medium",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
