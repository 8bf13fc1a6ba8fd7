"""Raw SQS and EventBridge answers as queues and rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planner.design import EventRule, Queue, Unknown
from planner.observe.collect_events import ATTRIBUTES, RULE, RULE_TAGS, RULES, TAGS, URL
from planner.observe.names import plain_tags, tags_of
from planner.observe.raw import Raw


def queues_of(raw: Raw) -> tuple[Queue, ...] | Unknown:
    """The queue named after the cluster, if there is one."""
    url = raw.get(URL)
    if url is None or isinstance(url, Unknown):
        return () if url is None else url
    found, tags = raw.get(ATTRIBUTES), raw.get(TAGS)
    if isinstance(found, Unknown):
        return found
    if isinstance(tags, Unknown):
        return tags
    statements = _statements(found.get("Policy", ""))
    return (
        Queue(
            name=str(found["QueueArn"]).rpartition(":")[2],
            retention_seconds=int(found.get("MessageRetentionPeriod", 0)),
            encrypted=str(found.get("SqsManagedSseEnabled", "")).lower() == "true" or bool(found.get("KmsMasterKeyId")),
            https_only=any(map(_denies_http, statements)),
            senders=tuple(sorted({name for one in statements for name in _senders(one)})),
            tags=plain_tags(tags),
            url=url,
        ),
    )


def event_rules_of(raw: Raw) -> tuple[EventRule, ...] | Unknown:
    """The rules that send to that queue."""
    url = raw.get(URL)
    if url is None or isinstance(url, Unknown):
        return () if url is None else url
    attributes = raw.get(ATTRIBUTES)
    if isinstance(attributes, Unknown):
        return attributes
    failed = raw.error(RULES) or raw.error(RULE) or raw.error(RULE_TAGS)
    if failed is not None:
        return failed
    queue = str(attributes["QueueArn"]).rpartition(":")[2]
    tags = raw.keyed(RULE_TAGS)
    found = [_rule(name, item, queue, tags.get(name, ())) for name, item in raw.keyed(RULE).items()]
    return tuple(sorted(found, key=lambda one: one.name))


def _rule(name: str, item: Mapping[str, Any], queue: str, tags: Any) -> EventRule:
    pattern = json.loads(item.get("EventPattern") or "{}")
    return EventRule(
        name=name,
        source=", ".join(map(str, pattern.get("source", ()))),
        detail_type=", ".join(map(str, pattern.get("detail-type", ()))),
        queue=queue,
        enabled=item.get("State", "ENABLED") == "ENABLED",
        tags=tags_of({"Tags": tags}),
    )


def _statements(policy: str) -> list[Mapping[str, Any]]:
    found = json.loads(policy or "{}").get("Statement", [])
    return found if isinstance(found, list) else [found]


def _senders(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
        return []
    services = principal.get("Service", [])
    return [services] if isinstance(services, str) else list(services)


def _denies_http(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement.get("Effect") == "Deny" and str(condition).lower() == "false"
