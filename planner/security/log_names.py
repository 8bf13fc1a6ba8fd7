"""Names of log groups and flow logs of a plan."""

from __future__ import annotations


def control_plane_log_group(cluster: str) -> str:
    """The log group that EKS writes the control plane's logs to; the name is EKS's own.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
    """
    return f"/aws/eks/{cluster}/cluster"


def flow_log_group(cluster: str) -> str:
    """The log group of the VPC's flow logs."""
    return f"/aws/vpc/{cluster}/flow-logs"


def flow_log_name(cluster: str) -> str:
    """Name tag of the flow log."""
    return f"{cluster}-flow-logs"
