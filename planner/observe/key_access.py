"""Who may use the key of secrets: the calls about it, and their answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planner.design import KeyAccess, KeyGrant, Unknown
from planner.observe.calls import Calls
from planner.observe.raw import Raw

_STATE, _POLICY, _GRANTS = "kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"


def collect_key_access(calls: Calls, cluster: Mapping[str, Any]) -> None:
    """State, policy and grants of the key, kept by its ARN. A call that is denied is kept as its error."""
    arn = _arn(cluster)
    if arn is None:
        return
    kms = calls.client("kms")
    calls.one(_STATE, kms, "describe_key", "KeyMetadata", "KeyState", key=arn, KeyId=arn)
    calls.one(_POLICY, kms, "get_key_policy", "Policy", key=arn, KeyId=arn, PolicyName="default")
    calls.many(_GRANTS, kms, "list_grants", "Grants", key=arn, KeyId=arn)


def key_access_of(raw: Raw) -> KeyAccess | Unknown | None:
    """What these say; None where the cluster has no key of its own."""
    cluster = raw.get("eks:DescribeCluster")
    if isinstance(cluster, Unknown):
        return cluster
    arn = _arn(cluster)
    if arn is None:
        return None
    state, policy, grants = raw.get(_STATE, arn), raw.get(_POLICY, arn), raw.get(_GRANTS, arn)
    if isinstance(state, Unknown):
        return state
    if isinstance(policy, Unknown):
        return policy
    return KeyAccess(arn, state, _canonical(policy), grants if isinstance(grants, Unknown) else _grants(grants))


def _grants(items: Any) -> tuple[KeyGrant, ...]:
    return tuple(
        sorted(KeyGrant(one.get("GranteePrincipal", ""), tuple(sorted(one.get("Operations", ())))) for one in items)
    )


def _canonical(policy: str) -> str:
    return json.dumps(json.loads(policy), sort_keys=True, separators=(",", ":"))


def _arn(cluster: Mapping[str, Any]) -> str | None:
    """The key with which secrets are enveloped."""
    configs = cluster.get("encryptionConfig") or ()
    return next((one["provider"]["keyArn"] for one in configs if "secrets" in one.get("resources", ())), None)
