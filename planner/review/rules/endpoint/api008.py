"""EKS reports a health issue of the cluster.

## What it does
Reports every issue that EKS itself names for the cluster, such as IamRoleNotFound, VpcNotFound,
Ec2SecurityGroupNotFound, Ec2SubnetNotFound, InsufficientFreeAddresses or KmsKeyDisabled, and a cluster whose
status is FAILED.

## Why it matters
A cluster with an issue is not updated or upgraded, and may stop working when EKS replaces a part of its control
plane.

## How to fix
EKS names the resource in the issue; `aws eks describe-cluster --query cluster.health` shows it in full.

## References
* https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterIssue.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None:
        return
    fix = f"aws eks describe-cluster --name {cluster.name} --query cluster.health names the resource to put right"
    for issue in cluster.health_issues:
        code, _, message = issue.partition(": ")
        yield Problem(cluster.name, f"EKS reports {code}: {message}", measured=code, limit="no issues", fix=fix)
    if cluster.status == "FAILED":
        yield Problem(cluster.name, "the cluster is in the state FAILED", measured="FAILED", limit="ACTIVE", fix=fix)


RULE = Rule(
    code="API008",
    name="cluster-health",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterIssue.html",
    notes=(
        "N04",
        "N29",
    ),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
