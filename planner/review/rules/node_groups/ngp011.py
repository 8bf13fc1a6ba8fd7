"""Pods may reach the node's credentials, or nobody knows whether they do.

## What it does
Looks at the hop limit of the metadata service in every launch template. One hop keeps pods (but for those on the
node's network) away; two let them in. Where the template does not say, AWS's own pages disagree: the page about launch
templates says 2, the page about AL2023 says 1, and 1 has been observed.

## Why it matters
A pod that reaches the metadata service has the node's role.

## How to fix
Set HttpPutResponseHopLimit to 1, and give pods roles of their own (Pod Identity or IRSA); 2 where a pod really needs the
service.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/al2023.html
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
* https://github.com/hashicorp/terraform-provider-aws/issues/38516
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
        if template.hop_limit is None:
            yield Problem(
                template.name,
                "the hop limit is not set, and AWS's pages disagree on what then holds (1 or 2)",
                measured="not set",
                limit="1, said in the template",
                fix=f"make a version of {template.name} with MetadataOptions HttpPutResponseHopLimit: 1",
            )
        elif template.hop_limit > 1:
            yield Problem(
                template.name,
                "pods reach the metadata service, and with it the role of the node",
                measured=f"hop limit {template.hop_limit}",
                limit="1",
                fix="give pods roles of their own and set the limit to 1, unless one needs the service",
            )


RULE = Rule(
    code="NGP011",
    name="hop-limit",
    severity=Severity.INFO,
    source="https://docs.aws.amazon.com/eks/latest/userguide/al2023.html",
    notes=("N19",),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
