"""Launch template takes the cluster security group away, and its own groups do not replace it.

## What it does
Takes every launch template with security groups but without the cluster security group, and asks for the nodes of its
groups alone whether they call the Kubernetes API and are called by the control plane.

## Why it matters
With any group in a launch template EKS no longer adds the cluster security group. Nodes whose own groups lack its rules
do not join.

## How to fix
Add the cluster security group to the template, or the rules that the finding names to its groups.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
* https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.design import Design, LaunchTemplate, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.review.flows import rows
from planner.review.groups import hidden_pairs, known_templates
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.security.reach.model import Status


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    own = cluster.cluster_security_group if cluster else None
    yield from hidden_pairs(design)
    for template in known_templates(design):
        if template.primary_groups and own is not None and own not in template.primary_groups:
            yield from _closed(design, template, own, context)


def _closed(design: Design, template: LaunchTemplate, own: str, context: ReviewContext) -> Iterator[Outcome]:
    """What the nodes of one template do not reach, or are not reached by, for want of rules."""
    groups: tuple[NodeGroup, ...] = () if isinstance(design.node_groups, Unknown) else design.node_groups
    seen = () if design.interfaces is None or isinstance(design.interfaces, Unknown) else design.interfaces
    alone = replace(
        design,
        node_groups=tuple(one for one in groups if one.launch_template == template.name),
        interfaces=tuple(one for one in seen if not one.instance) if seen else design.interfaces,
    )
    stopped: list[str] = []
    hidden: Unknown | None = None
    for row in rows(alone, context, ("api", "kubelet")):
        answers = [asked.answer for asked in row.asked if asked.answer.code.startswith("SECURITY_GROUP")]
        if row.unknown is not None:
            hidden = row.unknown
        elif any(one.status is Status.BLOCKED for one in answers):
            stopped.append(f"{row.intent.ports_text} from {row.intent.source} to {row.intent.target}")
        elif any(one.status is Status.UNKNOWN for one in answers):
            reason = next(one.reason for one in answers if one.status is Status.UNKNOWN)
            hidden = Unknown("ec2:DescribeSecurityGroups", reason)
    if hidden is not None:
        yield Unseen(template.name, hidden)
    if stopped:
        yield Problem(
            template.name,
            "its groups take the place of the cluster security group and do not let nodes join",
            measured=f"{', '.join(template.primary_groups)}: no {', no '.join(stopped)}",
            limit=own,
            fix=f"add {own} to {template.name}, or these rules to its groups",
        )


RULE = Rule(
    code="SGR002",
    name="template-drops-cluster-group",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N24",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
