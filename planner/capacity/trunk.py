"""Trunk and branch interfaces, for security groups for pods (note N27).

EC2's API says neither which types carry a trunk nor how many branch interfaces they take. Two
published tables do, and they do not always agree; every answer says how sure it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.model import BranchTable, InstanceType

#: Nitro types that both tables list without trunk.
#: Source: amazon-vpc-resource-controller-k8s pkg/aws/vpc/limits.go.
WITHOUT_TRUNK = frozenset({"u-6tb1.56xlarge", "u-6tb1.112xlarge"})


@dataclass(frozen=True, slots=True)
class BranchInterfaces:
    """How many pods with security groups of their own a type takes."""

    count: int | None
    """Branch interfaces (``vpc.amazonaws.com/pod-eni``); None where no table knows the type."""
    certain: bool
    """Whether both tables say the same."""
    why: str


def trunk_capable(instance: InstanceType) -> bool:
    """Whether the VPC resource controller attaches a trunk to this type.

    No type of the t families (burstable) and none on Xen; all bare-metal types. Source:
    https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html and the
    resource controller's limits. Types newer than its table may not be listed there yet.
    """
    t_family = instance.burstable or (instance.family[0] == "t" and instance.family[1:2].isdecimal())
    return instance.nitro and not t_family and instance.name not in WITHOUT_TRUNK


def branch_interfaces(instance: InstanceType, table: BranchTable) -> BranchInterfaces:
    """Branch interfaces of a type, and how sure that is.

    The resource controller decides on a real node: a type that its table lacks gets no trunk from
    it, though the CNI waits for one. Source: amazon-vpc-resource-controller-k8s pkg/provider/branch.
    """
    karpenter, controller = table.types.get(instance.name, (None, None))
    if not (karpenter or controller) and not trunk_capable(instance):
        return BranchInterfaces(0, certain=True, why="no trunk interface on Xen and in the t families")
    if karpenter is None:
        why = "no published table lists this type: the CNI assumes a trunk, the resource controller refuses it, Karpenter reports 0"
    elif controller is None:
        why = f"Karpenter's table of {table.karpenter_date}; the resource controller's of {table.controller_date} does not list the type, and a controller that old gives it no trunk"
    elif controller != karpenter:
        why = f"Karpenter's table of {table.karpenter_date} says {karpenter}, the resource controller's of {table.controller_date} {controller or 'no trunk'}; the controller decides"
    else:
        return BranchInterfaces(karpenter, certain=True, why="the resource controller's and Karpenter's tables agree")
    return BranchInterfaces(karpenter, certain=False, why=why)
