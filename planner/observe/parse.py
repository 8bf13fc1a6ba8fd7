"""Raw answers as a Design: pure, and honest about what was not to be seen."""

from __future__ import annotations

from planner.design import Design, Unknown
from planner.observe import parse_cluster, parse_network, parse_roles
from planner.observe.raw import Raw
from planner.security.names import cluster_group_name


class NotObservedError(Exception):
    """The cluster, its VPC or its subnets could not be read, so there is nothing to judge."""


def _used_groups(raw: Raw) -> set[str]:
    """Ids of security groups that endpoints, launch templates or the cluster name."""
    endpoints = raw.get("ec2:DescribeVpcEndpoints")
    listed = [] if isinstance(endpoints, Unknown) else endpoints
    used = {group["GroupId"] for endpoint in listed for group in endpoint.get("Groups", ())}
    for version in raw.keyed("ec2:DescribeLaunchTemplateVersions").values():
        used |= set(version["LaunchTemplateData"].get("SecurityGroupIds", ()))
    cluster = raw.get("eks:DescribeCluster")
    if not isinstance(cluster, Unknown):
        used |= set(cluster.get("resourcesVpcConfig", {}).get("securityGroupIds") or ())
    return used


def parse(raw: Raw) -> Design:
    """The design that the answers describe. Raises NotObservedError without cluster, VPC or subnets."""
    cluster_answer = raw.get("eks:DescribeCluster")
    if isinstance(cluster_answer, Unknown):
        raise NotObservedError(str(cluster_answer))
    group_id = cluster_answer.get("resourcesVpcConfig", {}).get("clusterSecurityGroupId")
    own_group = cluster_group_name(raw.cluster)
    try:
        vpc = parse_network.vpc_of(raw)
        subnets, subnet_names = parse_network.subnets_of(raw, vpc)
    except ValueError as error:
        raise NotObservedError(str(error)) from error
    internet, internet_names = parse_network.internet_gateways_of(raw)
    egress, egress_names = parse_network.egress_only_of(raw, vpc.id)
    nat, nat_names = parse_network.nat_gateways_of(raw, subnet_names)
    gateways = {**internet_names, **egress_names, **nat_names}
    tables, table_names = parse_network.route_tables_of(raw, subnet_names, gateways)
    groups = parse_network.group_names(raw, group_id, own_group)
    addons = parse_cluster.addons_of(raw, subnets)
    return Design(
        region=raw.region,
        vpc=vpc,
        subnets=subnets,
        route_tables=tables,
        internet_gateways=internet,
        egress_only_internet_gateways=egress,
        nat_gateways=nat,
        vpc_endpoints=parse_network.endpoints_of(raw, subnet_names, table_names, groups),
        security_groups=parse_network.security_groups_of(raw, groups, own_group, _used_groups(raw)),
        roles=parse_roles.roles_of(raw),
        cluster=parse_cluster.cluster_of(raw, subnet_names, groups, addons),
        node_groups=parse_cluster.node_groups_of(raw, subnet_names),
        launch_templates=parse_cluster.launch_templates_of(raw, groups),
        planned=False,
    )
