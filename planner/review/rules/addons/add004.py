"""A core add-on is not managed by EKS.

## What it does
Looks for coredns, kube-proxy and vpc-cni among the EKS add-ons. EKS installs them without managing them where a cluster
is made without them as add-ons. Clusters without node groups need none of them with Auto Mode, and coredns alone with
Fargate. Another CNI or proxy than AWS's looks the same from outside, therefore this is an information.

## Why it matters
What EKS does not manage shows neither its version nor its settings outside of the cluster: nobody updates it, and reviews
like this one cannot judge maxPods and addresses.

## How to fix
`aws eks create-addon --addon-name NAME --resolve-conflicts PRESERVE` takes over what runs and keeps its settings.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html
* https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.addons import hidden_addons, known_addons
from planner.review.groups import hidden_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None:
        return
    yield from hidden_addons(design)
    if isinstance(cluster.addons, Unknown):
        return
    core = context.facts.strings("addons.core")
    if isinstance(design.node_groups, Unknown):
        yield from hidden_groups(design)
        return
    if not design.node_groups:
        if cluster.auto_mode is not None:
            return
        if isinstance(design.fargate_profiles, Unknown):
            yield Unseen(cluster.name, design.fargate_profiles)
            return
        if design.fargate_profiles:
            core = context.facts.strings("addons.fargate")
    there = {one.name for one in known_addons(design)}
    missing = [name for name in core if name not in there]
    if missing:
        several = len(missing) > 1
        yield Problem(
            cluster.name,
            f"{', '.join(missing)} {'are no EKS add-ons' if several else 'is no EKS add-on'} here: nobody outside "
            f"sees {'their versions and their' if several else 'its version and its'} settings",
            measured=f"EKS add-ons: {', '.join(sorted(there)) or 'none'}",
            limit=f"{', '.join(core)} as EKS add-ons",
            fix=f"aws eks create-addon --cluster-name {cluster.name} --addon-name {missing[0]} "
            "--resolve-conflicts PRESERVE, unless another one takes its place",
        )


RULE = Rule(
    code="ADD004",
    name="core-addon-self-managed",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html",
    notes=("N10",),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
