"""Node repair and warm pools: what EKS refuses (note N15)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.nodes import NodeGroupSpec

_REPAIR = "https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html"
_WARM = "https://docs.aws.amazon.com/eks/latest/userguide/warm-pools-managed-node-groups.html"


def check_upkeep(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    """Repair and warm pool of one group; ``path`` is its place."""
    yield from _repair(group, (*path, "nodeRepair"))
    yield from _warm_pool(group, (*path, "warmPool"))


def _repair(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    repair = group.node_repair
    for what, count, percentage in (
        (
            "maxUnhealthyNodeThreshold",
            repair.max_unhealthy_node_threshold_count,
            repair.max_unhealthy_node_threshold_percentage,
        ),
        (
            "maxParallelNodesRepaired",
            repair.max_parallel_nodes_repaired_count,
            repair.max_parallel_nodes_repaired_percentage,
        ),
    ):
        if count is not None and percentage is not None:
            yield invalid(
                "repair-both",
                (*path, f"{what}Percentage"),
                f"{what}Count and {what}Percentage exclude each other",
                value=f"{count} and {percentage} %",
                limit="one of the two",
                fix="keep one",
                source=_REPAIR,
                note="N15",
            )
    given = sorted(repair.model_fields_set - {"enabled"})
    if not repair.enabled and given:
        yield invalid(
            "repair-off",
            (*path, "enabled"),
            "node repair is off, so its settings do nothing",
            value="enabled: false",
            limit=f"{len(given)} settings",
            fix="remove enabled: false, or write nodeRepair: false",
            source=_REPAIR,
            note="N15",
        )
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(repair.overrides):
        key = (one.node_monitoring_condition, one.node_unhealthy_reason)
        if key in seen:
            yield invalid(
                "repair-twice",
                (*path, "overrides", number),
                "two overrides are about this condition and reason",
                value=": ".join(key),
                fix="remove one of them",
                source=_REPAIR,
                note="N15",
            )
        seen.add(key)


def _warm_pool(group: NodeGroupSpec, path: Path) -> Iterator[Diagnostic]:
    pool = group.warm_pool
    if pool is None:
        return
    if group.ami_id:
        yield invalid(
            "warm-pool-ami",
            path,
            "EKS makes no warm pool for a group with an AMI of its own",
            value=group.ami_id,
            limit="an AMI of EKS",
            fix="remove warmPool or amiId",
            source=_WARM,
            note="N15",
        )
    bottlerocket = group.os_family == "bottlerocket"
    if bottlerocket and pool.pool_state == "hibernated":
        yield invalid(
            "warm-pool-state",
            (*path, "poolState"),
            "Bottlerocket does not hibernate",
            value=f"os: {group.os}",
            limit="stopped or running",
            fix="use poolState: stopped",
            source=_WARM,
            note="N15",
        )
    if bottlerocket and pool.reuse_on_scale_in:
        yield invalid(
            "warm-pool-reuse",
            (*path, "reuseOnScaleIn"),
            "nodes with Bottlerocket do not go back to a warm pool",
            value=f"os: {group.os}",
            limit="reuseOnScaleIn: false",
            fix="remove reuseOnScaleIn",
            source=_WARM,
            note="N15",
        )
    prepared = pool.max_group_prepared_capacity
    if prepared is not None and prepared < pool.min_size:
        yield invalid(
            "warm-pool-size",
            (*path, "maxGroupPreparedCapacity"),
            "fewer instances prepared than minSize wants to wait",
            value=str(prepared),
            limit=f"minSize {pool.min_size}",
            fix="raise maxGroupPreparedCapacity or lower minSize",
            source=_WARM,
            note="N15",
        )
