"""The security group of a VPC endpoint does not let nodes in on TCP 443.

## What it does
For interface endpoints in a VPC with isolated nodes looks for an ingress rule on 443 from the cluster
security group, or from a block that holds the node subnets.

## Why it matters
Calls to the service time out, and nodes never join: one of the most frequent faults of private clusters.

## How to fix
Add an ingress rule TCP 443 from the cluster security group (or the node subnets) to the endpoint's group.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from planner.design import Design, Direction, SecurityGroupRule, Unknown
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(design.vpc.name, isolated)
        return
    if not isolated:
        return
    if isinstance(design.vpc_endpoints, Unknown) or isinstance(design.security_groups, Unknown):
        hidden = design.vpc_endpoints if isinstance(design.vpc_endpoints, Unknown) else design.security_groups
        yield Unseen(design.vpc.name, hidden)  # type: ignore[arg-type]
        return
    groups = {group.name: group for group in design.security_groups}
    members = {design.cluster.cluster_security_group} if design.cluster else set()
    if not isinstance(design.launch_templates, Unknown):
        members |= {name for template in design.launch_templates for name in template.security_groups}
    for endpoint in design.vpc_endpoints:
        if endpoint.kind != "Interface":
            continue
        rules = [rule for name in endpoint.security_groups if name in groups for rule in groups[name].rules]
        for subnet in isolated:
            if not any(admits(rule, members, subnet.cidr) for rule in rules):
                yield Problem(
                    endpoint.name,
                    f"nodes in {subnet.name} are not let in on TCP 443",
                    measured=", ".join(endpoint.security_groups) or "no security group",
                    limit="ingress TCP 443 from the cluster security group or the node subnets",
                    fix=f"allow TCP 443 from {design.cluster.cluster_security_group if design.cluster else subnet.cidr}",
                )


def admits(rule: SecurityGroupRule, members: set[str | None], nodes: IPv4Network) -> bool:
    """Whether a rule lets nodes in on TCP 443: from one of their groups, or from a block that holds them."""
    if rule.direction is not Direction.INGRESS or rule.protocol not in ("tcp", "-1"):
        return False
    if rule.from_port is not None and rule.to_port is not None and not rule.from_port <= 443 <= rule.to_port:
        return False
    if rule.peer in members:
        return True
    try:
        return nodes.subnet_of(IPv4Network(rule.peer))
    except ValueError:
        return False


RULE = Rule(
    code="RTE007",
    name="endpoint-blocks-nodes",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
