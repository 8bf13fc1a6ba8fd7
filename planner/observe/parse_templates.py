"""Raw EC2 launch templates of node groups as parts of a design."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Mapping
from typing import Any

from planner.design import Disk, LaunchTemplate, TemplateInterface, Unknown
from planner.design.joining import CERTIFICATE_AUTHORITY, CLUSTER_DNS, ENDPOINT, SERVICE_CIDR, cluster_dns
from planner.observe.names import tag_table, tags_of
from planner.observe.raw import Raw

Names = Mapping[str, str]


def launch_templates_of(raw: Raw, subnets: Names, groups: Names) -> tuple[LaunchTemplate, ...] | Unknown:
    """Launch templates that node groups use, in the version that they use."""
    failed = raw.error("ec2:DescribeLaunchTemplateVersions") or raw.error("ec2:DescribeLaunchTemplates")
    if failed is not None:
        return failed
    described = raw.keyed("ec2:DescribeLaunchTemplates")
    cluster = raw.get("eks:DescribeCluster")
    names = template_names(raw)
    found = [
        _template(names[key], item, described.get(item["LaunchTemplateId"], {}), subnets, groups, cluster)
        for key, item in raw.keyed("ec2:DescribeLaunchTemplateVersions").items()
    ]
    return tuple(sorted(found, key=lambda one: one.name))


def template_names(raw: Raw) -> dict[str, str]:
    """What the design calls each version of a template that groups use, by id/version: its name, and the
    version too where groups use several."""
    items = raw.keyed("ec2:DescribeLaunchTemplateVersions")
    versions = Counter(item["LaunchTemplateId"] for item in items.values())
    return {
        key: item["LaunchTemplateName"]
        + (f" version {item['VersionNumber']}" if versions[item["LaunchTemplateId"]] > 1 else "")
        for key, item in items.items()
    }


def _template(
    name: str, item: Mapping[str, Any], described: Mapping[str, Any], subnets: Names, groups: Names, cluster: Any
) -> LaunchTemplate:
    data = item["LaunchTemplateData"]
    reservation = (data.get("CapacityReservationSpecification") or {}).get("CapacityReservationTarget") or {}
    profile = data.get("IamInstanceProfile") or {}
    metadata = data.get("MetadataOptions", {})
    instance = next(
        (tag_table(one) for one in data.get("TagSpecifications", ()) if one.get("ResourceType") == "instance"), {}
    )
    return LaunchTemplate(
        name=name,
        disks=tuple(_disk(one) for one in data.get("BlockDeviceMappings", ()) if one.get("Ebs")),
        image_id=data.get("ImageId"),
        instance_type=data.get("InstanceType"),
        security_groups=tuple(sorted(groups.get(one, one) for one in data.get("SecurityGroupIds", ()))),
        http_tokens=metadata.get("HttpTokens", "optional"),
        hop_limit=metadata.get("HttpPutResponseHopLimit"),
        user_data=_user_data(data.get("UserData"), cluster),
        instance_tags=tuple(sorted(instance.items())),
        tags=tags_of(described),
        id=item["LaunchTemplateId"],
        version=item.get("VersionNumber"),
        latest_version=described.get("LatestVersionNumber"),
        interfaces=tuple(
            sorted(
                (_interface(one, subnets, groups) for one in data.get("NetworkInterfaces") or ()),
                key=lambda one: one.device_index,
            )
        ),
        key_name=data.get("KeyName"),
        market_type=(data.get("InstanceMarketOptions") or {}).get("MarketType"),
        capacity_reservation=reservation.get("CapacityReservationId"),
        instance_profile=profile.get("Name") or profile.get("Arn"),
        shutdown_behavior=data.get("InstanceInitiatedShutdownBehavior"),
        hibernation=_true((data.get("HibernationOptions") or {}).get("Configured")),
    )


def _interface(item: Mapping[str, Any], subnets: Names, groups: Names) -> TemplateInterface:
    subnet, public = item.get("SubnetId"), item.get("AssociatePublicIpAddress")
    return TemplateInterface(
        device_index=int(item.get("DeviceIndex") or 0),
        security_groups=tuple(sorted(groups.get(one, one) for one in item.get("Groups") or ())),
        subnet=subnets.get(subnet, subnet) if subnet else None,
        public_ip=None if public is None else _true(public),
        kind=item.get("InterfaceType") or "interface",
    )


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _disk(item: Mapping[str, Any]) -> Disk:
    ebs = item["Ebs"]
    return Disk(
        device=item["DeviceName"],
        size_gib=ebs.get("VolumeSize", 0),
        volume_type=ebs.get("VolumeType", "gp2"),
        encrypted=_true(ebs.get("Encrypted")),
        iops=ebs.get("Iops"),
        throughput=ebs.get("Throughput"),
        kms_key_id=ebs.get("KmsKeyId"),
    )


def _user_data(encoded: str | None, cluster: Any) -> str:
    """User data as text, with the cluster's own values put back to their placeholders."""
    if not encoded:
        return ""
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return encoded
    if isinstance(cluster, Unknown):
        return text
    service = cluster.get("kubernetesNetworkConfig", {}).get("serviceIpv6Cidr") or ""
    for value, placeholder in (
        (cluster.get("endpoint"), ENDPOINT),
        (cluster.get("certificateAuthority", {}).get("data"), CERTIFICATE_AUTHORITY),
        (service and cluster_dns(service), CLUSTER_DNS),
        (service, SERVICE_CIDR),
    ):
        if value:
            text = text.replace(value, placeholder)
    return text
