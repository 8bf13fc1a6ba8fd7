"""Node repair and warm pools as Pulumi takes them."""

from __future__ import annotations

import pulumi_aws as aws

from planner.design import NodeRepair, WarmPool


def node_repair(repair: NodeRepair) -> aws.eks.NodeGroupNodeRepairConfigArgs:
    """Repair of unhealthy nodes; what is None stays with EKS."""
    return aws.eks.NodeGroupNodeRepairConfigArgs(
        enabled=repair.enabled,
        max_unhealthy_node_threshold_count=repair.unhealthy_count,
        max_unhealthy_node_threshold_percentage=repair.unhealthy_percentage,
        max_parallel_nodes_repaired_count=repair.parallel_count,
        max_parallel_nodes_repaired_percentage=repair.parallel_percentage,
        node_repair_config_overrides=[
            aws.eks.NodeGroupNodeRepairConfigNodeRepairConfigOverrideArgs(
                node_monitoring_condition=one.condition,
                node_unhealthy_reason=one.reason,
                min_repair_wait_time_mins=one.wait_minutes,
                repair_action=one.action,
            )
            for one in repair.overrides
        ]
        or None,
    )


def warm_pool(pool: WarmPool | None) -> aws.eks.NodeGroupWarmPoolConfigArgs | None:
    """A warm pool; to declare it is to turn it on."""
    if pool is None:
        return None
    return aws.eks.NodeGroupWarmPoolConfigArgs(
        min_size=pool.min_size,
        max_group_prepared_capacity=pool.max_prepared,
        pool_state=pool.state,
        reuse_on_scale_in=pool.reuse,
    )
