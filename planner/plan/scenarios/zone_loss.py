"""What happens when, after a zone or a part of it is lost (note N39): see ``node_controller``."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.plan.scenarios.node_controller import Eviction, ZoneState, eviction, grace_key
from planner.plan.scenarios.world import World


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens so many seconds after the zone failed."""

    seconds: int
    what: str
    source: str


def eviction_of(world: World, zone: str, facts: Facts, percent: int = 100) -> Eviction:
    """The zone with all groups at their maximum, ``percent`` of its nodes silent."""
    nodes = sum(-(-crowd.most // len(crowd.zones)) for crowd in world.crowds if zone in crowd.zones)
    return eviction(nodes, percent, world.version, facts, others=_others(world, zone))


def _others(world: World, zone: str) -> bool:
    """Whether another zone has nodes."""
    return any(crowd.most for crowd in world.crowds if set(crowd.zones) - {zone})


def timeline(world: World, zone: str, facts: Facts, percent: int = 100) -> tuple[Moment, ...]:
    """From the failure to the last pod elsewhere, with all groups at their maximum.

    The node controller taints unreachable nodes at a limited rate; each pod then waits for its own
    toleration (300 s by default).
    """
    plays = eviction_of(world, zone, facts, percent)
    controller, rate = facts.source(grace_key(world.version)), facts.source("eviction.seconds_per_node")
    pods = sum(-(-crowd.most // len(crowd.zones)) * crowd.pods for crowd in world.crowds if zone in crowd.zones)
    share = -(-pods * plays.unhealthy // max(plays.nodes, 1))
    begins = (
        f"{zone} fails: up to {plays.nodes} nodes with {pods:,} pods are gone; their addresses stay taken there"
        if plays.unhealthy == plays.nodes
        else f"{plays.unhealthy} of {plays.nodes} nodes of {zone} fall silent, with about {share:,} pods; their addresses stay taken"
    )
    first = Moment(0, begins, controller)
    unknown = Moment(
        plays.grace,
        "the node controller calls the first nodes Unknown; load balancers have stopped sending by their own health checks",
        controller,
    )
    return (first, unknown, *_evicted(plays, facts, rate))


def _evicted(plays: Eviction, facts: Facts, rate: str) -> tuple[Moment, ...]:
    if plays.per_node is None or plays.last is None:
        return (Moment(plays.grace, _stopped(plays, facts), rate),)
    waits, tolerations = facts.number("toleration.seconds"), facts.source("toleration.seconds")
    return (
        Moment(
            plays.grace,
            f"the zone is {plays.state}: unreachable:NoExecute on one node every {plays.per_node} s {_rate(plays, facts)}",
            rate,
        ),
        Moment(plays.last, f"the last of {plays.unhealthy} nodes is tainted", rate),
        Moment(plays.grace + waits, f"the first pods are deleted: they tolerate the taint for {waits} s", tolerations),
        Moment(
            plays.last + waits,
            "the last pods are deleted and start elsewhere, as far as nodes and addresses are there",
            tolerations,
        ),
    )


def _rate(plays: Eviction, facts: Facts) -> str:
    if plays.state is ZoneState.PARTIAL:
        return f"(--secondary-node-eviction-rate 0.01; the zone has more than {facts.number('eviction.large_cluster')} nodes)"
    whole = ", also where a whole zone is gone" if plays.state is ZoneState.FULL else ""
    return f"(--node-eviction-rate 0.1{whole})"


def _stopped(plays: Eviction, facts: Facts) -> str:
    if plays.state is ZoneState.EVERYWHERE:
        return "no zone has a healthy node left: the node controller takes its taints back and evicts nothing, for the fault may be its own"
    share, large = facts.number("eviction.unhealthy_percent"), facts.number("eviction.large_cluster")
    return f"the zone is {plays.state} ({share} % or more of its nodes) and has {large} nodes or fewer: eviction stops, and pods stay where they are until their nodes come back or are replaced"


def remarks(world: World, facts: Facts, zone: str = "", percent: int = 100) -> tuple[str, ...]:
    """What the timeline does not say."""
    zone = zone or world.zones[0]
    threshold, share = facts.number("eviction.large_cluster"), facts.number("eviction.unhealthy_percent")
    nodes = eviction_of(world, zone, facts).nodes
    partly = eviction(nodes, share, world.version, facts)
    other = (
        f"goes on at 0.01 nodes a second (more than {threshold} nodes in the zone)"
        if partly.state is ZoneState.PARTIAL and partly.per_node is not None
        else f"stops ({threshold} nodes or fewer in the zone)"
        if partly.state is ZoneState.PARTIAL
        else f"goes on as usual (fewer than {facts.number('eviction.unhealthy_nodes')} unhealthy nodes)"
    )
    first = (
        f"If {share} % of a zone's nodes, but not all, are unhealthy, eviction there {other}; play it with --unhealthy {share}."
        if percent == 100
        else f"If the whole zone is gone, eviction goes on at 0.1 nodes a second: {nodes} nodes in {(max(nodes, 1) - 1) * facts.number('eviction.seconds_per_node')} s."
    )
    return (
        first,
        "Auto Scaling and Karpenter start replacements in the other zones on their own, faster than the pods are moved.",
        "Pods of a StatefulSet are not replaced while their node object is there: delete the node, or taint it node.kubernetes.io/out-of-service. EBS volumes stay in their zone.",
    )
