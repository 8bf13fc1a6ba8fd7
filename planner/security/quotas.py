"""Security groups as AWS counts them: rules by direction and family, groups by interface (note N34)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.design import Direction, SecurityGroup, SecurityGroupRule
from planner.diagnostics import Diagnostic, Kind


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
    each = quotas.security_groups_per_interface or facts.number("security_group.per_interface")
    product = facts.number("security_group.product")
    if most * each > product:
        yield Diagnostic(
            Kind.INVALID,
            "security-group-product",
            "AWS does not grant these two quotas together",
            path=("spec", "quotas"),
            value=f"{most} rules × {each} groups = {most * each:,}",
            limit=f"{product:,}",
            fix=f"with {most} rules an interface takes {product // most} groups: say securityGroupsPerInterface: {product // most}",
            source=facts.source("security_group.product"),
            note="N34",
        )
    for group in groups:
        for direction in Direction:
            for family in (4, 6):
                count = counted(group, direction, family, facts)
                if count > most:
                    yield _too_many(group, direction, family, count, most, facts)


def _too_many(
    group: SecurityGroup, direction: Direction, family: int, count: int, most: int, facts: Facts
) -> Diagnostic:
    product = facts.number("security_group.product")
    blocks = sum(1 for rule in group.rules if rule.direction is direction and "/" in rule.peer)
    cheapest = (
        f"have the quota raised and say quotas.securityGroupRules: {count} (an interface then takes {product // count} groups)"
        if count <= product
        else "no quota helps"
    )
    return Diagnostic(
        Kind.INFEASIBLE,
        "security-group-rules",
        f"{group.name} would have more {direction} rules than a group may have",
        path=("spec",),
        value=f"{count} rules for IPv{family}, {blocks} of them for blocks",
        limit=f"{most} ({facts['security_group.rules'].note})",
        fix=f"give fewer, wider blocks (neighbouring ones were joined already) or ranges of ports; or {cheapest}; a prefix list of your own counts as its most entries and saves nothing",
        source=facts.source("security_group.rules"),
        note="N34",
    )
