"""Interfaces of nodes carry none or several groups with the cluster's tag.

## What it does
Of every launch template with several security groups, counts those tagged `kubernetes.io/cluster/NAME`. The cluster
security group always carries the tag.

## Why it matters
The AWS Load Balancer Controller adds its rules to the one tagged group of an interface that has several. With two it
reports an error and adds none; with none it does not know where to.

## How to fix
Keep the tag on one group of each node.

## References
* https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/
* https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3684
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    cluster = design.cluster
    if cluster is None:
        return
    for part in (design.launch_templates, design.security_groups):
        if isinstance(part, Unknown):
            yield Unseen(cluster.name, part)
            return
    key = f"kubernetes.io/cluster/{cluster.name}"
    for template in design.launch_templates if isinstance(design.launch_templates, tuple) else ():
        groups = {name: design.security_group(name) for name in template.primary_groups}
        if len(groups) < 2:
            continue
        hidden = [name for name, group in groups.items() if group is None]
        tagged = [
            name
            for name, group in groups.items()
            if group is not None and (name == cluster.cluster_security_group or key in dict(group.tags))
        ]
        if len(tagged) > 1 or (not tagged and not hidden):
            yield Problem(
                template.name,
                f"{len(tagged)} groups of its nodes carry {key}",
                measured=", ".join(tagged) or "none",
                limit="exactly one",
                fix=f"keep {key} on one of {', '.join(groups)}",
            )
        elif hidden:
            reason = f"the tags of {', '.join(hidden)} are not known"
            yield Unseen(template.name, Unknown("ec2:DescribeSecurityGroups", reason))


RULE = Rule(
    code="LBS007",
    name="tagged-groups-of-nodes",
    severity=Severity.ERROR,
    source="https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/",
    notes=("N24",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
