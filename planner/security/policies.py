"""Inline policies from the catalog's data, scoped to one cluster, region and partition."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.capacity.brief import Brief
from planner.security.role_names import ACCOUNT, interruption_queue_name, karpenter_node_role_name


@dataclass(frozen=True, slots=True)
class Statement:
    """What one statement of a policy allows, and why."""

    name: str
    why: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """An inline policy: its name, canonical JSON, and its statements in words."""

    name: str
    document: str
    statements: tuple[Statement, ...]


def inline_policies(brief: Brief, key: str, zones: Sequence[str] = ()) -> tuple[InlinePolicy, ...]:
    """The policies that the fact ``key`` holds, for this cluster; ``zones`` are hosted zones."""
    scope = _Scope(brief, tuple(zones))
    return tuple(scope.policy(one) for one in brief.facts.table(key)["policies"])


class _Scope:
    """Fills in what the data leaves open: ``<cluster>``, ``<region>``, ``<partition>`` and others."""

    def __init__(self, brief: Brief, zones: tuple[str, ...]) -> None:
        self._values = {
            "<cluster>": brief.name,
            "<region>": brief.region.name,
            "<partition>": brief.region.partition,
            "<account>": ACCOUNT,
            "<queue>": interruption_queue_name(brief.name),
            "<node-role>": karpenter_node_role_name(brief.name, brief.facts),
        }
        self._zones = [f"arn:{brief.region.partition}:route53:::hostedzone/{zone}" for zone in sorted(set(zones))]

    def policy(self, given: Mapping[str, Any]) -> InlinePolicy:
        statements = [self._statement(one) for one in given["statements"]]
        document = {"Version": "2012-10-17", "Statement": statements}
        return InlinePolicy(
            given["name"],
            canonical(document),
            tuple(Statement(one["name"], one["why"], tuple(one["actions"])) for one in given["statements"]),
        )

    def _statement(self, given: Mapping[str, Any]) -> dict[str, Any]:
        resources: list[str] = []
        for one in given["resources"]:
            resources += self._zones if one == "<zones>" else [self._filled(one)]
        statement = {"Sid": given["name"], "Effect": "Allow", "Action": list(given["actions"]), "Resource": resources}
        if "conditions" in given:
            statement["Condition"] = self._filled(given["conditions"])
        return statement

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {self._filled(key): self._filled(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._filled(one) for one in value]
        for mark, text in self._values.items():
            value = value.replace(mark, text)
        return value


def canonical(document: Mapping[str, Any]) -> str:
    """A policy as JSON with sorted keys and no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def ipv6_cni_policy(partition: str) -> InlinePolicy:
    """What the VPC CNI needs in an IPv6 cluster; AWS has no managed policy for it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
    """
    look = Statement(
        "Addresses",
        "looks at instances and gives their interfaces IPv6 prefixes; these calls take no resource",
        (
            "ec2:AssignIpv6Addresses",
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeTags",
        ),
    )
    tag = Statement("Tags", "marks the interfaces that it makes", ("ec2:CreateTags",))
    statements = [
        {"Effect": "Allow", "Action": list(look.actions), "Resource": "*"},
        {"Effect": "Allow", "Action": list(tag.actions), "Resource": f"arn:{partition}:ec2:*:*:network-interface/*"},
    ]
    document = canonical({"Version": "2012-10-17", "Statement": statements})
    return InlinePolicy("AmazonEKS_CNI_IPv6_Policy", document, (look, tag))
