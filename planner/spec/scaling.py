"""Who adds and removes nodes, for which load, and how large the control plane is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.spec.ports import Port
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


class NodePortsSpec(SpecModel):
    """Ports of Services of type NodePort."""

    first: Port = Field(description="First port.")
    last: Port = Field(description="Last port.")


class ControlPlaneSettingsSpec(SpecModel):
    """Settings of API server, controller manager and scheduler that EKS lets its users choose."""

    event_ttl_minutes: int | None = Field(
        default=None, description="API server: minutes that Kubernetes events are kept (10 to 60, EKS keeps them 60)."
    )
    node_ports: NodePortsSpec | None = Field(
        default=None, description="API server: ports of Services of type NodePort (30000 to 32767 when not given)."
    )
    horizontal_pod_autoscaler_sync_seconds: int | None = Field(
        default=None,
        description="Controller manager: seconds between two looks of the HorizontalPodAutoscaler (10 to 15, EKS's own 15); takes a provisioned tier.",
    )
    terminated_pod_threshold: int | None = Field(
        default=None, description="Controller manager: terminated pods that are kept (0 to 12,500, EKS's own 12,500)."
    )
    scoring_strategy: Literal["LeastAllocated", "MostAllocated"] | None = Field(
        default=None,
        description="Scheduler: LeastAllocated spreads pods over nodes (EKS's own), MostAllocated fills nodes, so that an autoscaler can remove others.",
    )
    scoring_weights: dict[str, Annotated[int, Field(ge=1, le=100)]] = Field(
        default={},
        max_length=20,
        description="Scheduler: how much each resource (cpu, memory, nvidia.com/gpu) counts, 1 to 100; takes scoringStrategy.",
    )


class ControlPlaneSpec(SpecModel):
    """The capacity of the control plane."""

    tier: Literal["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"] = Field(
        default="standard",
        description="Scaling tier: standard scales by itself; a provisioned tier is there at once, stays as it is and costs more by the hour.",
    )
    settings: ControlPlaneSettingsSpec = Field(
        default=ControlPlaneSettingsSpec(),
        description="Settings of the Kubernetes components; EKS's own when not given.",
    )
