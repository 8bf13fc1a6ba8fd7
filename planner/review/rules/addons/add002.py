"""An add-on is behind the version that EKS installs by default.

## What it does
Compares each add-on's version with EKS's default for the cluster's Kubernetes version. A version newer than the default
is fine.

## Why it matters
EKS does not update add-ons by itself: fixes, security fixes among them, come only to those who ask.

## How to fix
`aws eks update-addon` with the default version, `--resolve-conflicts PRESERVE` where you changed its settings.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html
* https://clowdhaus.github.io/eksup/info/checks
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.addons import hidden_addons, known_addons, order, published, unread
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_addons(design)
    if design.cluster is None:
        return
    for addon in known_addons(design):
        if addon.version is None:  # a plan takes EKS's default
            continue
        versions = published(design, addon.name)
        if isinstance(versions, Unknown):
            yield Unseen(addon.name, versions)
            continue
        default = next((one.version for one in versions if design.cluster.version in one.default_for), None)
        if default is None:
            continue  # EKS names none, as for add-ons of the marketplace
        if not order(addon.version):
            yield unread(addon)
        elif order(addon.version) < order(default):
            yield Problem(
                addon.name,
                f"it is behind EKS's default for Kubernetes {design.cluster.version}",
                measured=addon.version,
                limit=default,
                fix=f"aws eks update-addon --cluster-name {design.cluster.name} --addon-name {addon.name} "
                f"--addon-version {default}",
            )


RULE = Rule(
    code="ADD002",
    name="addon-behind",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html",
    notes=("N10",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
