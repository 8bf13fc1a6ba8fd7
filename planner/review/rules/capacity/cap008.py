"""maxPods is above what AWS advises.

## What it does
Compares the maxPods that a group's nodes are told with AWS's advice: 110 up to 30 vCPUs, 250 above. Of a group with
several types the smallest counts. What is left to EKS stays within.

## Why it matters
Beyond these numbers kubelet and the container runtime were not tested by Kubernetes: pods start slowly and nodes flap.
kubelet also reserves memory by maxPods, so a larger number leaves less for pods.

## How to fix
Lower maxPods, and have more or larger nodes.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
* https://kubernetes.io/docs/setup/best-practices/cluster-large/
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.max_pods import recommended_cap
from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.pods import types_of
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.told_pods import told_max_pods


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    least, most = context.facts.number("pods.cap_small"), context.facts.number("pods.cap_large")
    for group in known_groups(design):
        told = told_max_pods(design, group)
        if told is None or told <= least:
            continue
        types = types_of(design, group, context)
        if isinstance(types, Unknown) and told <= most:
            yield Unseen(group.name, types)
            continue
        small = None if isinstance(types, Unknown) else min(types, key=lambda one: (one.vcpu, one.name))
        cap = most if small is None else recommended_cap(small.vcpu, context.facts)
        if told > cap:
            yield Problem(
                group.name,
                "more pods for each node than AWS advises",
                measured=f"maxPods {told}",
                limit=f"{cap}{f' with {small.vcpu} vCPUs ({small.name})' if small else ''}",
                fix=f"set maxPods of {group.name} to {cap} at most",
            )


RULE = Rule(
    code="CAP008",
    name="max-pods-above-advice",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
    notes=("N18", "N37"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
