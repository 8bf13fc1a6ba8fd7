"""An update of a node group needs more addresses than are free.

## What it does
A DEFAULT update of a managed node group first adds `max(2 × zones, maxUnavailable)` nodes (MINIMAL adds none). For each
group the rule takes the addresses of these nodes, spread over its zones, and compares them with the free ones of its
subnets, and of the pod subnets with custom networking. In a running design this is asked at the desired size, in a plan
with all groups at maxSize. One group is updated at a time. Percentages count as rounded up.
Subnets of a plan that are too small without any update are NSN001's.

## Why it matters
New nodes without addresses for their pods are not ready, and after 15 minutes without progress the update fails with
NodeCreationFailure or PodEvictionFailure, with nodes of two versions left.

## How to fix
Free addresses, give the group another subnet in that zone, or update with `updateConfig.updateStrategy=MINIMAL`, which
takes nodes away before it adds new ones.

## References
* https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.design import Design, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.nodegroups.updates.surge import at_once
from planner.review.free import free_addresses
from planner.review.groups import hidden_groups, known_groups
from planner.review.node_addresses import node_addresses, nodes_to_come, zones_of
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    yield from hidden_groups(design)
    for group in known_groups(design):
        added = surge_nodes(design, group, context)
        if added:
            yield from _updated(design, group, added, context)


def surge_nodes(design: Design, group: NodeGroup, context: ReviewContext) -> int:
    """Nodes that an update of a group adds at first."""
    size = group.max_size if design.planned else group.desired_size
    if group.update.strategy == "MINIMAL" or size == 0:
        return 0
    update, most = group.update, context.facts.number("nodegroup.max_unavailable")
    together = at_once(update.max_unavailable, update.max_unavailable_percentage, size, most)[-1]
    return max(context.facts.number("nodegroup.surge_per_zone") * len(zones_of(design, group)), together)


def _updated(design: Design, updated: NodeGroup, added: int, context: ReviewContext) -> Iterator[Outcome]:
    def coming(whole: Design, group: NodeGroup) -> int:
        return (nodes_to_come(whole, group) if whole.planned else 0) + (added if group is updated else 0)

    demand = node_addresses(design, context, coming)
    without = node_addresses(design, context) if design.planned else ()
    if isinstance(demand, Unknown) or isinstance(without, Unknown):
        return
    before = {one.subnets: one.addresses for one in without}
    addon = design.cluster.addon("vpc-cni") if design.cluster else None
    pods = {one.subnet for one in addon.eni_configs} if addon else set()
    for need in sorted(demand, key=lambda one: one.subnets):
        if not {*updated.subnets, *pods} & set(need.subnets) or need.addresses == 0:
            continue
        subnets = design.named_subnets(need.subnets)
        free = [free_addresses(design, subnet, context.facts, prefixes=True) for subnet in subnets]
        hidden = next((one for one in (need.addresses, *free) if isinstance(one, Unknown)), None)
        if hidden is not None:
            yield Unseen(f"{updated.name} in {', '.join(need.subnets)}", hidden)
            continue
        have = sum(one for one in free if not isinstance(one, Unknown))
        already = before.get(need.subnets, 0)
        short = not isinstance(already, Unknown) and already > have  # which NSN001 says
        if not isinstance(need.addresses, Unknown) and need.addresses > have and not short:
            yield Problem(
                f"{updated.name} in {', '.join(need.subnets)}",
                f"an update adds {added} nodes at first, for which there is no room",
                measured=f"{have} free",
                limit=f"{need.addresses} needed" + (" with all groups at maxSize" if design.planned else ""),
                fix="free addresses, add a subnet in this zone, or set updateConfig.updateStrategy to MINIMAL",
            )


RULE = Rule(
    code="CAP004",
    name="update-surge-too-large",
    severity=Severity.ERROR,
    source="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html",
    notes=("N21",),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
