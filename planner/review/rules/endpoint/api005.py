"""The control plane writes no logs, or no audit log.

## What it does
Reads which of the five log types (api, audit, authenticator, controllerManager, scheduler) go to CloudWatch Logs.
No type at all is a warning; types without audit are an information. That not all five are on is no finding: each
costs money, and controllerManager and scheduler are rarely read.

## Why it matters
EKS keeps no logs of its own. Who changed what, why a login failed, why an upgrade broke a client: without these
logs nobody can tell afterwards.

## How to fix
`aws eks update-cluster-config --name NAME --logging
'{"clusterLogging":[{"types":["api","audit","authenticator"],"enabled":true}]}'`; in a spec
`logTypes`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
* https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None or "audit" in cluster.log_types:
        return
    some = bool(cluster.log_types)
    yield Problem(
        cluster.name,
        "the control plane writes no audit log" if some else "the control plane writes no logs",
        measured=", ".join(cluster.log_types) or "no log types",
        limit="audit among them",
        fix=f"aws eks update-cluster-config --name {cluster.name} --logging "
        '\'{"clusterLogging":[{"types":["api","audit","authenticator"],"enabled":true}]}\'',
        severity=Severity.INFO if some else None,
    )


RULE = Rule(
    code="API005",
    name="control-plane-logs-off",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
    notes=("N04",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
