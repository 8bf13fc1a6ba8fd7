"""Raw node repair and warm pool settings of a node group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import NodeRepair, RepairOverride, WarmPool


def node_repair_of(item: Mapping[str, Any]) -> NodeRepair:
    """Node repair; an empty answer means that it is off."""
    return NodeRepair(
        enabled=bool(item.get("enabled", False)),
        unhealthy_count=item.get("maxUnhealthyNodeThresholdCount"),
        unhealthy_percentage=item.get("maxUnhealthyNodeThresholdPercentage"),
        parallel_count=item.get("maxParallelNodesRepairedCount"),
        parallel_percentage=item.get("maxParallelNodesRepairedPercentage"),
        overrides=tuple(
            sorted(
                RepairOverride(
                    one.get("nodeMonitoringCondition", ""),
                    one.get("nodeUnhealthyReason", ""),
                    one.get("minRepairWaitTimeMins", 0),
                    one.get("repairAction", ""),
                )
                for one in item.get("nodeRepairConfigOverrides") or ()
            )
        ),
    )


def warm_pool_of(item: Mapping[str, Any]) -> WarmPool | None:
    """The warm pool, None where there is none. The guide writes states as Stopped, the API as STOPPED."""
    if not item.get("enabled", False):
        return None
    most = item.get("maxGroupPreparedCapacity")
    return WarmPool(
        min_size=item.get("minSize", 0),
        max_prepared=None if most == -1 else most,
        state=str(item.get("poolState", "STOPPED")).upper(),
        reuse=bool(item.get("reuseOnScaleIn", False)),
    )
