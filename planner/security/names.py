"""Names of the security groups of a plan."""

from __future__ import annotations


def cluster_group_name(cluster: str) -> str:
    """Name of the cluster security group, without the number that EKS appends."""
    return f"eks-cluster-sg-{cluster}"


def endpoint_group_name(cluster: str) -> str:
    """Name of the group on interface endpoints."""
    return f"{cluster}-endpoints"


def control_plane_group_name(cluster: str) -> str:
    """Name of the additional group on the control plane's interfaces."""
    return f"{cluster}-control-plane"


def node_group_name(cluster: str) -> str:
    """Name of the group on nodes whose way out is restricted."""
    return f"{cluster}-nodes"


def pod_group_name(cluster: str, name: str) -> str:
    """Name of a group for pods of their own."""
    return f"{cluster}-pods-{name}"


def efs_group_name(cluster: str) -> str:
    """Name of the group for EFS mount targets."""
    return f"{cluster}-efs"


def load_balancer_group_name(cluster: str) -> str:
    """Name of the group that load balancers carry towards their targets."""
    return f"{cluster}-load-balancers"


def file_system_name(cluster: str, name: str) -> str:
    """Name of a file system of the plan, in its Name tag."""
    return f"{efs_group_name(cluster)}-{name}"
