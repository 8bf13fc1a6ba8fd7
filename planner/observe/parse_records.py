"""Raw answers as flow logs, log groups and keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planner.design import FlowLog, Key, LogGroup, Unknown
from planner.observe.collect_records import (
    FLOW_LOGS,
    KEY,
    KEY_POLICY,
    KEY_TAGS,
    LOG_GROUPS,
    LOG_TAGS,
    ROTATION,
)
from planner.observe.names import names_by_id, plain_tags, tags_of
from planner.observe.raw import Raw
from planner.security.keys import key_alias


def flow_logs_of(raw: Raw) -> tuple[FlowLog, ...] | Unknown:
    """Flow logs of the VPC."""
    items = raw.get(FLOW_LOGS)
    if isinstance(items, Unknown):
        return items
    names = names_by_id(items, "FlowLogId")
    return tuple(sorted((_flow_log(one, names) for one in items), key=lambda one: one.name))


def _flow_log(item: Mapping[str, Any], names: Mapping[str, str]) -> FlowLog:
    kind = item.get("LogDestinationType", "cloud-watch-logs")
    role = item.get("DeliverLogsPermissionArn")
    return FlowLog(
        name=names[item["FlowLogId"]],
        destination_kind=kind,
        destination=str(item.get("LogGroupName") if kind == "cloud-watch-logs" else item.get("LogDestination")),
        traffic=item.get("TrafficType", "ALL"),
        aggregation_seconds=int(item.get("MaxAggregationInterval", 600)),
        role=role.rpartition("/")[2] if role else None,
        tags=tags_of(item),
        id=item["FlowLogId"],
        status=" ".join(filter(None, (item.get("DeliverLogsStatus"), item.get("DeliverLogsErrorMessage")))),
    )


def log_groups_of(raw: Raw) -> tuple[LogGroup, ...] | Unknown:
    """Log groups of the control plane and of flow logs that are there."""
    failed = raw.error(LOG_GROUPS) or raw.error(LOG_TAGS)
    if failed is not None:
        return failed
    if LOG_GROUPS not in raw.answers:
        return Unknown(LOG_GROUPS, "was not asked")
    tags = raw.keyed(LOG_TAGS)
    found = [
        LogGroup(name, one.get("retentionInDays"), plain_tags(tags.get(name)), one["arn"].removesuffix(":*"))
        for name, items in raw.keyed(LOG_GROUPS).items()
        for one in items
        if one["logGroupName"] == name
    ]
    return tuple(sorted(found, key=lambda one: one.name))


def keys_of(raw: Raw) -> tuple[Key, ...] | Unknown:
    """The key of secrets where it carries a plan's alias."""
    metadata = raw.get(KEY)
    if isinstance(metadata, Unknown):
        return metadata
    if not has_own_key(raw):
        return ()
    policy, rotation, tags = raw.get(KEY_POLICY), raw.get(ROTATION), raw.get(KEY_TAGS)
    if isinstance(policy, Unknown):
        return policy
    if isinstance(rotation, Unknown):
        return rotation
    if isinstance(tags, Unknown):
        return tags
    account = str(metadata["Arn"]).split(":")[4]
    return (
        Key(
            name=key_alias(raw.cluster),
            policy=_canonical(json.loads(policy)).replace(f":{account}:", ":${aws.account}:"),
            rotation=bool(rotation),
            tags=plain_tags({one["TagKey"]: one["TagValue"] for one in tags}),
            arn=metadata["Arn"],
        ),
    )


def has_own_key(raw: Raw) -> bool:
    """Whether secrets are enveloped with a key that carries a plan's alias."""
    metadata, cluster = raw.get(KEY), raw.get("eks:DescribeCluster")
    if isinstance(metadata, Unknown) or isinstance(cluster, Unknown) or metadata is None:
        return False
    return metadata["Arn"] in {one["provider"]["keyArn"] for one in cluster.get("encryptionConfig") or ()}


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
