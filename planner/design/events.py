"""Queues of a design, and the EventBridge rules that fill them."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.design.network import Tags


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue for events about nodes. Retention in seconds."""

    name: str
    retention_seconds: int
    encrypted: bool = True
    """By keys that SQS manages."""
    https_only: bool = True
    """Whether its policy denies every call without TLS."""
    senders: tuple[str, ...] = ()
    """Services whose messages it takes, sorted."""
    tags: Tags = ()
    url: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class EventRule:
    """An EventBridge rule on the default bus that sends events of one kind to a queue."""

    name: str
    source: str
    detail_type: str
    queue: str
    enabled: bool = True
    tags: Tags = ()
