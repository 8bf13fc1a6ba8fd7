"""Which of a plan's one-way doors a run would pass through."""

from __future__ import annotations

from collections.abc import Iterable

from planner.decisions import OneWayDoor
from planner.deploy.steps import NODE_GROUP, Action, Step

_VPC, _SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
_CLUSTER = "aws:eks/cluster:Cluster"
_FILES, _TARGET = "aws:efs/fileSystem:FileSystem", "aws:efs/mountTarget:MountTarget"

#: By door: the type whose making passes it, and properties whose change passes it too.
DOORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "vpc.cidr": (_VPC, ()),
    "ip-family": (_CLUSTER, ()),
    "service.cidr": (_CLUSTER, ()),
    "subnets": (_SUBNET, ()),
    "cluster.zones": (_CLUSTER, ()),
    "cluster.name": (_CLUSTER, ()),
    "cluster.egress": (_CLUSTER, ("vpcConfig.controlPlaneEgressMode",)),
    "cluster.access": (_CLUSTER, ("accessConfig",)),
    "cluster.auto-mode-role": (_CLUSTER, ("computeConfig.nodeRoleArn",)),
    "cluster.encryption": (_CLUSTER, ("encryptionConfig",)),
    "node-groups.launch-template": (NODE_GROUP, ()),
    "node-groups.ami": (NODE_GROUP, ()),
    "efs.encryption": (_FILES, ()),
    "efs.performance-mode": (_FILES, ()),
    "efs.mount-targets": (_TARGET, ()),
}


def passed(doors: Iterable[OneWayDoor], steps: Iterable[Step]) -> tuple[OneWayDoor, ...]:
    """The doors that these steps pass through: something is made (again) that cannot be made otherwise
    later, or a setting changes that never goes back. A door that nobody knows here counts as passed when
    anything is made."""
    made = {one.kind for one in steps if one.action in (Action.CREATE, Action.REPLACE)}
    changed = [(one.kind, name) for one in steps if one.action is Action.UPDATE for name in one.changed]
    found: list[OneWayDoor] = []
    for door in doors:
        kind, properties = DOORS.get(door.id, ("", ()))
        if (kind in made if kind else made) or any(
            mine == kind and name.startswith(properties) for mine, name in changed if properties
        ):
            found.append(door)
    return tuple(found)
