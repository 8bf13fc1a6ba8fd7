"""One zone runs out of addresses before the others.

## What it does
Compares, zone by zone, the free addresses of the node groups' subnets with what their share of the groups at
maxSize takes. A finding names the zone that has room for less than one such share while it has less than half as
much room, share for share, as the best zone.

## Why it matters
Auto Scaling spreads nodes evenly over zones and pods follow topology spread, not free addresses: the poorest zone
decides when pods stay in ContainerCreating, and the sum over all zones hides it.

## How to fix
Give the groups a further subnet in that zone, or move other things out of its subnets; with prefix delegation
reserve a block (`aws ec2 create-subnet-cidr-reservation`).

## References
* https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html
* https://github.com/aws/amazon-vpc-cni-k8s/issues/2846
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.observed import cni_settings, node_footprint
from planner.design import Design, NodeGroup, Unknown
from planner.diagnostics import Severity
from planner.review.free import free_addresses
from planner.review.rule import Outcome, Problem, ReviewContext, Rule, Unseen


def check(design: Design, context: ReviewContext) -> Iterator[Outcome]:

    cluster = design.cluster
    if cluster is None:
        return
    if isinstance(design.node_groups, Unknown):
        yield Unseen(cluster.name, design.node_groups)
        return
    shares: dict[str, int] = {}
    subnets: dict[str, set[str]] = {}
    for group in design.node_groups:
        share = _share(design, group, context)
        if isinstance(share, Unknown):
            yield Unseen(group.name, share)
            return
        for subnet in design.named_subnets(group.subnets):
            subnets.setdefault(subnet.zone, set()).add(subnet.name)
        for zone in {subnet.zone for subnet in design.named_subnets(group.subnets)}:
            shares[zone] = shares.get(zone, 0) + share
    free: dict[str, int] = {}
    for zone, names in sorted(subnets.items()):
        found = [
            free_addresses(design, one, context.facts, prefixes=True) for one in design.named_subnets(tuple(names))
        ]
        hidden = next((one for one in found if isinstance(one, Unknown)), None)
        if hidden is not None:
            yield Unseen(zone, hidden)
            return
        free[zone] = sum(one for one in found if not isinstance(one, Unknown))
    yield from _skew(free, {zone: share for zone, share in shares.items() if share}, context)


def _skew(free: dict[str, int], shares: dict[str, int], context: ReviewContext) -> Iterator[Outcome]:
    """The poorest zone, if it has too little beside the best one."""
    if len(shares) < 2:
        return
    poorest = min(shares, key=lambda zone: (free[zone] / shares[zone], zone))
    best = max(shares, key=lambda zone: (free[zone] / shares[zone], zone))
    percent = context.facts.number("subnet.skew_percent")
    little = free[poorest] / shares[poorest] * 100 < free[best] / shares[best] * percent
    if little and free[poorest] < shares[poorest]:
        yield Problem(
            poorest,
            "this zone runs out of addresses before the others",
            measured=f"{free[poorest]} free for a share of {shares[poorest]}; {free[best]} for {shares[best]} in {best}",
            limit=f"room for a share, or {percent} % of the room of {best}",
            fix=f"give the node groups a further subnet in {poorest}",
        )


def _share(design: Design, group: NodeGroup, context: ReviewContext) -> int | Unknown:
    """Addresses that a zone's share of a group takes in node subnets, at maxSize and spread evenly."""
    settings = cni_settings(design)
    if isinstance(settings, Unknown):
        return settings
    each = node_footprint(group, design.types_of(group), settings, context.instance_types, context.facts)
    if isinstance(each, Unknown):
        return each
    zones = {subnet.zone for subnet in design.named_subnets(group.subnets)}
    return -(-group.max_size // max(len(zones), 1)) * each.node_subnet


RULE = Rule(
    code="NSN006",
    name="one-zone-drains-first",
    severity=Severity.WARNING,
    source="https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html",
    notes=(
        "N29",
        "N32",
    ),
    confidence="medium",
    check=check,
    doc=__doc__ or "",
)
