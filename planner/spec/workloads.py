"""Workloads in a spec: what the cluster must carry."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from planner.spec.nodes import TaintSpec
from planner.spec.types import Cpu, GroupName, Memory, Name, OrOne, SpecModel, problem


class TolerationSpec(SpecModel):
    """A toleration of a pod, with Kubernetes' own meaning."""

    key: str = Field(default="", description="Taint key; empty with Exists tolerates every taint.", max_length=317)
    operator: Literal["Equal", "Exists"] = Field(default="Equal", description="How key and value are compared.")
    value: str = Field(default="", description="Taint value, for Equal.", max_length=63)
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = Field(
        default=None, description="Effect that is tolerated; all of them when not given."
    )
    toleration_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = Field(
        default=None,
        description="Seconds that a pod stays on a node after a NoExecute taint came (effect NoExecute only); for ever when not given.",
    )

    def covers(self, taint: TaintSpec) -> bool:
        """Whether it tolerates a taint.

        Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
        """
        if self.effect is not None and self.effect != taint.effect:
            return False
        if self.operator == "Exists":
            return self.key in ("", taint.key)
        return (self.key, self.value) == (taint.key, taint.value)


def _pods_or_percent(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    share = isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal() and int(value[:-1]) <= 100
    if not (whole or share):
        raise problem(
            "budget",
            "neither a number of pods nor a percentage",
            limit="0 or more pods, or 0% to 100%",
            fix="write 1 or 25%",
        )
    return value


PdbValue = Annotated[int | str, BeforeValidator(_pods_or_percent)]


class PodDisruptionBudget(SpecModel):
    """A PodDisruptionBudget: one of the two."""

    min_available: PdbValue | None = Field(default=None, description="Pods that must stay: number or percentage.")
    max_unavailable: PdbValue | None = Field(default=None, description="Pods that may go: number or percentage.")


def _one_or_several(value: Any) -> Any:
    """One budget stands for a list of one, nothing for none."""
    if value is None:
        return ()
    return (value,) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value


Budgets = Annotated[tuple[PodDisruptionBudget, ...], BeforeValidator(_one_or_several), OrOne()]


class WorkloadSpec(SpecModel):
    """Something that the cluster must carry."""

    name: Name = Field(description="Name of the workload.")
    kind: Literal["Deployment", "StatefulSet", "DaemonSet", "Job"] = Field(
        default="Deployment",
        description="A DaemonSet runs once on every node of its group (of every group without one).",
    )
    replicas: Annotated[int, Field(ge=0, le=150_000)] | None = Field(
        default=None, description="Pods at peak; 1 when not given, ignored for a DaemonSet."
    )
    cpu: Cpu = Field(description="CPU request of one pod, such as 500m.")
    memory: Memory = Field(description="Memory request of one pod, such as 1Gi.")
    node_group: GroupName | None = Field(
        default=None, description="The node group that carries it; any when not given."
    )
    spread: Literal["zone", "none"] = Field(
        default="zone", description="Whether its pods are spread evenly over the zones."
    )
    zonal_storage: bool = Field(
        default=False, description="Its volumes live in one zone (EBS): every zone must be able to hold its own pods."
    )
    host_network: bool = Field(default=False, description="Its pods use the node's network and take no pod address.")
    architectures: tuple[Literal["x86_64", "arm64"], ...] = Field(
        default=(),
        description="Processor architectures that its image is built for; all when empty.",
    )
    tolerations: tuple[TolerationSpec, ...] = Field(
        default=(), max_length=50, description="Taints that its pods tolerate."
    )
    pod_disruption_budget: Budgets = Field(
        default=(),
        max_length=20,
        description="Its PodDisruptionBudget; a list where several select its pods (the eviction API then refuses them all).",
    )
    termination_grace_period_seconds: Annotated[int, Field(ge=0, le=86_400)] = Field(
        default=30, description="Grace period of its pods in seconds."
    )
    ready_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = Field(
        default=None,
        description="Seconds from the creation of one of its pods until it is ready (image, start, probes); the catalog's assumption when not given.",
    )
