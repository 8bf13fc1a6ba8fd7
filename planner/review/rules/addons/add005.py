"""The VPC CNI is more than one minor version behind.

## What it does
Counts the minor versions of the VPC CNI add-on between its version and EKS's default for the cluster's Kubernetes
version, or for that of a planned upgrade (`--target`). One is fine, more than one is a warning.

## Why it matters
AWS asks to update the VPC CNI by one minor version at a time: a jump is not tested, and what fails then is the network
of every node.

## How to fix
Update to the newest patch of each minor version in turn.

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html
* https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import AddonVersion, Design, Unknown
from planner.diagnostics import Severity
from planner.review.addons import hidden_addons, order, published, unread
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_addons(design)
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    if design.cluster is None or addon is None or addon.version is None:
        return
    versions = published(design, addon.name)
    if isinstance(versions, Unknown):
        yield Unseen(addon.name, versions)
        return
    wanted = context.target or design.cluster.version
    default = next((one.version for one in versions if wanted in one.default_for), None)
    if default is None:
        yield Unseen(addon.name, Unknown("eks:DescribeAddonVersions", f"no default of {addon.name} for {wanted}"))
        return
    here, there = order(addon.version), order(default)
    if not here:
        yield unread(addon)
    elif there[0] == here[0] and there[1] - here[1] > 1:
        following = _next(versions, here)
        yield Problem(
            addon.name,
            f"it is {there[1] - here[1]} minor versions behind EKS's default for Kubernetes {wanted}",
            measured=addon.version,
            limit=f"one minor version at a time to {default}",
            fix=f"aws eks update-addon --cluster-name {design.cluster.name} --addon-name {addon.name} "
            f"--addon-version {following or default} next",
        )


def _next(versions: tuple[AddonVersion, ...], here: tuple[int, ...]) -> str | None:
    """The newest version of the next minor version, or None if there is none."""
    return next((one.version for one in versions if order(one.version)[:2] == (here[0], here[1] + 1)), None)


RULE = Rule(
    code="ADD005",
    name="vpc-cni-jump",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html",
    notes=("N10",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
