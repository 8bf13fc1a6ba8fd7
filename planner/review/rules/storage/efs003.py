"""A file system is not encrypted at rest.

## What it does
Reads the encryption of the file systems that the cluster mounts: those of its plan, and all of the VPC where the
EFS driver runs.

## Why it matters
Encryption is decided when a file system is made and cannot be turned on later, so the day on which somebody asks
for it means a new file system and a copy of all files.

## How to fix
Make an encrypted file system, copy the files (AWS DataSync), and change the StorageClass; `aws efs create-file-
system --encrypted`. A plan encrypts.

## References
* https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
* https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.storage import mounted


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    systems = mounted(design, context.facts)
    if isinstance(systems, Unknown):
        yield Unseen(design.cluster.name if design.cluster else design.vpc.name, systems)
        return
    for system in systems:
        if not system.encrypted:
            yield Problem(
                system.name,
                "its files lie on EFS's disks as they are, and that cannot be changed",
                measured="not encrypted",
                limit="encrypted",
                fix="aws efs create-file-system --encrypted, then copy the files with AWS DataSync",
            )


RULE = Rule(
    code="EFS003",
    name="file-system-not-encrypted",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html",
    notes=("N43",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
