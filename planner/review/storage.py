"""File systems that a cluster mounts, for the rules about them."""

from __future__ import annotations

from planner.catalog.facts import Facts
from planner.design import Design, FileSystem, MountTarget, Unknown
from planner.review.controllers import controllers, hidden_controllers
from planner.security.names import file_system_name

_DRIVER = "aws-efs-csi-driver"
_WORKS = ("", "available", "creating", "updating")
"""States of mount targets that serve, or soon will; https://docs.aws.amazon.com/efs/latest/ug/API_MountTargetDescription.html"""


def mounted(design: Design, facts: Facts) -> tuple[FileSystem, ...] | Unknown:
    """File systems of the VPC where the EFS driver runs in the cluster, and those that carry a name of its plan.

    Which volumes name a file system only Kubernetes knows; without the driver none is the cluster's concern.
    """
    cluster = design.cluster
    if cluster is None:
        return ()
    if isinstance(design.file_systems, Unknown):
        return design.file_systems
    named = tuple(one for one in design.file_systems if one.name.startswith(file_system_name(cluster.name, "")))
    if len(named) == len(design.file_systems):
        return named
    if cluster.addon(_DRIVER) is not None or _DRIVER in controllers(design, facts):
        return design.file_systems
    return hidden_controllers(design) or named


def working_targets(system: FileSystem) -> tuple[MountTarget, ...]:
    """Mount targets that serve, or soon will."""
    return tuple(one for one in system.mount_targets if one.state in _WORKS)
