"""AMI type does not fit the node group's instance types or Kubernetes version.

## What it does
Compares the AMI type with the architecture and the accelerators of the group's instance types, and with the Kubernetes
versions that EKS publishes it for. An accelerator that the AMI has no driver for is a warning.

## Why it matters
An AMI of another architecture does not start; without the driver pods never see the accelerator.

## How to fix
Make a new group with the right AMI type: EKS cannot change it.

## References
* https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.selection import accelerator_of
from planner.catalog.amis import ami_row
from planner.catalog.model import Version
from planner.design import Design, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    for group in known_groups(design):
        types = design.types_of(group)
        unknown = [name for name in types if name not in context.instance_types]
        if group.ami_type is not None and unknown:
            reason = f"{', '.join(unknown)} is not in the catalog"
            yield Unseen(group.name, Unknown("ec2:DescribeInstanceTypes", reason))
        elif group.ami_type is not None:
            yield from _unfit(group, types, context)


def _unfit(group: NodeGroup, types: tuple[str, ...], context: ReviewContext) -> Iterator[Outcome]:
    row = ami_row(group.ami_type or "", context.facts)
    if row is None:
        return
    instances = [context.instance_types[name] for name in types]
    others = [one.name for one in instances if row["arch"] not in one.architectures]
    blind = [one.name for one in instances if accelerator_of(one) not in ("", row["accelerator"])]
    for names, summary, limit, severity in (
        (others, f"the AMI is for {row['arch']}", f"types of {row['arch']}", None),
        (blind, "the AMI has no driver for the accelerators of its types", "an AMI type for them", Severity.WARNING),
    ):
        if names:
            yield Problem(
                group.name,
                summary,
                measured=f"{group.ami_type} on {', '.join(names)}",
                limit=limit,
                fix="make a group with an AMI type for these types, and remove this one",
                severity=severity,
            )
    first = row.get("first")
    if first and group.version and Version.parse(group.version) < Version.parse(first):
        yield Problem(
            group.name,
            f"EKS publishes {group.ami_type} from Kubernetes {first} only",
            measured=f"{group.ami_type} with Kubernetes {group.version}",
            limit=f"Kubernetes {first} or later",
            fix="make a group with another AMI type",
        )


RULE = Rule(
    code="NGP023",
    name="ami-type-unfit",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html",
    notes=("N14", "N27"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
