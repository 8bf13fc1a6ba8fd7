"""The VPC CNI is too old for what it is asked to do.

## What it does
Compares the version of the VPC CNI add-on with the first one that delegates prefixes (1.9.0, where its settings ask for
that), that has IPv6 (1.10.1, in an IPv6 cluster) and that knows security groups for pods (1.7.7, where they are on).

## Why it matters
An older CNI ignores the setting: nodes hold single addresses while kubelet counts on prefixes, and in an IPv6 cluster no
pod gets an address.

## How to fix
`aws eks update-addon --addon-name vpc-cni`, one minor version at a time (ADD005), or turn the setting off.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
* https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.observed import cni_settings
from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.addons import hidden_addons, order, unread
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_addons(design)
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    if design.cluster is None or addon is None or addon.version is None:
        return
    if not order(addon.version):
        yield unread(addon)
        return
    settings = cni_settings(design)
    if isinstance(settings, Unknown):
        yield Unseen(addon.name, settings)
        return
    network, _ = settings
    for asked, key, what in (
        (network.prefix and not network.ipv6, "cni.prefix_version", "prefix delegation"),
        (network.ipv6, "cni.ipv6_version", "IPv6"),
        (network.security_groups_for_pods, "cni.security_groups_for_pods_version", "security groups for pods"),
    ):
        floor = str(context.facts[key].value)
        if asked and order(addon.version) < order(floor):
            yield Problem(
                addon.name,
                f"it is too old for {what}",
                measured=addon.version,
                limit=f"{floor} or newer",
                fix=f"aws eks update-addon --cluster-name {design.cluster.name} --addon-name {addon.name}, "
                f"one minor version at a time, or turn {what} off",
            )


RULE = Rule(
    code="ADD006",
    name="vpc-cni-too-old",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
    notes=("N27",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
