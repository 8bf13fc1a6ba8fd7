"""Volumes of nodes are not encrypted.

## What it does
Looks at the volumes of every launch template, and at the region's default: what the template leaves open is encrypted
only where the account encrypts every volume.

## Why it matters
Images, logs, emptyDir volumes and secrets that kubelet mounts lie on these disks.

## How to fix
Set Encrypted in the block device mappings, or turn on encryption by default with
`aws ec2 enable-ebs-encryption-by-default`.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, LaunchTemplate, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_templates
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for template in known_templates(design):
        plain = _plain(template)
        if not plain or design.ebs_encryption_by_default is True:
            continue
        if isinstance(design.ebs_encryption_by_default, Unknown):
            yield Unseen(template.name, design.ebs_encryption_by_default)
            continue
        yield Problem(
            template.name,
            "volumes of its nodes are not encrypted",
            measured=", ".join(plain),
            limit="Encrypted: true",
            fix=f"make a version of {template.name} with Encrypted: true, or turn on encryption by default",
        )


def _plain(template: LaunchTemplate) -> list[str]:
    """The volumes that the template does not encrypt; those of the AMI where it names none."""
    if not template.disks:
        return ["the AMI's own volumes"]
    return [one.device for one in template.disks if not one.encrypted]


RULE = Rule(
    code="NGP013",
    name="volumes-unencrypted",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
    notes=("N28",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
