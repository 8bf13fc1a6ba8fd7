"""Secrets are not encrypted with a KMS key of your own.

## What it does
Reads the encryption configuration of a running cluster. From Kubernetes 1.28 EKS envelope-encrypts everything in
etcd with a key of AWS's own, so scanners that call such a cluster unencrypted are wrong; the finding says only
that the key is not yours. In a plan the choice is a decision of its own (`why secrets.encryption`).

## Why it matters
With a key of your own you decide who may use it, see every use in CloudTrail and can cut it off. That cannot be
undone: a key once set stays.

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
    default = not older(cluster.version, since)
    yield Problem(
        cluster.name,
        f"from Kubernetes {since} EKS envelope-encrypts secrets with a key of AWS's own; none of yours is set"
        if default
        else "secrets are encrypted on EKS's disks only, not in etcd",
        measured=f"AWS's own key (Kubernetes {cluster.version})"
        if default
        else f"no key (Kubernetes {cluster.version})",
        limit="a KMS key of your own, where you must control it",
        fix=f"aws eks associate-encryption-config --cluster-name {cluster.name} --encryption-config "
        '\'[{"resources":["secrets"],"provider":{"keyArn":"ARN"}}]\' (cannot be undone)',
        severity=None if default else Severity.WARNING,
    )


RULE = Rule(
    code="API006",
    name="secrets-without-own-key",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
    notes=("N02",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
