"""How Kubernetes secrets are encrypted (note N02)."""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.security.keys import key_alias

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html"


def record_secrets(brief: Brief) -> None:
    """The decision ``secrets.encryption``: whose key envelopes what etcd stores, and what that asks for."""
    key, size = brief.spec.secrets_key_arn, brief.facts.number("cluster.etcd_storage_gib")
    inputs: dict[str, object] = {"etcd": f"{size} GiB on volumes that EKS encrypts with KMS whatever is set here"}
    if key is not None:
        inputs["who makes the cluster"] = "needs kms:DescribeKey and kms:CreateGrant on the key"
        inputs["the key"] = "symmetric, in the cluster's region; while it is disabled or deleted the cluster fails"
    managed = brief.spec.secrets_key == "managed"
    if managed:
        inputs["who makes the cluster"] = (
            "needs kms:DescribeKey and kms:CreateGrant, which the account's IAM policies give"
        )
        inputs["the key"] = "symmetric, in the cluster's region; its material changes every year, its ARN stays"
        inputs["its policy"] = "IAM of the account decides, and the cluster role may encrypt, decrypt and list grants"
        window = brief.facts.number("kms.deletion_days")
        inputs["deletion"] = f"takes {window} days, in which it can be called off; without the key the cluster is lost"
    brief.ledger.add(
        "secrets.encryption",
        "Encryption of Kubernetes secrets",
        key or (key_alias(brief.name) if managed else "AWS's own key"),
        inputs=inputs,
        explanation="every secret is enveloped with this key; it can be neither changed nor taken away again"
        if key or managed
        else "since Kubernetes 1.28 EKS envelopes all objects with a key of its own, at no cost; secretsKey: managed or secretsKeyArn takes one of yours, which you then control and pay for",
        source=_SOURCE,
        note="N02",
    )
