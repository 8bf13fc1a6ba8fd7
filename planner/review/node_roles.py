"""Roles of nodes, and what their policies let them do, for the rules about IAM."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from planner.design import Design, Role, Unknown

_AWS = ":iam::aws:policy/"
_ENTRIES = ("EC2_LINUX", "EC2_WINDOWS", "EC2")
"""Types of access entries of nodes; https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html"""


@dataclass(frozen=True, slots=True)
class NodeRoles:
    """Names of the roles of nodes, sorted; ``auto`` are those of EKS Auto Mode. ``hidden`` says what could not be read."""

    names: tuple[str, ...]
    auto: frozenset[str]
    hidden: tuple[Unknown, ...]


def node_roles(design: Design) -> NodeRoles:
    """Roles of managed groups, of Auto Mode, and of nodes that access entries name (Karpenter's, self-managed ones)."""
    cluster = design.cluster
    if cluster is None:
        return NodeRoles((), frozenset(), ())
    names: set[str] = set()
    hidden: list[Unknown] = []
    if isinstance(design.node_groups, Unknown):
        hidden.append(design.node_groups)
    else:
        names |= {group.role for group in design.node_groups}
    entries = list(cluster.access_entries_of_eks)
    if isinstance(cluster.access_entries, Unknown):
        hidden.append(cluster.access_entries)
    else:
        entries += cluster.access_entries
    names |= {one.name for one in entries if one.type in _ENTRIES}
    auto = {one.name for one in entries if one.type == "EC2"}
    if cluster.auto_mode is not None and cluster.auto_mode.node_role is not None:
        auto.add(cluster.auto_mode.node_role)
    return NodeRoles(tuple(sorted(names | auto)), frozenset(auto), tuple(hidden))


def attached(role: Role) -> set[str]:
    """Names of AWS's managed policies on a role."""
    return {arn.rpartition("/")[2] for arn in role.managed_policies if _AWS in arn}


def of_your_own(role: Role) -> tuple[str, ...]:
    """Names of customer managed policies on a role; their content is not read."""
    return tuple(arn.rpartition("/")[2] for arn in role.managed_policies if _AWS not in arn)


def allows(role: Role, actions: Iterable[str]) -> bool:
    """Whether inline policies of a role allow all these actions on something, and deny none of them on everything."""
    statements = [one for _, text in role.inline_policies for one in many(json.loads(text).get("Statement"))]
    allowed = [pattern for one in statements if one.get("Effect") == "Allow" for pattern in many(one.get("Action"))]
    denied = [
        pattern
        for one in statements
        if one.get("Effect") == "Deny" and "*" in many(one.get("Resource")) and "Condition" not in one
        for pattern in many(one.get("Action"))
    ]
    return all(matches(action, allowed) and not matches(action, denied) for action in actions)


def matches(action: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern of a policy means an action; IAM does not tell upper from lower case in them.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def many(value: Any) -> Iterator[Any]:
    """The parts of a policy's element, which may be one or a list."""
    if value is not None:
        yield from value if isinstance(value, list) else [value]
