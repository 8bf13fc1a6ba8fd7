"""Asks SQS for the queue named after the cluster, and EventBridge for the rules that fill it."""

from __future__ import annotations

from planner.design import Unknown
from planner.observe.calls import Calls, failures, told
from planner.security.role_names import interruption_queue_name

URL = "sqs:GetQueueUrl"
ATTRIBUTES = "sqs:GetQueueAttributes"
TAGS = "sqs:ListQueueTags"
RULES = "events:ListRuleNamesByTarget"
RULE = "events:DescribeRule"
RULE_TAGS = "events:ListTagsForResource"
_WANTED = ["QueueArn", "MessageRetentionPeriod", "SqsManagedSseEnabled", "KmsMasterKeyId", "Policy"]


def collect_events(calls: Calls) -> None:
    """The queue that Karpenter would listen to; that there is none is an answer, and no error."""
    url = _url(calls)
    if url is None or isinstance(url, Unknown):
        return
    sqs, events = calls.client("sqs"), calls.client("events")
    found = calls.one(ATTRIBUTES, sqs, "get_queue_attributes", "Attributes", QueueUrl=url, AttributeNames=_WANTED)
    # a queue without tags has no such part in the answer
    calls.ask(TAGS, lambda: sqs.list_queue_tags(QueueUrl=url).get("Tags") or {})
    if isinstance(found, Unknown):
        return
    names = calls.many(RULES, events, "list_rule_names_by_target", "RuleNames", TargetArn=found["QueueArn"])
    for name in names:
        rule = calls.ask(RULE, lambda name=name: _rule(events, name), name)  # type: ignore[misc]
        if not isinstance(rule, Unknown):
            calls.many(RULE_TAGS, events, "list_tags_for_resource", "Tags", key=name, ResourceARN=rule["Arn"])


def _rule(events: object, name: str) -> dict[str, object]:
    answer = events.describe_rule(Name=name)  # type: ignore[attr-defined]
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _url(calls: Calls) -> str | Unknown | None:
    """The queue's URL; None where there is no such queue."""
    from botocore.exceptions import ClientError

    name = interruption_queue_name(calls.raw.cluster)
    try:
        url = str(calls.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])
    except failures() as error:
        code = str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
        # the code has a prefix in the query protocol and none in the JSON one
        if code.rpartition(".")[2] in {"NonExistentQueue", "QueueDoesNotExist"}:
            calls.raw.put(URL, None)
            return None
        calls.raw.fail(URL, told(error))
        return Unknown(URL, told(error))
    calls.raw.put(URL, url)
    return url
