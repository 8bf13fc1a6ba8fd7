"""Settings of the control plane, without those that are EKS's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from planner.catalog import store
from planner.design import ControlPlaneSettings

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def settings_of(cluster: Mapping[str, Any]) -> ControlPlaneSettings:
    """What EKS answers about API server, controller manager and scheduler; its own values become None."""
    api = cluster.get("kubeApiServerConfig") or {}
    manager = cluster.get("kubeControllerManagerConfig") or {}
    scheduler = cluster.get("kubeSchedulerConfig") or {}
    if not (api or manager or scheduler):
        return ControlPlaneSettings()
    known = store.load(store.EMBEDDED).facts.table("control_plane.settings")
    own = {key: row["own"] for key, row in known.items()}
    ports = api.get("serviceNodePortRange") or {}
    range_ = (int(ports["minPort"]), int(ports["maxPort"])) if "minPort" in ports and "maxPort" in ports else None
    scoring = (scheduler.get("nodeResourcesFit") or {}).get("scoringStrategy") or {}
    weights = tuple(sorted((one["name"], int(one["weight"])) for one in scoring.get("resources") or ()))
    plain = scoring.get("type") == own["scoring_strategy"] and weights in ((), _DEFAULT_WEIGHTS)
    hpa = manager.get("horizontalPodAutoscalerControllerConfig") or {}
    return ControlPlaneSettings(
        event_ttl_minutes=_other(_seconds(api.get("eventTtl"), 60), own["event_ttl_minutes"]),
        node_ports=None if range_ == tuple(own["node_ports"]) else range_,
        hpa_sync_seconds=_other(_seconds(hpa.get("horizontalPodAutoscalerSyncPeriod"), 1), own["hpa_sync_seconds"]),
        terminated_pod_threshold=_other(
            (manager.get("podGcControllerConfig") or {}).get("terminatedPodGcThreshold"),
            own["terminated_pod_threshold"],
        ),
        scoring_strategy=None if plain else scoring.get("type"),
        scoring_weights=() if plain else weights,
    )


_DEFAULT_WEIGHTS = (("cpu", 1), ("memory", 1))
"""Kubernetes' own; https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/"""


def _seconds(text: str | None, unit: int) -> int | None:
    """A duration of one unit, such as ``45m``, in units of so many seconds."""
    match = re.fullmatch(r"(\d+)([smh])", text or "")
    return int(match[1]) * _SECONDS[match[2]] // unit if match else None


def _other(value: int | None, own: int) -> int | None:
    return None if value == own else value
