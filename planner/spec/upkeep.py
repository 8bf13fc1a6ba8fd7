"""How EKS looks after the nodes of a group: repair, and warm pools."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from planner.spec.types import Or, SpecModel, problem

_REPAIR = "https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html"
#: What eksctl's own example says, and what EKS calls it.
_ELSEWHERE = {"Terminate": "Replace", "Restart": "Reboot"}


def _action(value: Any) -> Any:
    if isinstance(value, str) and value in _ELSEWHERE:
        raise problem(
            "repair-action",
            f"EKS has no repair action of this name, though an example of eksctl says {value}",
            limit="Replace, Reboot or NoAction",
            fix=f"write {_ELSEWHERE[value]}",
            source=_REPAIR,
        )
    return value


class RepairOverrideSpec(SpecModel):
    """What to do about one reason of one node condition, instead of EKS's own choice."""

    node_monitoring_condition: str = Field(
        min_length=1, max_length=128, description="Node condition, such as AcceleratedHardwareReady."
    )
    node_unhealthy_reason: str = Field(
        min_length=1,
        max_length=128,
        description="Reason that the node monitoring agent gives, such as NvidiaXID31Error.",
    )
    min_repair_wait_time_mins: Annotated[int, Field(ge=1)] = Field(
        description="Minutes that the condition must last before anything is done."
    )
    repair_action: Annotated[Literal["Replace", "Reboot", "NoAction"], BeforeValidator(_action)] = Field(
        description="What is done to the node."
    )


def _listed(value: Any) -> Any:
    # behind a validator pydantic no longer knows that a list came from JSON
    return tuple(value) if isinstance(value, list) else value


Percentage = Annotated[int, Field(ge=1, le=100)]
Nodes = Annotated[int, Field(ge=1)]


class NodeRepairSpec(SpecModel):
    """Automatic repair of unhealthy nodes."""

    enabled: bool = Field(default=True, description="Let EKS repair unhealthy nodes.")
    max_unhealthy_node_threshold_count: Nodes | None = Field(
        default=None, description="Repair stops while more nodes than this are unhealthy."
    )
    max_unhealthy_node_threshold_percentage: Percentage | None = Field(
        default=None, description="The same as a percentage of the group; not both."
    )
    max_parallel_nodes_repaired_count: Nodes | None = Field(default=None, description="Most nodes repaired at once.")
    max_parallel_nodes_repaired_percentage: Percentage | None = Field(
        default=None, description="The same as a percentage of the unhealthy nodes; not both."
    )
    overrides: Annotated[tuple[RepairOverrideSpec, ...], BeforeValidator(_listed)] = Field(
        default=(),
        max_length=100,
        description="Other actions or waiting times for single reasons; each with all four fields.",
    )


def _repair(value: Any) -> Any:
    """``true`` and ``false`` stand for repair with EKS's own settings, and for none."""
    return {"enabled": value} if isinstance(value, bool) else value


NodeRepair = Annotated[NodeRepairSpec, BeforeValidator(_repair), Or("boolean")]


class WarmPoolSpec(SpecModel):
    """Instances that have booted already and wait beside the group, to join faster."""

    min_size: Annotated[int, Field(ge=0, le=5_000)] = Field(
        default=0, description="Fewest instances that wait, however many nodes the group has."
    )
    max_group_prepared_capacity: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="Most instances of the group and its pool together; maxSize when not given."
    )
    pool_state: Literal["stopped", "running", "hibernated"] = Field(
        default="stopped", description="State in which they wait."
    )
    reuse_on_scale_in: bool = Field(
        default=False, description="Nodes that the group gives up go back to the pool instead of being terminated."
    )
