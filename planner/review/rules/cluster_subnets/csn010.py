"""Cluster subnets miss a zone in which the control plane stands.

## What it does
Compares the zones of the cluster's subnets with those of the interfaces that EKS keeps in the VPC. AWS does not
tell the first subnets of a cluster; an interface in a zone is proof of it. Plans made from an earlier one (`plan
--from`) are refused where they leave a zone out.

## Why it matters
EKS takes other cluster subnets only in the zones of the first ones, and all of these: with a zone left out updates
of the subnets are refused, and an upgrade that must make an interface there fails.

## How to fix
Add a subnet in the zone that the finding names: `aws eks update-cluster-config --name NAME --resources-vpc-config
subnetIds=...`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import cluster_subnets, zones_of


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or design.interfaces is None:
        return
    if isinstance(design.interfaces, Unknown):
        yield Unseen(cluster.name, design.interfaces)
        return
    description = f"Amazon EKS {cluster.name}"
    standing = tuple({one.subnet for one in design.interfaces if one.description == description})
    zones, seen = zones_of(cluster_subnets(design)), zones_of(design.named_subnets(standing))
    if isinstance(zones, Unknown) or isinstance(seen, Unknown):
        yield Unseen(cluster.name, zones if isinstance(zones, Unknown) else seen)  # type: ignore[arg-type]
        return
    missing = sorted(seen - zones)
    if missing:
        yield Problem(
            cluster.name,
            f"the control plane stands in {', '.join(missing)}, where no cluster subnet is",
            measured=f"cluster subnets in {', '.join(sorted(zones)) or 'no zone'}",
            limit=f"one in each of {', '.join(sorted(seen | zones))}",
            fix=f"aws eks update-cluster-config --name {cluster.name} --resources-vpc-config "
            f"subnetIds=the present ones and one in {missing[0]}",
        )


RULE = Rule(
    code="CSN010",
    name="zones-of-the-first-subnets",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    notes=("N29",),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
