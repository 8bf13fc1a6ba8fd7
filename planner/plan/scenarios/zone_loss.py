"""What happens when, after a zone is lost: the node controller's and the tolerations' timings (note N39).

Source: https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.facts import Facts
from planner.catalog.versions import older
from planner.plan.scenarios.world import World


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens so many seconds after the zone failed."""

    seconds: int
    what: str
    source: str


def timeline(world: World, zone: str, facts: Facts) -> tuple[Moment, ...]:
    """From the failure of a zone to its last pod elsewhere, with all groups at their maximum.

    The node controller taints unreachable nodes at a limited rate, also in a zone that is gone as
    a whole while others are well; each pod then waits for its own toleration (300 s by default).
    """
    early = older(world.version, "1.32") if world.version else False
    grace_key = "node_monitor.grace_seconds_before_1_32" if early else "node_monitor.grace_seconds"
    grace, toleration = facts.number(grace_key), facts.number("toleration.seconds")
    per_node = facts.number("eviction.seconds_per_node")
    nodes = sum(-(-crowd.most // len(crowd.zones)) for crowd in world.crowds if zone in crowd.zones)
    pods = sum(-(-crowd.most // len(crowd.zones)) * crowd.pods for crowd in world.crowds if zone in crowd.zones)
    last = grace + max(nodes - 1, 0) * per_node
    controller, tolerations = facts.source(grace_key), facts.source("toleration.seconds")
    rate = facts.source("eviction.seconds_per_node")
    return (
        Moment(
            0,
            f"{zone} fails: up to {nodes} nodes with {pods:,} pods are gone; their addresses stay taken there",
            controller,
        ),
        Moment(
            grace,
            "the node controller calls the first nodes Unknown; load balancers have stopped sending by their own health checks",
            controller,
        ),
        Moment(
            grace,
            "it taints them unreachable:NoExecute, one every 10 s (--node-eviction-rate 0.1), also where a whole zone is gone",
            rate,
        ),
        Moment(last, f"the last of {nodes} nodes is tainted", rate),
        Moment(
            grace + toleration, f"the first pods are deleted: they tolerate the taint for {toleration} s", tolerations
        ),
        Moment(
            last + toleration,
            "the last pods are deleted and start in the other zones, as far as nodes and addresses are there",
            tolerations,
        ),
    )


def remarks(world: World, facts: Facts) -> tuple[str, ...]:
    """What the timeline does not say."""
    threshold, share = facts.number("eviction.large_cluster"), facts.number("eviction.unhealthy_percent")
    size = sum(crowd.most for crowd in world.crowds)
    slow = (
        f"goes on at 0.01 nodes a second (more than {threshold} nodes)"
        if size > threshold
        else f"stops (a cluster of {threshold} nodes or fewer)"
    )
    return (
        f"If {share} % of a zone's nodes, but not all, are unhealthy, eviction there {slow}.",
        "Auto Scaling and Karpenter start replacements in the other zones on their own, faster than the pods are moved.",
        "Pods of a StatefulSet are not replaced while their node object is there: delete the node, or taint it node.kubernetes.io/out-of-service. EBS volumes stay in their zone.",
    )
