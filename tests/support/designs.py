"""Designs with faults: a plan's design, changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.design import AclRule, Design, NetworkAcl, SecurityGroup, SecurityGroupRule, Unknown


def without_rule(design: Design, group: str, rule: SecurityGroupRule) -> Design:
    """The design with one security-group rule less."""
    return changed_group(
        design, group, lambda one: replace(one, rules=tuple(other for other in one.rules if other != rule))
    )


def changed_group(design: Design, name: str, work: Callable[[SecurityGroup], SecurityGroup]) -> Design:
    """The design with a group changed."""
    groups = design.security_groups
    assert not isinstance(groups, Unknown)
    assert any(one.name == name for one in groups), name
    return replace(design, security_groups=tuple(work(one) if one.name == name else one for one in groups))


def with_acl(design: Design, subnets: tuple[str, ...], *rules: tuple[Any, ...], name: str = "acl") -> Design:
    """The design with a network ACL for some subnets; rules are (egress, number, allow, protocol, from,
    to, cidr)."""
    made = NetworkAcl(name, tuple(AclRule(*rule) for rule in rules), subnets)
    there = () if isinstance(design.network_acls, Unknown) else design.network_acls
    return replace(design, network_acls=(*there, made))


def changed(design: Design, part: str, name: str, **fields: Any) -> Design:
    """The design with fields of a named part changed."""
    items = getattr(design, part)
    assert any(one.name == name for one in items), (part, name)
    made: dict[str, Any] = {part: tuple(replace(one, **fields) if one.name == name else one for one in items)}
    return replace(design, **made)
