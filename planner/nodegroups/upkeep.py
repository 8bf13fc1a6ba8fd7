"""Node repair and warm pools of a planned group (note N15)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.capacity.group import GroupCapacity
from planner.capacity.warm_pool import extra_instances
from planner.catalog.facts import Facts
from planner.design import NodeRepair, RepairOverride, WarmPool
from planner.diagnostics import Diagnostic, Kind
from planner.spec.disk import DEFAULT_GIB
from planner.spec.nodes import NodeGroupSpec

REPAIR = "https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html"
WARM = "https://docs.aws.amazon.com/eks/latest/userguide/warm-pools-managed-node-groups.html"


def plan_repair(group: NodeGroupSpec) -> NodeRepair:
    """Node repair as EKS takes it; the overrides sorted."""
    repair = group.node_repair
    return NodeRepair(
        enabled=repair.enabled,
        unhealthy_count=repair.max_unhealthy_node_threshold_count,
        unhealthy_percentage=repair.max_unhealthy_node_threshold_percentage,
        parallel_count=repair.max_parallel_nodes_repaired_count,
        parallel_percentage=repair.max_parallel_nodes_repaired_percentage,
        overrides=tuple(
            sorted(
                RepairOverride(
                    one.node_monitoring_condition,
                    one.node_unhealthy_reason,
                    one.min_repair_wait_time_mins,
                    one.repair_action,
                )
                for one in repair.overrides
            )
        ),
    )


def plan_warm_pool(group: NodeGroupSpec) -> WarmPool | None:
    """The warm pool as EKS takes it, or None."""
    pool = group.warm_pool
    if pool is None:
        return None
    return WarmPool(
        pool.min_size, pool.max_group_prepared_capacity, pool.pool_state.upper(), reuse=pool.reuse_on_scale_in
    )


def record_upkeep(brief: Brief, group: NodeGroupSpec, most: int) -> None:
    """The decisions about repair and the warm pool of a group of at most ``most`` nodes."""
    facts, repair = brief.facts, group.node_repair
    wait = facts.table("repair.wait_minutes")
    stop = facts.table("repair.stops")
    settings: dict[str, object] = {}
    if repair.enabled:
        settings["stops"] = _first(
            (repair.max_unhealthy_node_threshold_count, "above {} unhealthy nodes"),
            (repair.max_unhealthy_node_threshold_percentage, "above {} % unhealthy nodes"),
            f"above {stop['percent']} % unhealthy nodes in a group of more than {stop['nodes']}, and during a zonal shift",
        )
        settings["at once"] = _first(
            (repair.max_parallel_nodes_repaired_count, "{} nodes"),
            (repair.max_parallel_nodes_repaired_percentage, "{} % of the unhealthy nodes"),
            "as EKS decides",
        )
        for one in repair.overrides:
            key = f"{one.node_monitoring_condition}: {one.node_unhealthy_reason}"
            settings[key] = f"{one.repair_action} after {one.min_repair_wait_time_mins} minutes"
    brief.ledger.add(
        f"node-repair.{group.name}",
        f"Node repair of {group.name}",
        "on" if repair.enabled else "off",
        inputs=settings,
        explanation=f"EKS replaces a node that stays unhealthy for {wait['node']} minutes, one with a broken accelerator after {wait['accelerator']}; conditions beside Ready need the add-on eks-node-monitoring-agent"
        if repair.enabled
        else "as the spec says; unhealthy nodes stay until somebody replaces them",
        source=REPAIR,
        note="N15",
    )
    pool = group.warm_pool
    if pool is None:
        return
    waiting = extra_instances(group, most)
    prepared = pool.max_group_prepared_capacity or most
    brief.ledger.add(
        f"warm-pool.{group.name}",
        f"Warm pool of {group.name}",
        f"{pool.pool_state}, at least {pool.min_size}, prepared {prepared}",
        unit="instances",
        formula="instances beside maxSize = max(minSize, maxGroupPreparedCapacity − maxSize)",
        worked=f"max({pool.min_size}, {prepared} − {most}) = {waiting}",
        explanation="instances that have booted wait beside the group and join faster; an Auto Scaling group keeps prepared capacity less desired nodes in the pool, and minSize in any case. "
        + (
            "They come back with the interfaces of nodes"
            if pool.reuse_on_scale_in
            else "Each holds the address of its first interface"
        )
        + ". EKS cannot warm a group with an AMI of your own",
        source=WARM,
        note="N15",
    )


def check_hibernation(group: GroupCapacity, facts: Facts) -> Iterator[Diagnostic]:
    """Types of a hibernating warm pool whose memory is too large for EC2, or for the disk."""
    pool = group.spec.warm_pool
    if pool is None or pool.pool_state != "hibernated" or group.index < 0:
        return
    most, disk = facts.number("hibernation.memory_gib"), group.spec.disk.size_gib or DEFAULT_GIB
    for one in group.types:
        memory = one.memory_mib / 1024
        if memory < min(most, disk) and not one.bare_metal:
            continue
        large = one.bare_metal or memory >= most
        yield Diagnostic(
            Kind.INVALID,
            "warm-pool-memory",
            f"{one.name} cannot hibernate"
            if large
            else f"the disk does not hold the memory of a hibernating {one.name}",
            path=("spec", "nodeGroups", group.index, "warmPool", "poolState"),
            value="bare metal" if one.bare_metal else f"{memory:g} GiB of memory",
            limit=f"less than {most} GiB" if large else f"a disk of {disk} GiB",
            fix="use poolState: stopped, or smaller types"
            + ("" if large else f"; or disk.sizeGib of more than {memory:g}"),
            source=facts.source("hibernation.memory_gib"),
            note="N15",
        )


def _first(count: tuple[int | None, str], percent: tuple[int | None, str], otherwise: str) -> str:
    for value, words in (count, percent):
        if value is not None:
            return words.format(value)
    return otherwise
