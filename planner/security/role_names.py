"""Names of the IAM roles of a plan, and of what its policies name."""

from __future__ import annotations

import hashlib

from planner.catalog.facts import Facts

ACCOUNT = "${aws.account}"
"""Stands for the account's id, which a plan does not know."""
OIDC = "${cluster.oidc}"
"""Stands for the cluster's OIDC issuer without ``https://``, known once the cluster is made."""
_QUEUE_MOST = 80
_RULE_MOST = 64


def policy_arn(partition: str, policy: str) -> str:
    """ARN of an AWS managed policy."""
    return f"arn:{partition}:iam::aws:policy/{policy}"


def _shortened(cluster: str, part: str, most: int) -> str:
    full = f"{cluster}-{part}" if part else cluster
    if len(full) <= most:
        return full
    mark = hashlib.sha256(cluster.encode()).hexdigest()[:8]
    end = f"-{mark}-{part}" if part else f"-{mark}"
    return cluster[: most - len(end)] + end


def role_name(cluster: str, part: str, facts: Facts) -> str:
    """Name of a role, within what IAM takes: of a long cluster name the beginning and a hash remain."""
    return _shortened(cluster, part, facts.number("roles.name_max"))


def cluster_role_name(cluster: str, facts: Facts) -> str:
    """Name of the cluster role."""
    return role_name(cluster, "cluster", facts)


def node_role_name(cluster: str, facts: Facts) -> str:
    """Name of the node role."""
    return role_name(cluster, "node", facts)


def windows_node_role_name(cluster: str, facts: Facts) -> str:
    """Name of the role of Windows nodes: an access entry has one type, so Linux nodes have another."""
    return role_name(cluster, "node-windows", facts)


def karpenter_node_role_name(cluster: str, facts: Facts) -> str:
    """Name of the role of nodes that Karpenter starts."""
    return role_name(cluster, "karpenter-node", facts)


def auto_node_role_name(cluster: str, facts: Facts) -> str:
    """Name of the role of nodes of EKS Auto Mode."""
    return role_name(cluster, "auto-node", facts)


def flow_log_role_name(cluster: str, facts: Facts) -> str:
    """Name of the role that writes flow logs."""
    return role_name(cluster, "flow-logs", facts)


def interruption_queue_name(cluster: str) -> str:
    """Name of Karpenter's queue: the cluster's, within the 80 characters of SQS.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
    """
    return _shortened(cluster, "", _QUEUE_MOST)


def event_rule_name(cluster: str, event: str) -> str:
    """Name of an EventBridge rule that fills it, within the 64 characters of EventBridge.

    Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    """
    return _shortened(cluster, f"karpenter-{event}", _RULE_MOST)


def file_system_token(cluster: str, name: str, facts: Facts) -> str:
    """Creation token of a file system, within what EFS takes: of long names the beginning and a hash remain."""
    most, full = facts.number("efs.creation_token_max"), f"{cluster}-efs-{name}"
    return full if len(full) <= most else f"{full[: most - 9]}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"
