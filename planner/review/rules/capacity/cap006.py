"""kubelet is told more pods than there are addresses.

## What it does
Takes the maxPods that a group's nodes are told (by user data, or by the plan) and compares it with the pods for which the
smallest of its types has addresses. With custom networking the first interface carries no pods: whoever turns it on must
lower maxPods. Nodes from an AMI of your own that are told nothing count on all interfaces, too. For Linux nodes without
IPv6; security groups for pods give some pods an interface of their own, therefore it is a warning there.

## Why it matters
The scheduler puts pods on such a node that never get an address: they hang in ContainerCreating although other nodes
have room.

## How to fix
Set maxPods to the number of the limit: `spec.kubelet.config.maxPods` in the NodeConfig, or leave it out where EKS
computes it (no AMI id in the launch template).

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html
* https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.capacity.max_pods import PodNetwork, smallest
from planner.catalog.model import InstanceType
from planner.design import Design, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.review.groups import hidden_groups, known_groups, own_ami
from planner.review.pods import network_of, pods_of, types_of, windows
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen
from planner.review.told_pods import told_max_pods


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    network = network_of(design)
    for group in known_groups(design):
        template = design.launch_template(group.launch_template)
        told = told_max_pods(design, group)
        silent = told is None and template is not None and own_ami(group, template)
        if windows(group) or (told is None and not silent):
            continue  # EKS computes it itself
        types = types_of(design, group, context)
        for hidden in (network, types):
            if isinstance(hidden, Unknown):
                yield Unseen(group.name, hidden)
                break
        else:
            if not isinstance(types, Unknown) and not isinstance(network, Unknown) and not network.ipv6:
                yield from _beyond(group, told, types, network, context)


def _beyond(
    group: NodeGroup,
    told: int | None,
    types: tuple[InstanceType, ...],
    network: PodNetwork,
    context: ReviewContext,
) -> Iterator[Outcome]:
    room = pods_of(group, types, network, context, capped=False)
    if not room:
        return
    limit = smallest(room)
    who = f"maxPods {told}"
    if told is None:
        # an AMI's own reckoning knows nothing of the VPC CNI's settings
        plain = replace(network, prefix=False, custom_networking=False, max_eni=None, security_groups_for_pods=False)
        told = smallest(pods_of(group, types, plain, context, capped=False)).pods
        who = f"nothing told, and the AMI reckons {told}"
    if told > limit.pods:
        yield Problem(
            group.name,
            "kubelet counts on more pods than have addresses",
            measured=who,
            limit=f"{limit.pods} on {limit.instance_type}: {limit.worked}",
            fix=f"tell kubelet maxPods {limit.pods}, or leave it to EKS",
            severity=Severity.WARNING if network.security_groups_for_pods else None,
        )


RULE = Rule(
    code="CAP006",
    name="max-pods-beyond-addresses",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/custom-networking.html",
    notes=("N18",),
    confidence="high",
    check=check,
    doc=__doc__ or "",
)
