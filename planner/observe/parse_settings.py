"""Settings of the control plane as EKS answers them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from planner.design import ControlPlaneSettings

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def settings_of(cluster: Mapping[str, Any]) -> ControlPlaneSettings:
    """What EKS answers about API server, controller manager and scheduler."""
    api = cluster.get("kubeApiServerConfig") or {}
    manager = cluster.get("kubeControllerManagerConfig") or {}
    scheduler = cluster.get("kubeSchedulerConfig") or {}
    ports = api.get("serviceNodePortRange") or {}
    scoring = (scheduler.get("nodeResourcesFit") or {}).get("scoringStrategy") or {}
    hpa = manager.get("horizontalPodAutoscalerControllerConfig") or {}
    return ControlPlaneSettings(
        event_ttl_minutes=_duration(api.get("eventTtl"), 60),
        node_ports=(int(ports["minPort"]), int(ports["maxPort"])) if {"minPort", "maxPort"} <= set(ports) else None,
        hpa_sync_seconds=_duration(hpa.get("horizontalPodAutoscalerSyncPeriod"), 1),
        terminated_pod_threshold=(manager.get("podGcControllerConfig") or {}).get("terminatedPodGcThreshold"),
        scoring_strategy=scoring.get("type"),
        scoring_weights=tuple(sorted((one["name"], int(one["weight"])) for one in scoring.get("resources") or ())),
    )


def _duration(text: str | None, unit: int) -> int | None:
    """A duration of one unit, such as ``45m``, in units of so many seconds."""
    match = re.fullmatch(r"(\d+)([smh])", text or "")
    return int(match[1]) * _SECONDS[match[2]] // unit if match else None
