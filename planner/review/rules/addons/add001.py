"""An add-on's version is not for the Kubernetes version.

## What it does
Looks up each add-on's version among those that EKS publishes (`DescribeAddonVersions`) and asks whether it is for the
version of a planned upgrade (`--target`): a blocker if not. Without a target it is asked for the cluster's own version,
an error if not.

## Why it matters
EKS does not update add-ons with the control plane. One that does not know the new version stays behind with it: pods
without addresses, names that do not resolve.

## How to fix
Update the add-on to a version that is for both versions before the upgrade, or right after the control plane, before the
nodes: `aws eks update-addon`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html
* https://clowdhaus.github.io/eksup/info/checks
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.model import Version
from planner.design import Addon, Design, Unknown
from planner.diagnostics import Severity
from planner.review.addons import hidden_addons, known_addons, published
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

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
        wanted = context.target or design.cluster.version
        mine = next((one for one in versions if one.version == addon.version), None)
        if mine is not None and wanted in mine.cluster_versions:
            continue
        right = [one.version for one in versions if wanted in one.cluster_versions]
        yield Problem(
            addon.name,
            f"its version is not for Kubernetes {wanted}",
            measured=f"{addon.version}, {_for(mine.cluster_versions if mine else ())}",
            limit=f"{_span(right)} for {wanted}",
            fix=_fix(addon, right, design.cluster.name),
            severity=None if context.target else Severity.ERROR,
        )


def _for(versions: tuple[str, ...]) -> str:
    """Kubernetes versions of an add-on's version, for people."""
    if not versions:
        return "which EKS does not publish any more"
    known = sorted(versions, key=Version.parse)
    return f"for {known[0]}" if len(known) == 1 else f"for {known[0]} to {known[-1]}"


def _span(versions: list[str]) -> str:
    """The versions that would do, newest first."""
    if not versions:
        return "no version"
    return versions[0] if len(versions) == 1 else f"{versions[-1]} to {versions[0]}"


def _fix(addon: Addon, right: list[str], cluster: str) -> str:
    if not right:
        return f"remove {addon.name} before the upgrade, or wait until EKS publishes a version of it"
    return f"aws eks update-addon --cluster-name {cluster} --addon-name {addon.name} --addon-version {right[0]}"


RULE = Rule(
    code="ADD001",
    name="addon-version-unfit",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html",
    notes=("N10",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
