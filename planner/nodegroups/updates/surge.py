"""How many nodes are replaced at once, and the most that there are meanwhile (note N21).

Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.nodegroups.updates.model import How, Strategy, UpdatedGroup


@dataclass(frozen=True, slots=True)
class Bound:
    """The most nodes of a group that an update may come to: in all, and in each zone that is left."""

    total: int
    per_zone: int


def at_once(unavailable: int | None, percentage: int | None, nodes: int, most: int) -> tuple[int, ...]:
    """Nodes that are replaced at once, at most ``most``: one number, or the two that a percentage may be
    rounded to, for AWS does not say which way. Never less than one."""
    if percentage is None:
        return (min(unavailable or 1, most),)
    low, high = nodes * percentage // 100, -(-nodes * percentage // 100)
    return tuple(sorted({min(max(one, 1), most) for one in (low, high)}))


def surge(group: UpdatedGroup, how: How) -> int:
    """Nodes that the scale-up adds: ``max(2 × zones, maxUnavailable)``, none with MINIMAL. The zones
    are all that the Auto Scaling group has, also when one of them is lost."""
    if how.strategy is Strategy.MINIMAL:
        return 0
    return max(group.surge_per_zone * len(group.zones), how.at_once)


def announced(group: UpdatedGroup, how: How) -> Bound:
    """The bound: nodes and surge, evenly over the zones that are left. The update raises the maximum as
    well, so an autoscaler that scales up meanwhile may reach maxSize and surge."""
    base = max(group.most, len(group.nodes)) if how.autoscaler else len(group.nodes)
    total = base + surge(group, how)
    return Bound(total, -(-total // max(len(group.left), 1)))
