"""Desired sizes of groups that the Cluster Autoscaler scales: `up` never takes back what it did.

The desired size of such a group is ignored while nothing else of its sizes changes. Ignoring alone
would not do where they change: UpdateNodegroupConfig refuses a minimum above the desired size ("Minimum
capacity 8 can't be greater than desired size 4"), and the engine would send the desired size that the
state remembers. So the number of nodes that the group has now is sent along, within the new bounds.
Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from planner.design import Design, NodeGroup, Unknown


@dataclass(frozen=True, slots=True)
class Settled:
    """A design to declare now, and what a person should know of its sizes."""

    design: Design
    told: tuple[str, ...] = ()


def settled(design: Design, session: Any) -> Settled:
    """The design with the desired sizes that autoscaled groups have now (a boto3 session asks EKS). A group
    that is not there begins with the plan's; one that cannot be read keeps what the state has, and that is
    told."""
    groups = () if isinstance(design.node_groups, Unknown) else design.node_groups
    if design.cluster is None or not any(one.autoscaled for one in groups):
        return Settled(design)
    eks = session.client("eks", region_name=design.region)
    told: list[str] = []
    now = tuple(_now(one, design.cluster.name, eks, told) if one.autoscaled else one for one in groups)
    return Settled(dataclasses.replace(design, node_groups=now), tuple(told))


def _now(group: NodeGroup, cluster: str, eks: Any, told: list[str]) -> NodeGroup:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        there = eks.describe_nodegroup(clusterName=cluster, nodegroupName=group.name)["nodegroup"]["scalingConfig"]
    except eks.exceptions.ResourceNotFoundException:
        return group
    except (BotoCoreError, ClientError) as error:
        told.append(f"size of {group.name}: not evaluated, the state's is kept: {error}")
        return group
    if (there["minSize"], there["maxSize"]) == (group.min_size, group.max_size):
        return group
    desired = group.clamped(there["desiredSize"])
    if desired != there["desiredSize"]:
        told.append(
            f"{group.name} has {there['desiredSize']} nodes, the plan allows {group.min_size} to {group.max_size}: "
            f"it gets {desired}"
        )
    return dataclasses.replace(group, desired_size=desired, autoscaled=False)
