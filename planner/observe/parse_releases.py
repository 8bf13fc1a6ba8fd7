"""What AWS says beside EKS about node groups: the latest AMI releases, and their Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.design import Unknown
from planner.observe.raw import Raw

RELEASES = "ssm:GetParameter"
SCALING = "autoscaling:DescribeAutoScalingGroups"


def latest_release(raw: Raw, group: Mapping[str, Any]) -> str | Unknown | None:
    """The latest AMI release for a group's nodes, or why it is not known."""
    if str(group.get("amiType")).startswith("WINDOWS"):
        return Unknown(RELEASES, "AWS publishes no release version of its Windows AMIs")
    found = raw.get(RELEASES, group["nodegroupName"])
    return found if isinstance(found, Unknown) else str(found) if found else None


def capacity_rebalance(raw: Raw, group: Mapping[str, Any]) -> bool | Unknown | None:
    """Whether the Auto Scaling groups of a group replace Spot instances at risk early."""
    if group.get("capacityType") != "SPOT":
        return None
    found = raw.get(SCALING, group["nodegroupName"])
    if isinstance(found, Unknown):
        return found
    if not found:
        return Unknown(SCALING, "the group's Auto Scaling group is not in the answer")
    return all(bool(one.get("CapacityRebalance")) for one in found)
