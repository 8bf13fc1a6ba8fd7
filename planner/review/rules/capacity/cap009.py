"""A quota of the account is nearly used up.

## What it does
Compares the quotas of EC2 (vCPUs of running instances by family and market), EBS (storage of volumes), VPC (subnets) and
EKS (node groups) with what is used of them in this region, and warns from 80 % on (`quota.warn_percent`). A plan is not
judged here: `eksplan up` looks at the quotas that it would take from.

## Why it matters
At the quota new nodes are refused (VcpuLimitExceeded), at the worst time: when a zone fails, or in the middle of an update
that needs more nodes than usual.

## How to fix
`aws service-quotas request-service-quota-increase --service-code CODE --quota-code CODE --desired-value N`. AWS takes
days for large ones.

## References
* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html
* https://clowdhaus.github.io/eksup/info/checks
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen

_CALL = "servicequotas:GetServiceQuota"


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if design.planned or design.cluster is None:
        return
    quotas = design.operations.quotas if design.operations else Unknown(_CALL, "was not asked")
    if isinstance(quotas, Unknown):
        yield Unseen(design.cluster.name, quotas)
        return
    share = context.number("quota.warn_percent")
    for one in quotas:
        if isinstance(one.used, Unknown):
            yield Unseen(one.name, one.used)
        elif isinstance(one.value, Unknown):
            yield Unseen(one.name, one.value)
        elif one.used > 0 and one.used * 100 >= one.value * share:
            percent = f", {one.used * 100 // one.value} %" if one.value else ""
            unit = f" {one.unit}" if one.unit else ""
            yield Problem(
                one.name,
                "the quota is nearly used up",
                measured=f"{one.used} of {one.value}{unit}{percent}",
                limit=f"less than {share} %",
                fix=f"ask for more: aws service-quotas request-service-quota-increase, quota {one.code}",
            )


RULE = Rule(
    code="CAP009",
    name="quota-nearly-used",
    severity=Severity.WARNING,
    source="https://clowdhaus.github.io/eksup/info/checks",
    notes=("N27",),
    confidence="high",
    parameters=("quota.warn_percent",),
    check=check,
    doc=__doc__ or "",
)
