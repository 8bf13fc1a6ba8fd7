"""Which types can carry a trunk interface, for security groups for pods."""

from __future__ import annotations

from planner.catalog.model import InstanceType

#: Nitro types that the resource controller lists without trunk.
#: Source: amazon-vpc-resource-controller-k8s pkg/aws/vpc/limits.go (2026-04-23).
WITHOUT_TRUNK = frozenset({"u-6tb1.56xlarge", "u-6tb1.112xlarge"})
_BURSTABLE_FAMILIES = frozenset({"t1", "t2", "t3", "t3a", "t4g"})


def trunk_capable(instance: InstanceType) -> bool:
    """Whether the VPC resource controller attaches a trunk to this type.

    No type of the t families and none on Xen; all bare-metal types. Source:
    https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html and the
    resource controller's limits. Types newer than its table may not be listed there yet.
    """
    return instance.nitro and instance.family not in _BURSTABLE_FAMILIES and instance.name not in WITHOUT_TRUNK
