"""Raw EKS, IAM and launch-template answers as the cluster part of a design."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from planner.design import (
    Addon,
    AutoMode,
    Cluster,
    EndpointAccess,
    EniConfig,
    NodeGroup,
    PodIdentity,
    RemoteAccess,
    Subnet,
    Taint,
    Unknown,
    UpdateSettings,
)
from planner.observe.names import plain_tags
from planner.observe.parse_access import access_entries_of, controllers_of
from planner.observe.parse_records import has_own_key
from planner.observe.parse_releases import capacity_rebalance, latest_release
from planner.observe.parse_roles import canonical, oidc_provider_of
from planner.observe.parse_settings import settings_of
from planner.observe.parse_templates import template_names
from planner.observe.parse_upkeep import node_repair_of, warm_pool_of
from planner.observe.raw import Raw
from planner.security.keys import key_alias

Names = Mapping[str, str]
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}


def role_name(arn: str) -> str:
    """The name at the end of a role's ARN."""
    return arn.rpartition("/")[2]


def cluster_of(
    raw: Raw, subnets: Names, groups: Names, addons: tuple[Addon, ...] | Unknown, endpoint: EndpointAccess
) -> Cluster:
    """The cluster. Raises ValueError if it could not be read."""
    item = raw.get("eks:DescribeCluster")
    if isinstance(item, Unknown):
        raise ValueError(str(item))
    vpc = item["resourcesVpcConfig"]
    network = item.get("kubernetesNetworkConfig", {})
    keys = [
        one["provider"]["keyArn"] for one in item.get("encryptionConfig") or () if "secrets" in one.get("resources", ())
    ]
    remote, own_key = item.get("remoteNetworkConfig") or {}, has_own_key(raw)
    not_told = Unknown("eks:DescribeCluster", "not in the answer")
    cluster_group = vpc.get("clusterSecurityGroupId")
    service = network.get("serviceIpv4Cidr")
    entries, by_eks = access_entries_of(raw)
    return Cluster(
        name=item["name"],
        version=item["version"],
        role=role_name(item["roleArn"]),
        subnets=tuple(sorted(subnets.get(one, one) for one in vpc.get("subnetIds", ()))),
        endpoint=endpoint,
        ip_family=network.get("ipFamily", "ipv4"),
        service_cidr=IPv4Network(service) if service and network.get("ipFamily", "ipv4") == "ipv4" else None,
        security_groups=tuple(sorted(groups.get(one, one) for one in vpc.get("securityGroupIds") or ())),
        cluster_security_group=groups.get(cluster_group, cluster_group) if cluster_group else None,
        authentication_mode=item.get("accessConfig", {}).get("authenticationMode", not_told),
        log_types=tuple(
            sorted(
                kind
                for one in item.get("logging", {}).get("clusterLogging", ())
                if one.get("enabled")
                for kind in one.get("types", ())
            )
        ),
        support_type=item.get("upgradePolicy", {}).get("supportType", not_told),
        secrets_key=key_alias(raw.cluster) if keys and own_key else None,
        secrets_key_arn=keys[0] if keys and not own_key else None,
        remote_node_cidrs=_blocks(remote.get("remoteNodeNetworks")),
        remote_pod_cidrs=_blocks(remote.get("remotePodNetworks")),
        control_plane_egress=vpc.get("controlPlaneEgressMode", "AWS_MANAGED"),
        control_plane_tier=(item.get("controlPlaneScalingConfig") or {}).get("tier", "standard"),
        settings=settings_of(item),
        auto_mode=_auto_mode(item),
        zonal_shift=bool(item.get("zonalShiftConfig", {}).get("enabled", False)),
        deletion_protection=item.get("deletionProtection", not_told),
        addons=addons,
        pod_identities=controllers_of(raw),
        oidc_provider=oidc_provider_of(raw),
        access_entries=entries,
        access_entries_of_eks=by_eks,
        tags=plain_tags(item.get("tags")),
        arn=item.get("arn"),
        status=item.get("status", ""),
        health_issues=tuple(
            f"{one.get('code')}: {one.get('message')}" for one in item.get("health", {}).get("issues", ())
        ),
    )


def _auto_mode(item: Mapping[str, Any]) -> AutoMode | None:
    """EKS Auto Mode where it is on."""
    compute = item.get("computeConfig") or {}
    if not compute.get("enabled"):
        return None
    role = compute.get("nodeRoleArn")
    return AutoMode(tuple(sorted(compute.get("nodePools") or ())), role_name(role) if role else None)


def _blocks(networks: Any) -> tuple[IPv4Network, ...]:
    return tuple(sorted(IPv4Network(text) for one in networks or () for text in one.get("cidrs", ())))


def addons_of(raw: Raw, subnets: tuple[Subnet, ...]) -> tuple[Addon, ...] | Unknown:
    """EKS add-ons with their Pod Identity associations; ENIConfigs apart from the rest."""
    listed = raw.get("eks:ListAddons")
    if isinstance(listed, Unknown):
        return listed
    failed = raw.error("eks:DescribeAddon") or raw.error("eks:DescribePodIdentityAssociation")
    if failed is not None:
        return failed
    identities = raw.keyed("eks:DescribePodIdentityAssociation")
    found: list[Addon] = []
    for name, item in raw.keyed("eks:DescribeAddon").items():
        values = json.loads(item.get("configurationValues") or "{}")
        configs = values.pop("eniConfig", {}) if name == "vpc-cni" else {}
        mine = [identities[arn] for arn in item.get("podIdentityAssociations") or () if arn in identities]
        found.append(
            Addon(
                name=name,
                version=item.get("addonVersion"),
                status=item.get("status") or "",
                health_issues=tuple(
                    f"{one.get('code')}: {one.get('message')}" for one in (item.get("health") or {}).get("issues") or ()
                ),
                configuration=canonical(values),
                eni_configs=_eni_configs(configs, subnets),
                service_account_role=role_name(item["serviceAccountRoleArn"])
                if item.get("serviceAccountRoleArn")
                else None,
                pod_identities=tuple(
                    sorted(
                        (
                            PodIdentity(one["namespace"], one["serviceAccount"], role_name(one["roleArn"]))
                            for one in mine
                        ),
                        key=lambda one: one.service_account,
                    )
                ),
            )
        )
    return tuple(sorted(found, key=lambda one: one.name))


def _eni_configs(configs: Mapping[str, Any], subnets: tuple[Subnet, ...]) -> tuple[EniConfig, ...]:
    by_id = {subnet.id: subnet for subnet in subnets}
    found: list[EniConfig] = []
    for zone_name, entry in configs.get("subnets", {}).items():
        subnet = by_id.get(entry["id"])
        zone = subnet.zone_id if subnet and isinstance(subnet.zone_id, str) else zone_name
        found.append(
            EniConfig(zone, subnet.name if subnet else entry["id"], tuple(sorted(entry.get("securityGroups", ()))))
        )
    return tuple(sorted(found, key=lambda one: one.zone))


def node_groups_of(raw: Raw, subnets: Names, groups: Names) -> tuple[NodeGroup, ...] | Unknown:
    """Managed node groups."""
    listed = raw.get("eks:ListNodegroups")
    if isinstance(listed, Unknown):
        return listed
    failed = raw.error("eks:DescribeNodegroup")
    if failed is not None:
        return failed
    templates = template_names(raw)
    return tuple(
        _node_group(item, subnets, templates, groups, raw)
        for _, item in sorted(raw.keyed("eks:DescribeNodegroup").items())
    )


def _node_group(item: Mapping[str, Any], subnets: Names, templates: Names, groups: Names, raw: Raw) -> NodeGroup:
    scaling, update = item.get("scalingConfig", {}), item.get("updateConfig") or {}
    template = item.get("launchTemplate") or {}
    custom = item.get("amiType") in (None, "CUSTOM")
    access = item.get("remoteAccess") or {}
    sources = tuple(sorted(groups.get(one, one) for one in access.get("sourceSecurityGroups") or ()))
    return NodeGroup(
        name=item["nodegroupName"],
        role=role_name(item["nodeRole"]),
        subnets=tuple(sorted(subnets.get(one, one) for one in item.get("subnets", ()))),
        instance_types=tuple(item.get("instanceTypes") or ()),
        ami_type=None if custom else item["amiType"],
        capacity_type=item.get("capacityType", "ON_DEMAND"),
        min_size=scaling.get("minSize", 0),
        desired_size=scaling.get("desiredSize", 0),
        max_size=scaling.get("maxSize", 0),
        launch_template=templates.get(
            f"{template.get('id')}/{template.get('version')}", template.get("name") or template.get("id")
        ),
        labels=tuple(sorted((item.get("labels") or {}).items())),
        taints=tuple(
            sorted(
                Taint(one["key"], _EFFECTS[one["effect"]], one.get("value") or "") for one in item.get("taints") or ()
            )
        ),
        update=UpdateSettings(
            update.get("maxUnavailable"),
            update.get("maxUnavailablePercentage"),
            update.get("updateStrategy", "DEFAULT"),
        ),
        node_repair=node_repair_of(item.get("nodeRepairConfig") or {}),
        warm_pool=warm_pool_of(item.get("warmPoolConfig") or {}),
        version=None if custom else item.get("version"),
        tags=plain_tags(item.get("tags")),
        arn=item.get("nodegroupArn"),
        status=item.get("status", ""),
        health_issues=tuple(
            f"{one.get('code')}: {one.get('message')}" for one in (item.get("health") or {}).get("issues", ())
        ),
        disk_size=None if template else item.get("diskSize"),
        remote_access=RemoteAccess(access.get("ec2SshKey"), sources) if access.get("ec2SshKey") else None,
        # with an AMI id EKS answers the id here
        release_version=None if custom else item.get("releaseVersion"),
        latest_release=None if custom else latest_release(raw, item),
        capacity_rebalance=capacity_rebalance(raw, item),
    )
