"""The trust policy of a role as IAM takes it."""

from __future__ import annotations

import json
from typing import Any

from planner.design.security import Role


def trust_policy(role: Role) -> str:
    """The trust policy of a role as JSON with sorted keys; placeholders stay in it."""
    principal: dict[str, Any] = {}
    for kind, given in (("Service", role.principals), ("Federated", role.federated)):
        if given:
            principal[kind] = _one_or_many(given)
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": _one_or_many(role.actions)}
    conditions: dict[str, dict[str, Any]] = {}
    for one in role.conditions:
        conditions.setdefault(one.operator, {})[one.key] = _one_or_many(one.values)
    if conditions:
        statement["Condition"] = conditions
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
