"""Instances that a warm pool holds (note N15)."""

from __future__ import annotations

from planner.spec.nodes import NodeGroupSpec


def extra_instances(group: NodeGroupSpec, most: int) -> int:
    """Instances that a warm pool may hold beside a full group of ``most`` nodes.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
    """
    pool = group.warm_pool
    if pool is None:
        return 0
    return max(pool.min_size, (pool.max_group_prepared_capacity or most) - most)
