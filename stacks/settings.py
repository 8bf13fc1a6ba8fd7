"""Settings of the control plane as Pulumi takes them; what is None stays with EKS."""

from __future__ import annotations

from typing import Any

import pulumi_aws as aws

from planner.design import ControlPlaneSettings


def control_plane_settings(settings: ControlPlaneSettings) -> dict[str, Any]:
    """The arguments of a cluster that set API server, controller manager and scheduler."""
    return {
        "kube_api_server_config": _api_server(settings),
        "kube_controller_manager_config": _controller_manager(settings),
        "kube_scheduler_config": _scheduler(settings),
    }


def minutes_text(minutes: int) -> str:
    """Minutes as EKS writes durations, in one unit: ``45m``, ``1h``."""
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def _api_server(settings: ControlPlaneSettings) -> aws.eks.ClusterKubeApiServerConfigArgs | None:
    ports, minutes = settings.node_ports, settings.event_ttl_minutes
    if ports is None and minutes is None:
        return None
    return aws.eks.ClusterKubeApiServerConfigArgs(
        event_ttl=None if minutes is None else minutes_text(minutes),
        service_node_port_range=None
        if ports is None
        else aws.eks.ClusterKubeApiServerConfigServiceNodePortRangeArgs(min_port=ports[0], max_port=ports[1]),
    )


def _controller_manager(settings: ControlPlaneSettings) -> aws.eks.ClusterKubeControllerManagerConfigArgs | None:
    seconds, pods = settings.hpa_sync_seconds, settings.terminated_pod_threshold
    if seconds is None and pods is None:
        return None
    return aws.eks.ClusterKubeControllerManagerConfigArgs(
        horizontal_pod_autoscaler_controller_config=None
        if seconds is None
        else aws.eks.ClusterKubeControllerManagerConfigHorizontalPodAutoscalerControllerConfigArgs(
            horizontal_pod_autoscaler_sync_period=f"{seconds}s"
        ),
        pod_gc_controller_config=None
        if pods is None
        else aws.eks.ClusterKubeControllerManagerConfigPodGcControllerConfigArgs(terminated_pod_gc_threshold=pods),
    )


def _scheduler(settings: ControlPlaneSettings) -> aws.eks.ClusterKubeSchedulerConfigArgs | None:
    if settings.scoring_strategy is None:
        return None
    resource = aws.eks.ClusterKubeSchedulerConfigNodeResourcesFitScoringStrategyResourceArgs
    return aws.eks.ClusterKubeSchedulerConfigArgs(
        node_resources_fit=aws.eks.ClusterKubeSchedulerConfigNodeResourcesFitArgs(
            scoring_strategy=aws.eks.ClusterKubeSchedulerConfigNodeResourcesFitScoringStrategyArgs(
                type=settings.scoring_strategy,
                resources=[resource(name=name, weight=weight) for name, weight in settings.scoring_weights] or None,
            )
        )
    )
