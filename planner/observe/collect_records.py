"""Asks about flow logs, log groups and the key of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import Unknown
from planner.observe.calls import Calls
from planner.security.keys import key_alias
from planner.security.log_names import control_plane_log_group

FLOW_LOGS = "ec2:DescribeFlowLogs"
LOG_GROUPS = "logs:DescribeLogGroups"
LOG_TAGS = "logs:ListTagsForResource"
KEY = "kms:DescribeKey"
KEY_POLICY = "kms:GetKeyPolicy"
ROTATION = "kms:GetKeyRotationStatus"
KEY_TAGS = "kms:ListResourceTags"


def collect_flow_logs(calls: Calls, vpc_id: str) -> None:
    """Flow logs of a VPC."""
    asked = [{"Name": "resource-id", "Values": [vpc_id]}]
    calls.many(FLOW_LOGS, calls.ec2, "describe_flow_logs", "FlowLogs", Filter=asked)


def flow_log_roles(calls: Calls) -> set[str]:
    """ARNs of the roles that write them."""
    found = calls.raw.get(FLOW_LOGS)
    logs = [] if isinstance(found, Unknown) else found
    return {one["DeliverLogsPermissionArn"] for one in logs if one.get("DeliverLogsPermissionArn")}


def collect_log_groups(calls: Calls) -> None:
    """The log groups of the control plane and of flow logs; that one is missing is an answer."""
    found = calls.raw.get(FLOW_LOGS)
    flows = [] if isinstance(found, Unknown) else found
    names = {
        control_plane_log_group(calls.raw.cluster),
        *(one["LogGroupName"] for one in flows if one.get("LogGroupName")),
    }
    logs = calls.client("logs")
    for name in sorted(names):
        asked = {"logGroupNamePrefix": name}
        for group in calls.many(LOG_GROUPS, logs, "describe_log_groups", "logGroups", key=name, **asked):
            if group["logGroupName"] == name:
                arn = group["arn"].removesuffix(":*")
                calls.ask(LOG_TAGS, lambda arn=arn: _tags(logs, arn), name)  # type: ignore[misc]


def _tags(logs: Any, arn: str) -> dict[str, str]:
    """The tags of a log group; one without tags has no such part in the answer."""
    return dict(logs.list_tags_for_resource(resourceArn=arn).get("tags") or {})


def collect_key(calls: Calls, cluster: Mapping[str, Any]) -> None:
    """The key that carries the alias of a plan, where it is the one of the cluster's secrets.

    It is asked for by alias: who may see the cluster need not see other keys. That there is none is an answer.
    """
    arns = [one["provider"]["keyArn"] for one in cluster.get("encryptionConfig") or ()]
    if not arns:
        calls.raw.put(KEY, None)
        return
    kms, arn = calls.client("kms"), arns[0]
    found = calls.ask(KEY, lambda: _described(kms, key_alias(calls.raw.cluster)))
    if isinstance(found, Unknown) or found is None or found["Arn"] != arn:
        return
    calls.one(KEY_POLICY, kms, "get_key_policy", "Policy", KeyId=arn, PolicyName="default")
    calls.one(ROTATION, kms, "get_key_rotation_status", "KeyRotationEnabled", KeyId=arn)
    calls.many(KEY_TAGS, kms, "list_resource_tags", "Tags", KeyId=arn)


def _described(kms: Any, alias: str) -> Any:
    """The key behind an alias; None where there is no such alias."""
    try:
        return kms.describe_key(KeyId=alias)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        return None
