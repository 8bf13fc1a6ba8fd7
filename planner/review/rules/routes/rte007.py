"""The security group of a VPC endpoint does not let nodes in on TCP 443.

## What it does
For the interface endpoints of AWS services, where nodes are isolated, looks for an ingress rule on 443 from a security group
that the nodes carry (the cluster security group, unless their launch template names others), or from blocks
that hold the node subnets.

## Why it matters
Calls to the service time out, and nodes never join: one of the most frequent faults of private clusters.

## How to fix
Add an ingress rule TCP 443 from the cluster security group (or the node subnets) to the endpoint's group.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, collapse_addresses

from planner.design import (
    Design,
    Direction,
    SecurityGroupRule,
    Subnet,
    Unknown,
    VpcEndpoint,
)
from planner.diagnostics import Severity
from planner.review.egress import isolated_node_subnets, of_aws
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen, known


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    isolated = isolated_node_subnets(design)
    if isinstance(isolated, Unknown):
        yield Unseen(design.vpc.name, isolated)
        return
    if not isolated:
        return
    for part in (design.vpc_endpoints, design.security_groups, design.launch_templates, design.node_groups):
        if isinstance(part, Unknown):
            yield Unseen(design.vpc.name, part)
            return
    for endpoint in design.vpc_endpoints if isinstance(design.vpc_endpoints, tuple) else ():
        if of_aws(endpoint):
            yield from _judge(endpoint, isolated, design)


def _judge(endpoint: VpcEndpoint, isolated: tuple[Subnet, ...], design: Design) -> Iterator[Outcome]:
    groups = {group.name: group for group in known(design.security_groups)}
    missing = [name for name in endpoint.security_groups if name not in groups]
    if missing:
        hidden = Unknown("ec2:DescribeSecurityGroups", f"{', '.join(missing)} is not among the groups of the VPC")
        yield Unseen(endpoint.name, hidden)
        return
    rules = [rule for name in endpoint.security_groups for rule in groups[name].rules if _may_admit(rule)]
    for subnet in isolated:
        members = _groups_of_nodes(subnet, design)
        if members and all(_admitted(one, subnet, rules) for one in members):
            continue
        if any(rule.peer.startswith("pl-") for rule in rules):
            yield Unseen(endpoint.name, Unknown("ec2:GetManagedPrefixListEntries", "a rule names a prefix list"))
            continue
        yield Problem(
            endpoint.name,
            f"nodes in {subnet.name} are not let in on TCP 443",
            measured=", ".join(endpoint.security_groups) or "no security group",
            limit="ingress TCP 443 from the nodes' security groups or subnets",
            fix=f"allow TCP 443 from {', '.join(sorted(set().union(*members))) or subnet.cidr}",
        )


def _groups_of_nodes(subnet: Subnet, design: Design) -> list[frozenset[str]]:
    """The security groups that nodes of each node group in a subnet carry (note N24)."""
    templates = {template.name: template for template in known(design.launch_templates)}
    own = design.cluster.cluster_security_group if design.cluster else None
    found: list[frozenset[str]] = []
    for group in known(design.node_groups):
        if subnet.name in group.subnets:
            template = templates.get(group.launch_template or "")
            named = template.security_groups if template else ()
            found.append(frozenset(named or ([own] if own else [])))
    return found


def _may_admit(rule: SecurityGroupRule) -> bool:
    if rule.direction is not Direction.INGRESS or rule.protocol not in ("tcp", "-1"):
        return False
    return rule.from_port is None or rule.to_port is None or rule.from_port <= 443 <= rule.to_port


def _admitted(members: frozenset[str], subnet: Subnet, rules: list[SecurityGroupRule]) -> bool:
    """Whether rules let nodes in: from one of their groups, or from blocks that hold their subnet."""
    if any(rule.peer in members for rule in rules):
        return True
    blocks = [IPv4Network(rule.peer) for rule in rules if "/" in rule.peer and ":" not in rule.peer]
    return any(subnet.cidr.subnet_of(block) for block in collapse_addresses(blocks))


RULE = Rule(
    code="RTE007",
    name="endpoint-blocks-nodes",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
    notes=("N07", "N24"),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
