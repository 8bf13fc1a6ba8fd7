"""Something names a security group that is not there.

## What it does
Looks for every security group that the cluster, a launch template of a node group or a VPC endpoint names among those of
the VPC.

## Why it matters
EKS refuses to update a cluster whose security group is gone, and no node starts from such a launch template.

## How to fix
Take the group out of the cluster, template or endpoint that names it, or make a group in its place.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_templates
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    named: list[tuple[str, tuple[str, ...]]] = []
    if design.cluster is not None:
        named.append((design.cluster.name, design.cluster.security_groups))
    yield from hidden_pairs(design)
    for template in known_templates(design):
        inside = tuple(name for one in template.interfaces for name in one.security_groups)
        named.append((template.name, (*template.security_groups, *inside)))
    if isinstance(design.vpc_endpoints, Unknown):
        yield Unseen(design.vpc.name, design.vpc_endpoints)
    else:
        named += [(one.name, one.security_groups) for one in design.vpc_endpoints]
    if isinstance(design.security_groups, Unknown):
        yield Unseen(design.vpc.name, design.security_groups)
        return
    there = {one.name for one in design.security_groups}
    for resource, names in named:
        missing = sorted(set(names) - there)
        if missing and design.planned:
            # a plan names what it makes, and by id what the spec says is there
            yield Unseen(resource, Unknown("ec2:DescribeSecurityGroups", f"{', '.join(missing)} existed before"))
        elif missing:
            yield Problem(
                resource,
                "names a security group that is not in the VPC",
                measured=", ".join(missing),
                limit="groups of the VPC",
                fix=f"take {', '.join(missing)} out of {resource}, or name a group that is there",
            )


RULE = Rule(
    code="SGR003",
    name="security-group-missing",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
    notes=("N24", "N34"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
