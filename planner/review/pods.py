"""Pods per node of a group's instance types, as the VPC CNI of the design gives them addresses."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.max_pods import ImpossibleNetworkError, MaxPods, PodNetwork, max_pods
from planner.capacity.observed import cni_settings
from planner.catalog.model import InstanceType
from planner.design import Design, NodeGroup, Unknown
from planner.review.rule import ReviewContext

_TYPES = "ec2:DescribeInstanceTypes"


def windows(group: NodeGroup) -> bool:
    """Whether its nodes run Windows."""
    return (group.ami_type or "").startswith("WINDOWS")


def network_of(design: Design) -> PodNetwork | Unknown:
    """How pods get their addresses, by the VPC CNI's settings."""
    settings = cni_settings(design)
    return settings if isinstance(settings, Unknown) else settings[0]


def types_of(design: Design, group: NodeGroup, context: ReviewContext) -> tuple[InstanceType, ...] | Unknown:
    """The instance types of a group."""
    names = design.types_of(group)
    if not names:
        return Unknown("ec2:DescribeLaunchTemplateVersions", "the group's instance types are not known")
    strange = [name for name in names if name not in context.instance_types]
    if strange:
        return Unknown(_TYPES, f"{', '.join(strange)} is not in the catalog")
    return tuple(context.instance_types[name] for name in names)


def pods_of(
    group: NodeGroup, types: tuple[InstanceType, ...], network: PodNetwork, context: ReviewContext, *, capped: bool
) -> tuple[MaxPods, ...]:
    """Pods per node of each type that can be a node at all (of the others CAP007 speaks)."""
    return tuple(_possible(group, types, network, context, capped=capped))


def _possible(
    group: NodeGroup, types: tuple[InstanceType, ...], network: PodNetwork, context: ReviewContext, *, capped: bool
) -> Iterator[MaxPods]:
    for one in types:
        try:
            yield max_pods(one, network, context.facts, windows=windows(group), capped=capped)
        except ImpossibleNetworkError:
            continue
