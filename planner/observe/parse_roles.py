"""Raw IAM answers as roles, with the account's id and the cluster's issuer as placeholders."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from planner.design import Role, TrustCondition, Unknown
from planner.observe.names import tags_of
from planner.observe.raw import Raw

_CALLS = ("iam:ListRoles", "iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy")


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def issuer_of(raw: Raw) -> str:
    """The cluster's OIDC issuer without ``https://``; empty where it is not known."""
    cluster = raw.get("eks:DescribeCluster")
    if isinstance(cluster, Unknown):
        return ""
    return str(cluster.get("identity", {}).get("oidc", {}).get("issuer", "")).removeprefix("https://")


def oidc_provider_of(raw: Raw) -> bool | Unknown:
    """Whether IAM knows the cluster's OIDC issuer."""
    listed, issuer = raw.get("iam:ListOpenIDConnectProviders"), issuer_of(raw)
    if isinstance(listed, Unknown):
        return listed
    return bool(issuer) and any(one["Arn"].endswith(f":oidc-provider/{issuer}") for one in listed)


def roles_of(raw: Raw) -> tuple[Role, ...] | Unknown:
    """The roles that the cluster, its nodes, its add-ons and its access entries use."""
    for call in _CALLS:
        failed = raw.error(call)
        if failed is not None:
            return failed
    attached = raw.keyed("iam:ListAttachedRolePolicies")
    names = raw.keyed("iam:ListRolePolicies")
    documents = raw.keyed("iam:GetRolePolicy")
    issuer = issuer_of(raw)
    found: list[Role] = []
    for name, item in raw.keyed("iam:GetRole").items():
        if item is None:
            continue
        places = _Places(item["Arn"].split(":")[4], issuer)
        trust = _Trust(places.put(_document(item["AssumeRolePolicyDocument"])))
        found.append(
            Role(
                name=name,
                principals=tuple(sorted(trust.services)),
                actions=tuple(sorted(trust.actions)),
                managed_policies=tuple(sorted(one["PolicyArn"] for one in attached.get(name, ()))),
                inline_policies=tuple(
                    sorted(
                        (policy, canonical(places.put(_document(documents[f"{name}/{policy}"]))))
                        for policy in names.get(name, ())
                    )
                ),
                tags=tags_of(item),
                federated=tuple(sorted(trust.federated)),
                conditions=tuple(sorted(trust.conditions)),
                arn=item["Arn"],
            )
        )
    return tuple(sorted(found, key=lambda one: one.name))


def _document(value: Any) -> Any:
    """A policy document, which boto3 gives decoded and other sources as (quoted) JSON."""
    return json.loads(unquote(value)) if isinstance(value, str) else value


class _Places:
    """Puts placeholders where a plan has them."""

    def __init__(self, account: str, issuer: str) -> None:
        self._account, self._issuer = account, issuer

    def put(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.put(key): self.put(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.put(item) for item in value]
        if not isinstance(value, str):
            return value
        if self._issuer:
            value = value.replace(self._issuer, "${cluster.oidc}")
        return value.replace(f":{self._account}:", ":${aws.account}:") if value.startswith("arn:") else value


class _Trust:
    """What all statements of a trust policy say together."""

    def __init__(self, document: Any) -> None:
        self.services: set[str] = set()
        self.federated: set[str] = set()
        self.actions: set[str] = set()
        self.conditions: set[TrustCondition] = set()
        for statement in _many(document.get("Statement")):
            principal = statement.get("Principal", {})
            if isinstance(principal, str):  # "*": everybody
                principal = {"AWS": principal}
            self.services |= set(_many(principal.get("Service"))) | set(_many(principal.get("AWS")))
            self.federated |= set(_many(principal.get("Federated")))
            self.actions |= set(_many(statement.get("Action")))
            for operator, keys in statement.get("Condition", {}).items():
                self.conditions |= {
                    TrustCondition(operator, key, tuple(str(one) for one in _many(values)))
                    for key, values in keys.items()
                }


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
