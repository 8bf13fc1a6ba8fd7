"""Rules for IPv6 are missing in an IPv6 cluster.

## What it does
In IPv6 clusters asks whether the groups of nodes let pods reach the internet by IPv6, where the VPC has an egress-
only gateway; and looks on the groups of nodes and control plane for rules that let the VPC's IPv4 blocks in
without one of the same ports for IPv6 or a group.

## Why it matters
Rules for IPv4 and IPv6 are apart: 0.0.0.0/0 does not mean ::/0. Pods of an IPv6 cluster have IPv6 addresses only,
so a rule for IPv4 lets none of them pass.

## How to fix
Add the same rule for `::/0` or the VPC's IPv6 block, or name a security group, which means both.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network

from planner.design import Design, Direction, SecurityGroup, SecurityGroupRule, Unknown
from planner.diagnostics import Severity
from planner.review.flows import stopped
from planner.review.groups import known_templates
from planner.review.rule import Outcome, Problem, ReviewContext, Rule
from planner.security.reach.ranges import is_block, minus, spans


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None or cluster.ip_family != "ipv6":
        return
    yield from stopped(design, context, ("internet-ipv6",), ("SECURITY_GROUP",), "ec2:DescribeSecurityGroups")
    names = {cluster.cluster_security_group, *cluster.security_groups}
    names |= {name for template in known_templates(design) for name in template.primary_groups}
    for group in () if isinstance(design.security_groups, Unknown) else design.security_groups:
        if group.name in names:
            yield from _ingress(design, group)


def _ingress(design: Design, group: SecurityGroup) -> Iterator[Outcome]:
    """Rules for the VPC's IPv4 blocks that no rule for IPv6, or of a group, stands beside."""
    ingress = [one for one in group.rules if one.direction is Direction.INGRESS]
    beside = [one for one in ingress if not is_block(one.peer) or ip_network(one.peer).version == 6]
    for rule in ingress:
        if rule in beside or not _of_vpc(design, rule.peer) or any(_covers(one, rule) for one in beside):
            continue
        what = "all traffic" if rule.protocol == "-1" else f"{rule.protocol} {rule.ports}"
        yield Problem(
            group.name,
            f"{what} comes in by IPv4 only, and pods of an IPv6 cluster have none",
            measured=f"{what} from {rule.peer}",
            limit=f"{what} from {design.vpc.ipv6_cidr or 'the IPv6 block of the VPC'} too",
            fix=f"add to {group.name}: ingress {what} from {design.vpc.ipv6_cidr or 'the IPv6 block of the VPC'}",
        )


def _of_vpc(design: Design, peer: str) -> bool:
    network = ip_network(peer)
    return isinstance(network, IPv4Network) and any(network.subnet_of(one) for one in design.vpc.cidrs)


def _covers(one: SecurityGroupRule, other: SecurityGroupRule) -> bool:
    if one.protocol not in ("-1", other.protocol):
        return False
    ports = [spans(rule.protocol, rule.from_port, rule.to_port) for rule in (other, one)]
    return not minus([ports[0]], [ports[1]])


RULE = Rule(
    code="SGR007",
    name="ipv6-rules-missing",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html",
    notes=("N35",),
    confidence="medium",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
