"""Karpenter's interruption queue and the EventBridge rules that fill it (notes N12, N17).

Source: https://karpenter.sh/docs/reference/cloudformation/
"""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.design import EventRule, Queue
from planner.security.role_names import event_rule_name, interruption_queue_name
from planner.spec.addons import uses_karpenter

SENDERS = ("events.amazonaws.com", "sqs.amazonaws.com")


def plan_interruption(brief: Brief) -> tuple[tuple[Queue, ...], tuple[EventRule, ...]]:
    """The queue and its rules, sorted by name; none without Karpenter."""
    spec, facts, name = brief.spec, brief.facts, brief.name
    if not uses_karpenter(spec):
        return (), ()
    tags = tuple(sorted(spec.tags.items()))
    queue = Queue(
        interruption_queue_name(name),
        facts.number("karpenter.queue_retention_seconds"),
        senders=SENDERS,
        tags=tags,
    )
    rules = [
        EventRule(event_rule_name(name, one["name"]), one["source"], one["detailType"], queue.name, tags=tags)
        for one in facts["karpenter.events"].value
    ]
    return (queue,), tuple(sorted(rules, key=lambda one: one.name))
