"""Leftovers of EKS, CloudWatch Logs, EventBridge and SQS, which know their things by name.

Ids are those of the provider's imports (https://www.pulumi.com/registry/packages/aws/api-docs/eks/, cloudwatch, sqs).
"""

from __future__ import annotations

from typing import Any

from planner.observe.leftovers_search import Found, Search, finds, pages

_CLUSTER = "aws:eks/cluster:Cluster"
_NODES, _ADDON = "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
_FARGATE = "aws:eks/fargateProfile:FargateProfile"
_ENTRY, _POLICY = "aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_LOGS = "aws:cloudwatch/logGroup:LogGroup"
_RULE, _TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
_QUEUE, _QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"


@finds(_CLUSTER)
def clusters(search: Search) -> Found:
    """Clusters, by name."""
    for cluster in pages(search.client("eks"), "list_clusters", "clusters"):
        yield (_CLUSTER, cluster), cluster


@finds(_NODES, _ADDON, _FARGATE, _ENTRY, _POLICY, _IDENTITY)
def parts_of_clusters(search: Search) -> Found:
    """Node groups, add-ons, Fargate profiles, access entries with their policies and Pod Identity associations; the
    stacks call all of them after their cluster."""
    eks = search.client("eks")
    kinds = {kind for kind, _ in search.wanted}
    for cluster in pages(eks, "list_clusters", "clusters"):
        if not search.begins(cluster):
            continue
        for kind, operation, key in (
            (_NODES, "list_nodegroups", "nodegroups"),
            (_ADDON, "list_addons", "addons"),
            (_FARGATE, "list_fargate_profiles", "fargateProfileNames"),
        ):
            if kind in kinds:
                for name in pages(eks, operation, key, clusterName=cluster):
                    yield (kind, f"{cluster}-{name}"), f"{cluster}:{name}"
        if kinds & {_ENTRY, _POLICY}:
            yield from _entries(eks, cluster)
        if _IDENTITY in kinds:
            for one in pages(eks, "list_pod_identity_associations", "associations", clusterName=cluster):
                name = f"{cluster}-{one['namespace']}-{one['serviceAccount']}"
                yield (_IDENTITY, name), f"{cluster},{one['associationId']}"


def _entries(eks: Any, cluster: str) -> Found:
    """Access entries: called after the account and path of their ARN, or after the role where the plan makes it."""
    for principal in pages(eks, "list_access_entries", "accessEntries", clusterName=cluster):
        policies = list(
            pages(
                eks,
                "list_associated_access_policies",
                "associatedAccessPolicies",
                clusterName=cluster,
                principalArn=principal,
            )
        )
        for short in (principal.partition("::")[2], principal.rpartition("/")[2]):
            full = f"{cluster}-{short.replace(':', '-').replace('/', '-')}"
            yield (_ENTRY, full), f"{cluster}:{principal}"
            for policy in policies:
                arn = policy["policyArn"]
                yield (_POLICY, f"{full}-{arn.rpartition('/')[2]}"), f"{cluster}#{principal}#{arn}"


@finds(_LOGS)
def log_groups(search: Search) -> Found:
    """Log groups, which the stacks call by their path with - for /."""
    for group in pages(search.client("logs"), "describe_log_groups", "logGroups"):
        yield (_LOGS, group["logGroupName"].strip("/").replace("/", "-")), group["logGroupName"]


@finds(_RULE, _TARGET)
def event_rules(search: Search) -> Found:
    """Rules of the default bus, and their targets, which are called as their rule."""
    events = search.client("events")
    for rule in pages(events, "list_rules", "Rules"):
        name = rule["Name"]
        if name not in search.names:
            continue
        yield (_RULE, name), name
        for target in pages(events, "list_targets_by_rule", "Targets", Rule=name):
            yield (_TARGET, name), f"{name}/{target['Id']}"


@finds(_QUEUE, _QUEUE_POLICY)
def queues(search: Search) -> Found:
    """Queues, and their policies, which are called as their queue."""
    sqs = search.client("sqs")
    for name in sorted(search.names):
        for url in sqs.list_queues(QueueNamePrefix=name).get("QueueUrls", []):
            if url.rpartition("/")[2] != name:
                continue
            yield (_QUEUE, name), url
            if "Policy" in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}):
                yield (_QUEUE_POLICY, name), url
