"""Remote access to nodes is open to everyone.

## What it does
Looks for a node group whose remoteAccess has a key and no source security groups, and for a launch template with a key
whose security groups let SSH (RDP on Windows) in from everywhere. A key alone opens nothing.

## Why it matters
Without source groups EKS itself opens TCP 22 (3389 on Windows) of the nodes to 0.0.0.0/0.

## How to fix
Make a new group with source groups, or better with a launch template and no key: Session Manager needs neither. EKS
cannot change remote access of a group. Of a launch template's groups the rule can be removed at once.

## References
* https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html
* https://github.com/bridgecrewio/checkov/blob/main/checkov/terraform/checks/resource/aws/EKSNodeGroupRemoteAccess.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.design import Design, Direction, LaunchTemplate, NodeGroup, SecurityGroupRule, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_groups, known_pairs
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ANY


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    ports = context.facts.table("nodegroup.ports_opened")
    yield from hidden_pairs(design)
    for group in known_groups(design):
        access = group.remote_access
        if access is not None and access.key is not None and not access.source_groups:
            yield Problem(
                group.name,
                f"EKS opened TCP {_port(group, ports)} of its nodes to 0.0.0.0/0",
                measured=f"key {access.key}, no source groups",
                limit="source security groups, or no key",
                fix="make a group with sourceSecurityGroups or without a key, and remove this one",
            )
    for group, template in known_pairs(design):
        if template.key_name is not None:
            yield from _opened(design, group, template, _port(group, ports))


def _port(group: NodeGroup, ports: Mapping[str, int]) -> int:
    return ports["windows" if (group.ami_type or "").startswith("WINDOWS") else "linux"]


def _opened(design: Design, group: NodeGroup, template: LaunchTemplate, port: int) -> Iterator[Outcome]:
    """Groups of nodes with a key that let everyone in on the port."""
    own = design.cluster.cluster_security_group if design.cluster else None
    for name in template.primary_groups or ((own,) if own else ()):
        found = design.security_group(name)
        if found is None:
            hidden = design.security_groups
            reason = f"the rules of {name} are not known"
            yield Unseen(
                group.name,
                hidden if isinstance(hidden, Unknown) else Unknown("ec2:DescribeSecurityGroupRules", reason),
            )
        elif any(_lets_in(rule, port) for rule in found.rules):
            yield Problem(
                group.name,
                f"{name} lets TCP {port} in from everywhere, and the nodes have a key",
                measured=f"key {template.key_name}, {name}",
                limit="source security groups, or no key",
                fix=f"remove the rule for TCP {port} from {name}",
            )


def _lets_in(rule: SecurityGroupRule, port: int) -> bool:
    all_ports = rule.protocol == "-1" or rule.from_port is None or rule.to_port is None
    covers = all_ports or (rule.from_port or 0) <= port <= (rule.to_port or 0)
    return rule.direction is Direction.INGRESS and rule.peer in ANY and rule.protocol in ("-1", "tcp") and covers


RULE = Rule(
    code="NGP017",
    name="ssh-open-to-everyone",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html",
    notes=("N23", "N24"),
    confidence="high",
    limits=("nodegroup.ports_opened",),
    check=check,
    doc=__doc__ or "",
)
