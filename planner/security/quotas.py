"""Security groups as AWS counts them: rules by direction and family, groups by interface (note N34)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.design import Direction, SecurityGroup, SecurityGroupRule
from planner.diagnostics import Diagnostic, Kind
from planner.security.fitting import field_of, ways_to_fit
from planner.security.names import cluster_group_name, node_group_name


def weight(rule: SecurityGroupRule, family: int, facts: Facts) -> int:
    """Rules that one counts as in a family: a block in its own only; a reference to a group once in
    each; one of AWS's prefix lists its weight in each.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    try:
        return int(ip_network(rule.peer).version == family)
    except ValueError:
        pass
    if rule.peer.startswith("com.amazonaws."):
        weights = facts.table("security_group.prefix_list_weights")
        return int(weights.get(rule.peer.rpartition(".")[2], 1))
    return 1


def counted(group: SecurityGroup, direction: Direction, family: int, facts: Facts) -> int:
    """Rules of a group in one direction and address family."""
    return sum(weight(rule, family, facts) for rule in group.rules if rule.direction is direction)


def check_group_quotas(brief: Brief, groups: Sequence[SecurityGroup]) -> Iterator[Diagnostic]:
    """Groups with more rules than the account may have in one."""
    facts, quotas = brief.facts, brief.spec.quotas
    most = quotas.security_group_rules or facts.number("security_group.rules")
    for group in groups:
        for direction in Direction:
            for family in (4, 6):
                kept = _kept(brief, group, direction)
                count = counted(group, direction, family, facts) + kept
                if count > most:
                    yield _too_many(group, direction, family, count, kept, most, facts)


def _kept(brief: Brief, group: SecurityGroup, direction: Direction) -> int:
    """Rules that the load balancer controller adds to the group of the nodes: all ports of a protocol as one
    range, from one group that all load balancers share.

    Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/
    """
    spec = brief.spec
    nodes = node_group_name(brief.name) if spec.security.egress == "restricted" else cluster_group_name(brief.name)
    controller = any(one.name == "load-balancer-controller" for one in spec.addons)
    if not controller or spec.load_balancers.backends != "controller":
        return 0
    if group.name != nodes or direction is not Direction.INGRESS:
        return 0
    return brief.facts.number("load_balancer.controller_rules")


def _too_many(
    group: SecurityGroup, direction: Direction, family: int, count: int, kept: int, most: int, facts: Facts
) -> Diagnostic:
    product = facts.number("security_group.product")
    rules = [rule for rule in group.rules if rule.direction is direction and weight(rule, family, facts)]
    blocks = sum(1 for rule in rules if "/" in rule.peer)
    cheapest = (
        f"have the quota raised and say quotas.securityGroupRules: {count} (an interface then takes {product // count} groups)"
        if count <= product
        else "no quota helps"
    )
    return Diagnostic(
        Kind.INFEASIBLE,
        "security-group-rules",
        f"{group.name} would have more {direction} rules than a group may have",
        path=field_of(rules),
        value=f"{count} rules for IPv{family}, {blocks} of them for blocks"
        + (f", {kept} kept for the load balancer controller" if kept else ""),
        limit=f"{most} ({facts['security_group.rules'].note})",
        fix="; or ".join([*ways_to_fit(rules, count - most), cheapest])
        + f"; {count - most} fewer are enough, neighbouring blocks were joined already, and a prefix list of your own counts as its most entries and saves nothing",
        source=facts.source("security_group.rules"),
        note="N34",
    )
