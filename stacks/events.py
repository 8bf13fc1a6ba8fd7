"""Queues for events about nodes, and the EventBridge rules that fill them."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from planner.design import Design, EventRule, Queue
from stacks.parts import known, tags


class Events(pulumi.ComponentResource):
    """All queues and rules of a design."""

    def __init__(self, name: str, design: Design, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("eksplan:index:Events", name, None, opts)
        arns = {queue.name: self._queue(queue) for queue in known(design.queues)}
        for rule in known(design.event_rules):
            self._rule(rule, arns[rule.queue])
        self.register_outputs({})

    def _queue(self, queue: Queue) -> pulumi.Output[str]:
        own = pulumi.ResourceOptions(parent=self)
        made = aws.sqs.Queue(
            queue.name,
            name=queue.name,
            message_retention_seconds=queue.retention_seconds,
            sqs_managed_sse_enabled=queue.encrypted,
            tags=tags(queue.tags),
            opts=own,
        )
        aws.sqs.QueuePolicy(
            queue.name, queue_url=made.url, policy=made.arn.apply(lambda arn: queue_policy(queue, arn)), opts=own
        )
        arn: pulumi.Output[str] = made.arn
        return arn

    def _rule(self, rule: EventRule, queue_arn: pulumi.Input[str]) -> None:
        own = pulumi.ResourceOptions(parent=self)
        made = aws.cloudwatch.EventRule(
            rule.name,
            name=rule.name,
            event_pattern=json.dumps({"source": [rule.source], "detail-type": [rule.detail_type]}, sort_keys=True),
            state="ENABLED" if rule.enabled else "DISABLED",
            tags=tags(rule.tags),
            opts=own,
        )
        aws.cloudwatch.EventTarget(rule.name, rule=made.name, target_id=rule.queue[:64], arn=queue_arn, opts=own)


def queue_policy(queue: Queue, arn: str) -> str:
    """The policy of a queue: who may send, and nobody without TLS where the design says so."""
    statements: list[dict[str, object]] = [
        {
            "Sid": "AllowEvents",
            "Effect": "Allow",
            "Principal": {"Service": list(queue.senders)},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
    ]
    if queue.https_only:
        statements.append(
            {
                "Sid": "DenyHTTP",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True)
