"""IAM roles for service accounts, and no way to STS.

## What it does
Looks for roles that trust the cluster's OIDC provider, and add-ons with such a role. For node subnets without a
default route it then asks for an available VPC endpoint of sts. Whether its private DNS is on and its groups let
nodes in, RTE006 and RTE007 say.

## Why it matters
Pods trade their service account's token for credentials at STS. Without a way there every call to AWS times out,
while the cluster itself looks sound.

## How to fix
Add an interface endpoint for sts with private DNS, and let SDKs call the regional endpoint
(`AWS_STS_REGIONAL_ENDPOINTS=regional`); or use Pod Identity with an endpoint for eks-auth.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets, working
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None:
        return
    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(cluster.name, isolated)
        return
    if not isolated:
        return
    users = _users(design)
    if isinstance(users, Unknown):
        yield Unseen(cluster.name, users)
    elif users and isinstance(design.vpc_endpoints, Unknown):
        yield Unseen(cluster.name, design.vpc_endpoints)
    elif users and not isinstance(design.vpc_endpoints, Unknown):
        there = {one.short_service for one in design.vpc_endpoints if working(one)}
        if "sts" not in there:
            yield Problem(
                cluster.name,
                f"pods with roles for service accounts in {', '.join(one.name for one in isolated)} do not reach STS",
                measured=f"roles {', '.join(users)}, no endpoint for sts",
                limit="an available interface endpoint for sts",
                fix=f"add a VPC endpoint for com.amazonaws.{design.region}.sts with private DNS",
            )


def _users(design: Design) -> tuple[str, ...] | Unknown:
    """Names of the roles that pods get through the cluster's OIDC provider."""
    cluster = design.cluster
    if cluster is None:
        return ()
    if cluster.oidc_provider is False:
        return ()
    found: set[str] = set()
    if not isinstance(cluster.addons, Unknown):
        found |= {one.service_account_role for one in cluster.addons if one.service_account_role}
    if not isinstance(design.roles, Unknown):
        found |= {role.name for role in design.roles if any(":oidc-provider/" in one for one in role.federated)}
    if found and cluster.oidc_provider is True:
        return tuple(sorted(found))
    parts = (cluster.oidc_provider, cluster.addons, design.roles)
    return next((one for one in parts if isinstance(one, Unknown)), ())


RULE = Rule(
    code="RTE009",
    name="irsa-without-sts",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
