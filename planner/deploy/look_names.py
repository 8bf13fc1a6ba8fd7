"""Looks for names that somebody else has: a log group, the key's alias, a queue. AWS refuses them half-way."""

from __future__ import annotations

from collections.abc import Iterator

from planner.deploy.subject import Subject, known_parts


def log_groups(subject: Subject) -> Iterator[str]:
    """Log groups of the plan's names."""
    for group in known_parts(subject.design.log_groups):
        if group.name.strip("/").replace("/", "-") in subject.made:
            continue
        pages = subject.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group.name)
        if any(one["logGroupName"] == group.name for page in pages for one in page["logGroups"]):
            yield (
                f"a log group {group.name} is there already and not this stack's (EKS makes it when logging is turned "
                "on without one); delete it with its records, or take it over (--adopt)"
            )


def key_aliases(subject: Subject) -> Iterator[str]:
    """Aliases of KMS keys of the plan's names."""
    wanted = {
        one.name
        for one in known_parts(subject.design.keys)
        if one.name.removeprefix("alias/").replace("/", "-") not in subject.made
    }
    if not wanted:
        return
    pages = subject.client("kms").get_paginator("list_aliases").paginate()
    for one in (alias for page in pages for alias in page["Aliases"]):
        if one["AliasName"] in wanted:
            yield (
                f"{one['AliasName']} is there already, of key {one.get('TargetKeyId', 'none')}, and not this stack's; delete "
                "the alias, or name its key in secretsKeyArn"
            )


def queues(subject: Subject) -> Iterator[str]:
    """Queues of the plan's names."""
    for queue in known_parts(subject.design.queues):
        if queue.name in subject.made:
            continue
        sqs = subject.client("sqs")
        try:
            sqs.get_queue_url(QueueName=queue.name)
        except sqs.exceptions.QueueDoesNotExist:
            continue
        yield f"a queue {queue.name} is there already and not this stack's; delete it (SQS keeps its name for 60 seconds), or plan with another cluster name"
