"""kube-proxy does not fit the control plane.

## What it does
Compares the Kubernetes version of the kube-proxy add-on with the control plane's, or with that of a planned upgrade
(`--target`): it may be three minor versions older (two before 1.28), and never newer.

## Why it matters
kube-proxy turns Services into rules on every node. Outside the skew it is not tested with the API server, and a newer one
may ask for what that does not know.

## How to fix
`aws eks update-addon --addon-name kube-proxy` after the control plane, never before it.

## References
* https://kubernetes.io/releases/version-skew-policy/#kube-proxy
* https://clowdhaus.github.io/eksup/info/checks
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.model import Version
from planner.design import Design
from planner.diagnostics import Severity
from planner.nodegroups.skew import allowed_skew, behind
from planner.review.addons import hidden_addons, order, unread
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_addons(design)
    addon = design.cluster.addon("kube-proxy") if design.cluster else None
    if design.cluster is None or addon is None or addon.version is None:
        return
    if not order(addon.version):
        yield unread(addon)
        return
    name, own = design.cluster.name, Version(*order(addon.version)[:2])
    wanted = Version.parse(context.target or design.cluster.version)
    limit = allowed_skew(wanted, context.facts)
    # newer is wrong under what runs now; too old, under what is to come
    ahead = -behind(own, Version.parse(design.cluster.version))
    if ahead > 0:
        summary, over = "kube-proxy is newer than the control plane", design.cluster.version
    elif behind(own, wanted) > limit:
        summary, over = f"kube-proxy would be {behind(own, wanted)} minor versions behind", str(wanted)
    else:
        return
    yield Problem(
        addon.name,
        summary,
        measured=f"{addon.version} under {over}",
        limit=f"0 to {limit} minor versions behind",
        fix=f"aws eks update-addon --cluster-name {name} --addon-name {addon.name} with a version for "
        f"{design.cluster.version}",
    )


RULE = Rule(
    code="ADD007",
    name="kube-proxy-skew",
    severity=Severity.ERROR,
    source="https://kubernetes.io/releases/version-skew-policy/#kube-proxy",
    notes=("N10",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
