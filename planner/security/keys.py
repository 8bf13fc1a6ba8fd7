"""The KMS key that envelopes Kubernetes secrets, and who may use it (note N02).

Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.design import Key
from planner.security.policies import canonical
from planner.security.role_names import ACCOUNT, cluster_role_name


def key_alias(cluster: str) -> str:
    """Alias of the key of a cluster's secrets; aliases may have 250 characters, a cluster's name 100."""
    return f"alias/eks/{cluster}/secrets"


def plan_keys(brief: Brief) -> tuple[Key, ...]:
    """The key that ``secretsKey: managed`` asks for; none otherwise."""
    if brief.spec.secrets_key != "managed":
        return ()
    return (
        Key(
            key_alias(brief.name),
            key_policy(brief),
            deletion_window_days=brief.facts.number("kms.deletion_days"),
            tags=tuple(sorted(brief.spec.tags.items())),
        ),
    )


def key_policy(brief: Brief) -> str:
    """IAM of the account decides about the key, and the cluster role may encrypt and decrypt with it."""
    owner = f"arn:{brief.region.partition}:iam::{ACCOUNT}"
    statements = [
        {
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": f"{owner}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Cluster",
            "Effect": "Allow",
            "Principal": {"AWS": f"{owner}:role/{cluster_role_name(brief.name, brief.facts)}"},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"],
            "Resource": "*",
        },
    ]
    return canonical({"Version": "2012-10-17", "Statement": statements})
