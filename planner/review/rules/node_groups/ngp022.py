"""Tags of the node group do not reach its instances.

## What it does
Compares the tags of every node group with those that its launch template gives to instances. Tags for the Cluster
Autoscaler and AWS's own do not count.

## Why it matters
EKS never hands tags of a group on to instances and volumes, so cost reports and policies by tag miss them.

## How to fix
Put the tags into TagSpecifications of the launch template, for instances and volumes.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_pairs
from planner.review.rule import Outcome, Problem, ReviewContext, Rule

#: Beginnings of tags that are meant for the group itself.
_OF_THE_GROUP = ("aws:", "eks:", "eks.amazonaws.com/", "k8s.io/cluster-autoscaler/", "kubernetes.io/")


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for group, template in known_pairs(design):
        there = dict(template.instance_tags)
        missing = [
            key
            for key, value in group.tags
            if there.get(key) != value and key != "Name" and not key.startswith(_OF_THE_GROUP)
        ]
        if missing:
            yield Problem(
                group.name,
                "tags of the group that its instances do not have",
                measured=", ".join(missing),
                limit=f"the same tags in {template.name}",
                fix=f"make a version of {template.name} with TagSpecifications for instance and volume",
            )


RULE = Rule(
    code="NGP022",
    name="tags-not-on-instances",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N23",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
