"""Secrets lie in etcd without envelope encryption.

## What it does
Reads the encryption configuration of a running cluster. From Kubernetes 1.28 EKS envelope-encrypts everything in
etcd with a key of AWS's own, so scanners that call such a cluster unencrypted are wrong: whether the key should be
yours is a choice (`why secrets.encryption`), no fault. Before 1.28 nothing but a key of yours does it.

## Why it matters
Who gets at a copy of etcd reads the secrets. A key once set cannot be taken away.

## How to fix
`aws eks associate-encryption-config --cluster-name NAME --encryption-config
'[{"resources":["secrets"],"provider":{"keyArn":"ARN"}}]'`; in a spec `secretsKey: managed` or `secretsKeyArn`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
* https://docs.aws.amazon.com/config/latest/developerguide/eks-secrets-encrypted.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.versions import older
from planner.design import Design
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None or design.planned or cluster.secrets_key or cluster.secrets_key_arn:
        return
    since = str(context.facts["secrets.default_encryption"].value)
    if not older(cluster.version, since):
        return
    yield Problem(
        cluster.name,
        "secrets are encrypted on EKS's disks only, not in etcd",
        measured=f"no key (Kubernetes {cluster.version})",
        limit=f"a KMS key of your own, or Kubernetes {since}, which brings AWS's",
        fix=f"aws eks associate-encryption-config --cluster-name {cluster.name} --encryption-config "
        '\'[{"resources":["secrets"],"provider":{"keyArn":"ARN"}}]\' (cannot be undone)',
    )


RULE = Rule(
    code="API006",
    name="secrets-not-enveloped",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
    notes=("N02",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
