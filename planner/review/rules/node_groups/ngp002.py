"""Nodes are ahead of the control plane, or too far behind it.

## What it does
Compares the Kubernetes version of every node group with that of the cluster: nodes may be three minor versions behind
(two before 1.28) and never ahead. At the limit it is an error: the next update of the control plane would go beyond.
With a planned upgrade (`--target`) its version takes the place of the cluster's.

## Why it matters
Outside the skew kubelet and API server are not tested together, and EKS refuses the next update of the control plane.

## How to fix
Update the node groups, one minor version after the other, before the control plane.

## References
* https://kubernetes.io/releases/version-skew-policy/#kubelet
* https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.model import Version
from planner.design import Design, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.nodegroups.skew import allowed_skew, behind
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    for group in known_groups(design):
        if group.version is None:
            reason = "the group has an AMI of its own: only its nodes know their version"
            yield Unseen(group.name, Unknown("eks:DescribeNodegroup", reason))
        elif design.cluster is not None:
            yield from _skew(group, context.target or design.cluster.version, context)


def _skew(group: NodeGroup, cluster: str, context: ReviewContext) -> Iterator[Outcome]:
    limit = allowed_skew(Version.parse(cluster), context.facts)
    skew = behind(Version.parse(group.version or cluster), Version.parse(cluster))
    planned = context.target is not None
    if 0 <= skew < limit or (planned and skew == limit):
        return
    if skew < 0:
        summary, severity = "nodes are newer than the control plane", Severity.BLOCKER
    elif skew > limit:
        summary, severity = f"nodes are {skew} minor versions behind the control plane", Severity.BLOCKER
    else:
        summary = "the next update of the control plane would leave these nodes too far behind"
        severity = Severity.ERROR
    yield Problem(
        group.name,
        summary,
        measured=f"{group.version} under {cluster}",
        limit=f"0 to {limit} minor versions behind",
        fix=f"update {group.name} towards {cluster}"
        if skew > 0
        else f"update the control plane to {group.version}, or make a new group",
        severity=severity,
    )


RULE = Rule(
    code="NGP002",
    name="kubelet-skew",
    severity=Severity.BLOCKER,
    source="https://kubernetes.io/releases/version-skew-policy/#kubelet",
    notes=("N20",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
