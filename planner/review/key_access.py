"""Who may use a KMS key, by its policy and its grants.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from planner.design import KeyGrant
from planner.review.node_roles import many, matches


def by_policy(policy: str, role: str, actions: Iterable[str]) -> bool:
    """Whether a key policy names a role (by name) and allows all these actions to it."""
    return _allowed(policy, actions, lambda principal: principal == "*" or _is_role(principal, role))


def left_to_iam(policy: str, actions: Iterable[str]) -> bool:
    """Whether a key policy lets IAM of the account decide about these actions."""
    return _allowed(policy, actions, lambda principal: principal.endswith(":root") or principal.isdigit())


def by_grant(grants: Iterable[KeyGrant], role: str, actions: Iterable[str]) -> bool:
    """Whether grants to a role allow all these actions."""
    operations = {name for one in grants if _is_role(one.grantee, role) for name in one.operations}
    return all(action.partition(":")[2] in operations for action in actions)


def _allowed(policy: str, actions: Iterable[str], means: Any) -> bool:
    """Whether statements for principals that ``means`` takes allow all actions, under no condition that could
    keep EKS from it, and none denies one."""
    statements = [
        one
        for one in many(json.loads(policy).get("Statement"))
        if any(means(principal) for principal in _principals(one.get("Principal")))
    ]
    allowed = [one for one in statements if one.get("Effect") == "Allow"]
    denied = [one for one in statements if one.get("Effect") == "Deny" and "Condition" not in one]
    patterns = [pattern for one in allowed for pattern in many(one.get("Action"))]
    refused = [pattern for one in denied for pattern in many(one.get("Action"))]
    return all(matches(action, patterns) and not matches(action, refused) for action in actions)


def _principals(given: Any) -> Iterable[str]:
    """The AWS principals of a statement."""
    if isinstance(given, str):
        return [given]
    return [str(one) for one in many((given or {}).get("AWS"))]


def _is_role(principal: str, role: str) -> bool:
    """Whether an ARN is that of a role, or of a session of it."""
    if ":assumed-role/" in principal:
        return principal.split(":assumed-role/", 1)[1].split("/", maxsplit=1)[0] == role
    return ":role/" in principal and principal.rpartition("/")[2] == role
