"""Launch templates and managed node groups."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from planner.design import Design, Disk, LaunchTemplate, NodeGroup, TemplateInterface
from planner.design.joining import PLACES
from planner.design.joining import filled as placed
from stacks.cluster import ControlPlane
from stacks.parts import known, tags
from stacks.upkeep import node_repair, warm_pool

_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}


class Nodes(pulumi.ComponentResource):
    """All node groups, each with a launch template of its own."""

    def __init__(
        self,
        name: str,
        design: Design,
        control_plane: ControlPlane,
        role_arns: Mapping[str, pulumi.Input[str]],
        subnets: Mapping[str, pulumi.Input[str]],
        groups: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("eksplan:index:Nodes", name, None, pulumi.ResourceOptions(parent=opts.parent))
        self._control_plane = control_plane
        self._after = list(opts.depends_on) if isinstance(opts.depends_on, list) else []
        self._security_groups = groups
        templates = {template.name: self._template(template) for template in known(design.launch_templates)}
        self.resources = [self._group(group, templates, role_arns, subnets) for group in known(design.node_groups)]
        self.register_outputs({})

    def _template(self, template: LaunchTemplate) -> Any:
        return aws.ec2.LaunchTemplate(
            template.name,
            name=template.name,
            image_id=template.image_id,
            instance_type=template.instance_type,
            vpc_security_group_ids=[self._security_groups.get(group, group) for group in template.security_groups]
            or None,
            network_interfaces=[self._interface(one) for one in template.interfaces] or None,
            key_name=template.key_name,
            instance_market_options=aws.ec2.LaunchTemplateInstanceMarketOptionsArgs(market_type=template.market_type)
            if template.market_type
            else None,
            capacity_reservation_specification=_reservation(template.capacity_reservation),
            block_device_mappings=[_disk(disk) for disk in template.disks],
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens=template.http_tokens,
                http_put_response_hop_limit=template.hop_limit,
            ),
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=dict(template.instance_tags))
                for kind in ("instance", "volume")
            ],
            user_data=self._user_data(template.user_data),
            update_default_version=True,
            tags=tags(template.tags),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _interface(self, one: TemplateInterface) -> aws.ec2.LaunchTemplateNetworkInterfaceArgs:
        return aws.ec2.LaunchTemplateNetworkInterfaceArgs(
            device_index=one.device_index,
            security_groups=[self._security_groups.get(group, group) for group in one.security_groups],
            # the provider takes booleans as text here
            associate_public_ip_address=None if one.public_ip is None else str(one.public_ip).lower(),
            interface_type=None if one.kind == "interface" else one.kind,
            delete_on_termination="true",
        )

    def _user_data(self, text: str) -> pulumi.Input[str] | None:
        """User data in Base64, with the cluster's own values filled in."""
        if not text:
            return None
        if not any(place in text for place in PLACES):
            return base64.b64encode(text.encode()).decode()
        cluster = self._control_plane.resource
        values = pulumi.Output.all(
            endpoint=cluster.endpoint,
            authority=cluster.certificate_authority.apply(lambda one: one.data),
            service=cluster.kubernetes_network_config.apply(lambda one: one.service_ipv6_cidr or one.service_ipv4_cidr),
        )

        def filled(known_values: dict[str, str]) -> str:
            result = placed(text, known_values["endpoint"], known_values["authority"], known_values["service"] or "")
            return base64.b64encode(result.encode()).decode()

        return values.apply(filled)

    def _group(
        self,
        group: NodeGroup,
        templates: Mapping[str, Any],
        role_arns: Mapping[str, pulumi.Input[str]],
        subnets: Mapping[str, pulumi.Input[str]],
    ) -> pulumi.Resource:
        if group.launch_template is None:
            raise ValueError(f"node group {group.name} has no launch template")
        template = templates[group.launch_template]
        made: pulumi.Resource = aws.eks.NodeGroup(
            f"{self._control_plane.resource._name}-{group.name}",
            cluster_name=self._control_plane.name,
            node_group_name=group.name,
            node_role_arn=role_arns[group.role],
            subnet_ids=[subnets[name] for name in group.subnets],
            instance_types=list(group.instance_types) or None,
            ami_type=group.ami_type,
            capacity_type=group.capacity_type,
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=group.min_size, desired_size=group.desired_size, max_size=group.max_size
            ),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            labels=dict(group.labels) or None,
            taints=[
                aws.eks.NodeGroupTaintArgs(key=one.key, value=one.value or None, effect=_EFFECTS[one.effect])
                for one in group.taints
            ]
            or None,
            update_config=aws.eks.NodeGroupUpdateConfigArgs(
                max_unavailable=group.update.max_unavailable,
                max_unavailable_percentage=group.update.max_unavailable_percentage,
                update_strategy=group.update.strategy,
            ),
            node_repair_config=node_repair(group.node_repair),
            warm_pool_config=warm_pool(group.warm_pool),
            version=group.version,
            release_version=group.release_version,
            tags=tags(group.tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=self._after,
                # else every run would take back what the Cluster Autoscaler did
                ignore_changes=["scalingConfig.desiredSize"] if group.autoscaled else None,
            ),
        )
        return made


def _reservation(identity: str | None) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs | None:
    if identity is None:
        return None
    target = aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
        capacity_reservation_id=identity
    )
    return aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(capacity_reservation_target=target)


def _disk(disk: Disk) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=disk.device,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_size=disk.size_gib,
            volume_type=disk.volume_type,
            encrypted=str(disk.encrypted).lower(),  # the provider takes booleans as text here
            delete_on_termination="true",
            iops=disk.iops,
            throughput=disk.throughput,
            kms_key_id=disk.kms_key_id,
        ),
    )
