"""What a node group may say in EC2's and EKS's own words about its launch template (note N23).

Some of it EKS takes, some it takes in another place, and some it refuses; the checks say which.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from planner.spec.types import (
    AmiId,
    GroupId,
    InstanceTypeName,
    KeyName,
    LaunchTemplateId,
    LaunchTemplateName,
    Or,
    ReservationId,
    SpecModel,
    SubnetId,
    problem,
)

_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"


def _profile(value: Any) -> Any:
    """EC2 writes {arn: …} or {name: …}; either is a profile."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.values()))
    return value


class RemoteAccessSpec(SpecModel):
    """EKS's remoteAccess. EKS refuses it beside a launch template, and every planned group has one."""

    ec2_ssh_key: KeyName | None = Field(default=None, description="Name of an EC2 key pair.")
    source_security_groups: tuple[GroupId, ...] = Field(
        default=(), description="Groups that may use SSH (RDP on Windows); without any EKS opens it to everyone."
    )


class NetworkInterfaceSpec(SpecModel):
    """A network interface of the launch template."""

    device_index: Annotated[int, Field(ge=0, le=15)] = Field(default=0, description="Device index; 0 is the first.")
    groups: tuple[GroupId, ...] = Field(
        default=(),
        max_length=15,
        description="Security groups of this interface. The plan adds the group that makes nodes members of the cluster; not together with groups of the instance.",
    )
    subnet_id: SubnetId | None = Field(
        default=None, description="Refused by EKS: the group's own subnets count (`subnets`, `zones`)."
    )
    associate_public_ip_address: bool | None = Field(
        default=None, description="Whether the node gets a public address; the subnet decides when not given."
    )
    interface_type: Literal["interface", "efa"] = Field(
        default="interface", description="efa for an Elastic Fabric Adapter."
    )


class MarketOptionsSpec(SpecModel):
    """EC2's InstanceMarketOptions."""

    market_type: Literal["spot", "capacity-block"] = Field(
        description="capacity-block for a Capacity Block; spot is refused by EKS (capacityType: spot says it)."
    )


def _version(value: Any) -> Any:
    """A number stands for its text, as in EKS's API: it is refused all the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class LaunchTemplateSpec(SpecModel):
    """Further contents of the launch template that the plan makes for a group, in EC2's words."""

    id: LaunchTemplateId | None = Field(
        default=None, description="An existing template. Refused: the plan makes one whose contents it can prove."
    )
    name: LaunchTemplateName | None = Field(default=None, description="An existing template by name; refused as `id`.")
    version: Annotated[str, BeforeValidator(_version), Or("integer")] | None = Field(
        default=None, description="Version of an existing template; refused as `id`."
    )
    instance_type: InstanceTypeName | None = Field(
        default=None,
        description="The group's only instance type, in the template. Not together with the group's instanceTypes; needed for a Capacity Block.",
    )
    image_id: AmiId | None = Field(default=None, description="An AMI of your own; the same as the group's amiId.")
    key_name: KeyName | None = Field(
        default=None,
        description="Name of an EC2 key pair for SSH. It opens nothing by itself: a security group must let SSH in.",
    )
    security_group_ids: tuple[GroupId, ...] = Field(
        default=(), max_length=15, description="The same as the group's securityGroups."
    )
    network_interfaces: tuple[NetworkInterfaceSpec, ...] = Field(
        default=(), max_length=16, description="Network interfaces, for groups or an adapter of their own."
    )
    iam_instance_profile: Annotated[str, BeforeValidator(_profile), Or("object")] | None = Field(
        default=None, description="Refused by EKS: it makes a profile of the node role that the plan gives the group."
    )
    instance_initiated_shutdown_behavior: Literal["stop", "terminate"] | None = Field(
        default=None, description="Refused by EKS, which controls the life of nodes itself."
    )
    hibernation: bool = Field(default=False, description="Refused by EKS when true.")
    instance_market_options: MarketOptionsSpec | None = Field(
        default=None, description="How the instances are bought; only for a Capacity Block."
    )
    capacity_reservation_id: ReservationId | None = Field(
        default=None, description="A Capacity Block, or an On-Demand Capacity Reservation to use."
    )


def _made_by_the_plan(value: Any) -> Any:
    """A group without a launch template is a mistake that cannot be undone."""
    if value is False or value == "none":
        raise problem(
            "launch-template-none",
            "a group made without a launch template can never get one, and EKS then encrypts no disk and restricts no metadata service",
            limit="a launch template for every group, made by the plan (note N20)",
            fix="remove launchTemplate",
            source=_TEMPLATES,
        )
    return _tuples(value)


def _tuples(value: Any) -> Any:
    """Lists as tuples: what a validator hands on is Python, not JSON, and has to be exact."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


LaunchTemplateField = Annotated[LaunchTemplateSpec, BeforeValidator(_made_by_the_plan)]
