"""Who adds and removes nodes, for which load, and how large the control plane is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planner.spec.types import SpecModel

Autoscaler = Literal["cluster-autoscaler", "karpenter", "auto-mode", "none"]


class AutoscalingSpec(SpecModel):
    """Who scales the nodes, and what the advice about it should know."""

    autoscaler: Autoscaler | None = Field(
        default=None,
        description="Who adds and removes nodes. When not given it follows from addons and nodePools: cluster-autoscaler or karpenter where the add-on is listed, karpenter or auto-mode where a pool is theirs, else none. It must agree with them.",
    )
    load: Literal["steady", "spiky"] | None = Field(
        default=None, description="Whether the load is steady, or comes in spikes and in many shapes."
    )
    node_access: bool = Field(
        default=True,
        description="Whether you need AMIs, user data or a shell of your own on nodes; EKS Auto Mode offers none of these.",
    )


class ControlPlaneSpec(SpecModel):
    """The capacity of the control plane."""

    tier: Literal["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"] = Field(
        default="standard",
        description="Scaling tier: standard scales by itself; a provisioned tier is there at once, stays as it is and costs more by the hour.",
    )
