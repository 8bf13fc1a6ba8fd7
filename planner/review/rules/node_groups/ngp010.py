"""Nodes answer the metadata service without a token.

## What it does
Looks whether the launch template demands IMDSv2 (HttpTokens: required).

## Why it matters
Without a token a request that a pod or a proxy is tricked into is enough to read the node's credentials.

## How to fix
Set HttpTokens to required in a version of the launch template.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/al2023.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_templates
from planner.review.rule import Outcome, Problem, ReviewContext, Rule


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for template in known_templates(design):
        if template.http_tokens != "required":
            yield Problem(
                template.name,
                "the metadata service answers without a token (IMDSv1)",
                measured=f"HttpTokens {template.http_tokens}",
                limit="HttpTokens required",
                fix=f"make a version of {template.name} with MetadataOptions HttpTokens: required",
            )


RULE = Rule(
    code="NGP010",
    name="imdsv1-allowed",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/userguide/al2023.html",
    notes=("N19",),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
