"""Queues and rules as AWS shows them: absent, complete, changed, denied."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from planner.design import Unknown
from planner.design.compare import differences
from tests.support.plans import plan_of
from tests.support.world import materialise, observe

pytestmark = pytest.mark.usefixtures("moto")


def test_a_cluster_without_a_queue_has_none() -> None:
    design = plan_of().design
    materialise(design)
    found = observe(design)
    assert (found.queues, found.event_rules) == ((), ())


def test_N12_a_queue_that_was_opened_and_a_rule_that_was_lost_are_seen() -> None:
    design = plan_of(addons=["karpenter"], tags={"owner": "me"}).design
    materialise(design)
    assert differences(design, observe(design)) == ()
    sqs, events = boto3.client("sqs", "us-east-1"), boto3.client("events", "us-east-1")
    url = sqs.get_queue_url(QueueName="test")["QueueUrl"]
    policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    policy["Statement"] = policy["Statement"][:1]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    events.remove_targets(Rule="test-karpenter-health", Ids=["test"])
    events.disable_rule(Name="test-karpenter-rebalance")
    assert {one.path for one in differences(design, observe(design))} == {
        "queues[test].https_only",
        "event_rules[test-karpenter-health]",
        "event_rules[test-karpenter-rebalance].enabled",
    }


@pytest.mark.parametrize(
    ("denied", "part"),
    [
        ("GetQueueUrl", "queues"),
        ("GetQueueUrl", "event_rules"),
        ("GetQueueAttributes", "queues"),
        ("ListQueueTags", "queues"),
        ("ListRuleNamesByTarget", "event_rules"),
        ("DescribeRule", "event_rules"),
        ("ListTagsForResource", "event_rules"),
    ],
)
def test_what_is_denied_is_unknown(denied: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    design = plan_of(addons=["karpenter"]).design
    materialise(design)
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def refuse(self: Any, operation: str, arguments: Any) -> Any:
        if operation == denied and self.meta.service_model.service_name in {"sqs", "events"}:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "denied"}}, operation)
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    found = getattr(observe(design), part)
    assert isinstance(found, Unknown)
    assert found.call.endswith(f":{denied}")
