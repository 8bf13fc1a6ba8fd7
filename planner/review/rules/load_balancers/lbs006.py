"""No subnet is tagged, so only a new controller finds subnets for load balancers.

## What it does
For each kind of load balancer (internet-facing in public subnets, internal in private ones): no subnet of the VPC
carries its tag, and subnets of that kind are there. Which version of the AWS Load Balancer Controller runs is not
to be seen from AWS.

## Why it matters
Since version 2.12.1 the controller takes subnets by their routes where none is tagged; older ones fail with
`unable to resolve at least one subnet`. And by routes it takes cluster and pod subnets as well, which are small or
not meant for load balancers.

## How to fix
Run AWS Load Balancer Controller 2.12.1 or newer, or tag one subnet in each zone: `aws ec2 create-tags --resources
SUBNET --tags Key=kubernetes.io/role/elb,Value=1`.

## References
* https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.topology import ROLE_ELB, ROLE_INTERNAL_ELB, first_undescribed, is_public


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    if design.cluster is None:
        return
    untagged = [
        (tag, public, kind)
        for tag, public, kind in ((ROLE_ELB, True, "internet-facing"), (ROLE_INTERNAL_ELB, False, "internal"))
        if all(subnet.tag(tag) is None for subnet in design.subnets)
    ]
    if not untagged:
        return
    kinds = {subnet.name: is_public(design, subnet) for subnet in design.subnets}
    hidden = first_undescribed(design) or next((one for one in kinds.values() if isinstance(one, Unknown)), None)
    if hidden is not None:
        yield Unseen(design.vpc.name, hidden)
        return
    version = context.facts["load_balancer.untagged_version"].value
    for tag, public, kind in untagged:
        names = sorted(name for name, one in kinds.items() if one is public)
        if names:
            yield Problem(
                design.vpc.name,
                f"only AWS Load Balancer Controller {version} and newer finds subnets for {kind} load balancers",
                measured=f"{tag} on none of {len(names)} {'public' if public else 'private'} subnets",
                limit=f"the tag, or version {version}",
                fix=f"tag one of {', '.join(names[:3])}{' ...' if len(names) > 3 else ''} in each zone with {tag}=1, "
                f"or run version {version}",
            )


RULE = Rule(
    code="LBS006",
    name="no-tagged-subnets",
    severity=Severity.WARNING,
    source="https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery",
    notes=("N33",),
    confidence="high",
    needs_cluster=True,
    check=check,
    doc=__doc__ or "",
)
