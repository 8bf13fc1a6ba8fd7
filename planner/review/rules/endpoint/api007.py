"""Hybrid nodes with the public and the private endpoint.

## What it does
Reads the endpoint access of clusters with remote node networks.

## Why it matters
With both endpoints on, the API's name resolves to public addresses outside of the VPC, so hybrid nodes leave
through the internet although a private way exists, and may be refused by the blocks of the public endpoint. AWS
advises one of the two.

## How to fix
`aws eks update-cluster-config --name NAME --resources-vpc-config endpointPublicAccess=false`, or the public one
alone; in a spec `endpoint.public: false`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-cluster-create.html
* https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or not cluster.remote_node_cidrs:
        return
    if cluster.endpoint.private and cluster.endpoint.public:
        yield Problem(
            cluster.name,
            "hybrid nodes resolve the API to public addresses although a private way exists",
            measured=f"public and private endpoint, remote nodes in {', '.join(map(str, cluster.remote_node_cidrs))}",
            limit="either the public or the private endpoint",
            fix=f"aws eks update-cluster-config --name {cluster.name} --resources-vpc-config endpointPublicAccess=false",
        )


RULE = Rule(
    code="API007",
    name="hybrid-nodes-with-both-endpoints",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-cluster-create.html",
    notes=("N04",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
