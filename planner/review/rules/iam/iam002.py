"""A node role may not join nodes or pull images.

## What it does
Looks on every role of nodes (managed groups, Auto Mode, and those that access entries name) for a policy that lets
nodes join (AmazonEKSWorkerNodePolicy; for Auto Mode AmazonEKSWorkerNodeMinimalPolicy is enough) and one that lets
them pull images (AmazonEC2ContainerRegistryPullOnly, ReadOnly or wider). Inline policies with the same actions
count; of policies of your own the content is not read.

## Why it matters
Nodes without the first do not join; without the second the VPC CNI and kube-proxy are not pulled, and nodes stay
NotReady.

## How to fix
`aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy` and
the same with AmazonEC2ContainerRegistryPullOnly.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
* https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, Role, Unknown
from planner.diagnostics import Severity
from planner.review.node_roles import allows, attached, node_roles, of_your_own
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None:
        return
    if isinstance(design.roles, Unknown):
        yield Unseen(cluster.name, design.roles)
        return
    found = node_roles(design)
    yield from (Unseen(cluster.name, why) for why in found.hidden)
    by_name = {role.name: role for role in design.roles}
    for name in found.names:
        role = by_name.get(name)
        if role is None:
            yield Problem(
                name,
                "nodes have a role that does not exist",
                measured="no such role",
                limit="a role that ec2.amazonaws.com may assume",
                fix=f"make the role {name} again with the policies for nodes",
            )
        elif not (design.planned and role.existing):
            yield from _missing(role, context, auto=name in found.auto)


def _missing(role: Role, context: ReviewContext, *, auto: bool) -> Iterator[Outcome]:
    """What a role lacks, of what joining and pulling images take."""
    for use in context.facts.table("roles.node_uses").values():
        enough = {*use["policies"], *(use["autoMode"] if auto else ())}
        if attached(role) & enough or allows(role, use["actions"]):
            continue
        own = of_your_own(role)
        if own:
            reason = f"whether {', '.join(own)} lets nodes {use['why']} is not read"
            yield Unseen(role.name, Unknown("iam:GetPolicyVersion", reason))
            continue
        wanted = use["autoMode"][0] if auto and use["autoMode"] else use["policies"][0]
        yield Problem(
            role.name,
            f"nodes with this role cannot {use['why']}",
            measured=", ".join(sorted(attached(role))) or "no policies",
            limit=wanted,
            fix=f"aws iam attach-role-policy --role-name {role.name} --policy-arn arn:aws:iam::aws:policy/{wanted}",
        )


RULE = Rule(
    code="IAM002",
    name="node-role-policies",
    severity=Severity.BLOCKER,
    source="https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html",
    notes=("N36",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
