"""A security group is near the quota of its rules.

## What it does
Counts the rules of every group as AWS does: by direction and address family, a reference to a group once in each
family, AWS's prefix lists by their weight, a customer's by its most entries. Compares with the account's quota.
The quota can only be raised, so a group that is far from the default passes even where the quota could not be
read. Plans are checked when they are made.

## Why it matters
The load balancer controller, EKS and Kubernetes Services of type LoadBalancer add rules when they need them. With
the quota used up they fail: `RulesPerSecurityGroupLimitExceeded`, and targets stay unhealthy.

## How to fix
Join neighbouring blocks, name security groups in place of blocks, or have quota L-0EA8095F raised; rules times
groups on an interface stay at or below 1,000.

## References
* https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
* https://docs.aws.amazon.com/general/latest/gr/vpc-service.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Direction, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.security.quotas import weight


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if design.planned:
        return
    if isinstance(design.security_groups, Unknown):
        yield Unseen(design.vpc.name, design.security_groups)
        return
    facts = context.facts
    least, percent = facts.number("security_group.rules"), facts.number("security_group.near_percent")
    lists = () if isinstance(design.prefix_lists, Unknown) else design.prefix_lists
    weights = {key: one.weight for one in lists for key in (one.name, one.id) if key}
    quota = design.group_rules_quota
    for group in design.security_groups:
        for direction in Direction:
            for family in (4, 6):
                rules = [one for one in group.rules if one.direction is direction]
                count = sum(weights.get(one.peer, weight(one, family, facts)) for one in rules)
                if count * 100 < least * percent:
                    continue
                if quota is None or isinstance(quota, Unknown):
                    yield Unseen(group.name, quota or Unknown("servicequotas:GetServiceQuota", "was not asked"))
                elif count * 100 >= quota * percent:
                    yield Problem(
                        group.name,
                        f"{direction} rules for IPv{family} are near what a group may have",
                        measured=f"{count} rules, {100 * count // quota} %",
                        limit=f"{quota} (a finding from {percent} %)",
                        fix="join neighbouring blocks, name groups in place of blocks, or raise the quota: "
                        f"aws service-quotas request-service-quota-increase --service-code vpc "
                        f"--quota-code L-0EA8095F --desired-value {2 * quota}",
                    )


RULE = Rule(
    code="SGR008",
    name="rules-near-quota",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    notes=("N34",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
