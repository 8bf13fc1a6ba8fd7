"""The EKS cluster and its add-ons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from planner.design import Addon, Cluster
from stacks.auto_mode import auto_mode_settings, load_balancing
from stacks.parts import known, tags
from stacks.settings import control_plane_settings


class ControlPlane(pulumi.ComponentResource):
    """The cluster. ``security_group_id`` is the cluster security group that EKS makes."""

    def __init__(  # noqa: PLR0913 - what a cluster refers to
        self,
        name: str,
        cluster: Cluster,
        role_arn: pulumi.Input[str],
        subnet_ids: Sequence[pulumi.Input[str]],
        security_group_ids: Sequence[pulumi.Input[str]],
        nodes_come_from: Sequence[pulumi.Input[str]],
        secrets_key_arn: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        auto_node_role_arn: pulumi.Input[str] | None = None,
    ) -> None:
        given = opts or pulumi.ResourceOptions()
        own = pulumi.ResourceOptions(parent=given.parent, aliases=given.aliases)
        super().__init__("eksplan:index:ControlPlane", name, None, own)
        after = list(given.depends_on) if isinstance(given.depends_on, list) else []
        self.resource = aws.eks.Cluster(
            cluster.name,
            name=cluster.name,
            version=cluster.version,
            role_arn=role_arn,
            bootstrap_self_managed_addons=False,
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=list(subnet_ids),
                security_group_ids=list(security_group_ids) or None,
                endpoint_private_access=cluster.endpoint.private,
                endpoint_public_access=cluster.endpoint.public,
                public_access_cidrs=_public_cidrs(cluster, nodes_come_from),
                control_plane_egress_mode=cluster.control_plane_egress,
            ),
            kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(
                ip_family=cluster.ip_family,
                service_ipv4_cidr=str(cluster.service_cidr) if cluster.service_cidr else None,
                elastic_load_balancing=load_balancing(cluster.auto_mode),
            ),
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode=str(cluster.authentication_mode),
                bootstrap_cluster_creator_admin_permissions=bool(cluster.creator_is_admin),
            ),
            enabled_cluster_log_types=list(cluster.log_types) or None,
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                resources=["secrets"],
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=secrets_key_arn),
            )
            if secrets_key_arn is not None
            else None,
            remote_network_config=_remote(cluster),
            control_plane_scaling_config=aws.eks.ClusterControlPlaneScalingConfigArgs(tier=cluster.control_plane_tier),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=str(cluster.support_type)),
            zonal_shift_config=aws.eks.ClusterZonalShiftConfigArgs(enabled=bool(cluster.zonal_shift)),
            **auto_mode_settings(cluster.auto_mode, auto_node_role_arn),
            **control_plane_settings(cluster.settings),
            deletion_protection=bool(cluster.deletion_protection),
            tags=tags(cluster.tags),
            opts=pulumi.ResourceOptions(parent=self, depends_on=after, protect=cluster.deletion_protection is True),
        )
        self.name: pulumi.Output[str] = self.resource.name
        self.security_group_id: pulumi.Output[str] = self.resource.vpc_config.apply(
            lambda config: config.cluster_security_group_id
        )
        self.issuer: pulumi.Output[str] = self.resource.identities.apply(lambda found: found[0].oidcs[0].issuer)
        self.register_outputs({"name": self.name})


def _public_cidrs(
    cluster: Cluster, nodes_come_from: Sequence[pulumi.Input[str]]
) -> pulumi.Input[Sequence[pulumi.Input[str]]] | None:
    """Blocks of the public endpoint, with those that the nodes come from where the design says so."""
    given = list(cluster.endpoint.public_cidrs)
    if not cluster.endpoint.nat_egress:
        return given or None
    return pulumi.Output.all(*nodes_come_from).apply(lambda own: sorted({*given, *own}))


def _remote(cluster: Cluster) -> aws.eks.ClusterRemoteNetworkConfigArgs | None:
    if not cluster.remote_node_cidrs and not cluster.remote_pod_cidrs:
        return None
    pods = [str(cidr) for cidr in cluster.remote_pod_cidrs]
    return aws.eks.ClusterRemoteNetworkConfigArgs(
        remote_node_networks=aws.eks.ClusterRemoteNetworkConfigRemoteNodeNetworksArgs(
            cidrs=[str(cidr) for cidr in cluster.remote_node_cidrs]
        ),
        remote_pod_networks=aws.eks.ClusterRemoteNetworkConfigRemotePodNetworksArgs(cidrs=pods) if pods else None,
    )


class Addons(pulumi.ComponentResource):
    """Some of the cluster's add-ons: those before the first node, or those after."""

    def __init__(  # noqa: PLR0913 - what an add-on refers to
        self,
        name: str,
        cluster: Cluster,
        control_plane: ControlPlane,
        region: str,
        role_arns: Mapping[str, pulumi.Input[str]],
        subnets: Mapping[str, pulumi.Input[str]],
        zone_names: Mapping[str, pulumi.Input[str]],
        *,
        before_nodes: bool,
        opts: pulumi.ResourceOptions,
    ) -> None:
        own = pulumi.ResourceOptions(parent=opts.parent, aliases=opts.aliases)
        super().__init__("eksplan:index:AddonSet", name, None, own)
        after = list(opts.depends_on) if isinstance(opts.depends_on, list) else []
        self.resources: list[pulumi.Resource] = []
        for addon in known(cluster.addons):
            if addon.before_nodes is not before_nodes:
                continue
            self.resources.append(
                aws.eks.Addon(
                    f"{cluster.name}-{addon.name}",
                    cluster_name=control_plane.name,
                    addon_name=addon.name,
                    addon_version=addon.version,
                    configuration_values=_configuration(addon, region, subnets, zone_names),
                    pod_identity_associations=[
                        aws.eks.AddonPodIdentityAssociationArgs(
                            service_account=one.service_account, role_arn=role_arns[one.role]
                        )
                        for one in addon.pod_identities
                    ]
                    or None,
                    service_account_role_arn=role_arns[addon.service_account_role]
                    if addon.service_account_role
                    else None,
                    resolve_conflicts_on_create="OVERWRITE",
                    resolve_conflicts_on_update="PRESERVE",
                    tags=tags(cluster.tags),
                    opts=pulumi.ResourceOptions(parent=self, depends_on=after),
                )
            )
        self.register_outputs({})


def _configuration(
    addon: Addon, region: str, subnets: Mapping[str, pulumi.Input[str]], zone_names: Mapping[str, pulumi.Input[str]]
) -> pulumi.Input[str] | None:
    """The add-on's configuration values; ENIConfigs are named after zones, known once made."""
    if not addon.eni_configs:
        return addon.configuration if addon.configuration != "{}" else None
    pairs = [(zone_names[one.subnet], subnets[one.subnet]) for one in addon.eni_configs]

    def with_eni_configs(resolved: Sequence[Sequence[str]]) -> str:
        values = json.loads(addon.configuration)
        values["eniConfig"] = {
            "create": True,
            "region": region,
            "subnets": {zone: {"id": subnet} for zone, subnet in resolved},
        }
        return json.dumps(values, sort_keys=True, separators=(",", ":"))

    return pulumi.Output.all(*(pulumi.Output.all(*pair) for pair in pairs)).apply(with_eni_configs)
