"""User data beside an AMI of your own does not tell the node how to join.

## What it does
Reads the user data of launch templates with an AMI id: the NodeConfig of nodeadm must name cluster, endpoint,
certificate and service block; Bottlerocket needs cluster name, endpoint and certificate; bootstrap.sh and
Start-EKSBootstrap.ps1 must be called. User data of another form is not judged.

## Why it matters
With an AMI id EKS adds nothing to the user data, so nodes start and never become members. EKS then reports
NodeCreationFailure.

## How to fix
Write all four into spec.cluster of the NodeConfig; `eksplan user-data` shows the whole document.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_pairs, known_pairs, own_ami
from planner.review.join import missing_to_join
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    del context
    yield from hidden_pairs(design)
    for group, template in known_pairs(design):
        if not own_ami(group, template):
            continue
        missing = missing_to_join(template.user_data)
        if missing is None:
            reason = "the user data is of no form that EKS documents"
            yield Unseen(group.name, Unknown("ec2:DescribeLaunchTemplateVersions", reason))
        elif missing:
            yield Problem(
                group.name,
                "nodes from this AMI would not join: EKS adds nothing to the user data",
                measured=f"{template.image_id} without {', '.join(missing)}",
                limit="all that a node needs to join",
                fix=f"add {', '.join(missing)} to the user data of {template.name}",
            )


RULE = Rule(
    code="NGP012",
    name="custom-ami-join",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
    notes=("N25", "N26"),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
