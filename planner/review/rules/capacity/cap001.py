"""Instance types of a group hold different numbers of pods.

## What it does
Works out maxPods of every instance type of a group as the VPC CNI is configured, capped as AWS advises. Where they differ,
all nodes get the smallest; a larger number that kubelet is told by user data counts instead. Where the settings of the VPC
CNI are not to be seen its defaults are taken, and said; groups that have no difference then are *not evaluated*.

## Why it matters
EKS gives one maxPods to the whole group. The larger types then run half empty and are paid in full, and an autoscaler
reckons with room that is not there.

## How to fix
Put types of the same size into a group (the VPC CNI gives the same number to most types of one size), make a group for
each size, or use prefix delegation, where all types up to 30 vCPUs come to 110.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html
* https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.max_pods import PodNetwork
from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.pods import network_of, pods_of, types_of
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.told_pods import told_max_pods


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    settings = network_of(design)
    for group in known_groups(design):
        if len(design.types_of(group)) < 2 or design.cluster is None:
            continue
        types = types_of(design, group, context)
        if isinstance(types, Unknown):
            yield Unseen(group.name, types)
            continue
        ipv6 = design.cluster.ip_family == "ipv6"
        network = PodNetwork(prefix=ipv6, ipv6=ipv6) if isinstance(settings, Unknown) else settings
        found = {one.instance_type: one.pods for one in pods_of(group, types, network, context, capped=True)}
        if not found:
            continue
        told = told_max_pods(design, group)
        each = min(found.values()) if told is None else told
        if each < max(found.values()) and len(set(found.values())) > 1:
            yield Problem(
                group.name,
                "its larger instance types run fewer pods than they could"
                + (
                    ", by the VPC CNI's defaults: its settings are not to be seen"
                    if isinstance(settings, Unknown)
                    else ""
                ),
                measured=", ".join(f"{pods} on {name}" for name, pods in sorted(found.items())),
                limit=f"maxPods {each} for every node of the group",
                fix="keep types of one size in the group, and make another group for the others",
            )
        elif isinstance(settings, Unknown):
            yield Unseen(group.name, settings)


RULE = Rule(
    code="CAP001",
    name="mixed-max-pods",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html",
    notes=("N18",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
