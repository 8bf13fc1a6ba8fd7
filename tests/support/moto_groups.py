"""What EKS refuses of a launch template beside a node group, and moto accepts (tests only).

Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def refusals(data: dict[str, Any], asked: Callable[[str], Any]) -> Iterator[str]:
    """Why EKS would refuse a group; ``data`` is LaunchTemplateData, ``asked`` gives what CreateNodegroup says."""
    interfaces = data.get("NetworkInterfaces") or []
    if data.get("InstanceType") and asked("instanceTypes"):
        yield "You cannot specify the field instanceTypes when the launch template has an instance type."
    for key in ("diskSize", "remoteAccess"):
        if asked(key):
            yield f"{key} and launchTemplate exclude each other."
    if data.get("ImageId"):
        for key in ("amiType", "version", "releaseVersion"):
            if asked(key):
                yield f"You cannot specify the field {key} when the launch template has an image id."
    for key in ("IamInstanceProfile", "HibernationOptions", "InstanceInitiatedShutdownBehavior"):
        if data.get(key):
            yield f"Launch template should not specify {key}."
    if any(one.get("SubnetId") for one in interfaces):
        yield "Launch template should not specify a subnet."
    if data.get("SecurityGroupIds") and interfaces:
        yield "Security groups cannot be specified at the instance and at its interfaces."
    market = (data.get("InstanceMarketOptions") or {}).get("MarketType")
    block = asked("capacityType") == "CAPACITY_BLOCK"
    if market == "spot" or (market == "capacity-block") != block:
        yield "Launch template's market type does not match the capacity type."
    if block and not (data.get("InstanceType") and data.get("CapacityReservationSpecification")):
        yield "A Capacity Block needs an instance type and a reservation in the launch template."
