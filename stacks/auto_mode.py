"""EKS Auto Mode as Pulumi takes it: compute, block storage and load balancing, which EKS turns on together."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from planner.design import AutoMode


def auto_mode_settings(mode: AutoMode | None, node_role_arn: pulumi.Input[str] | None) -> dict[str, Any]:
    """Arguments of the cluster. Without Auto Mode there are none, and what EKS has stays as it is."""
    if mode is None:
        return {}
    return {
        "compute_config": aws.eks.ClusterComputeConfigArgs(
            enabled=True,
            node_pools=list(mode.node_pools) or None,
            node_role_arn=node_role_arn if mode.node_pools else None,
        ),
        "storage_config": aws.eks.ClusterStorageConfigArgs(
            block_storage=aws.eks.ClusterStorageConfigBlockStorageArgs(enabled=True)
        ),
    }


def load_balancing(mode: AutoMode | None) -> aws.eks.ClusterKubernetesNetworkConfigElasticLoadBalancingArgs | None:
    """The third of the settings, a part of the cluster's network."""
    return aws.eks.ClusterKubernetesNetworkConfigElasticLoadBalancingArgs(enabled=True) if mode else None
