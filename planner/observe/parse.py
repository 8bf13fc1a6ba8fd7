"""Raw answers as a Design: pure, and honest about what was not to be seen."""

from __future__ import annotations

from dataclasses import replace

from planner.design import Design, Unknown
from planner.observe import parse_cluster, parse_lists, parse_network, parse_roles, parse_routes, parse_templates
from planner.observe.fargate import fargate_profiles_of
from planner.observe.group_rules_quota import group_rules_quota_of
from planner.observe.key_access import key_access_of
from planner.observe.names import template_groups
from planner.observe.parse_endpoint import endpoint_of
from planner.observe.parse_events import event_rules_of, queues_of
from planner.observe.parse_network import Names
from planner.observe.parse_operations import operations_of
from planner.observe.parse_records import flow_logs_of, keys_of, log_groups_of
from planner.observe.parse_storage import file_systems_of
from planner.observe.raw import Raw
from planner.security.names import cluster_group_name


class NotObservedError(Exception):
    """The cluster, its VPC or its subnets could not be read, so there is nothing to judge."""


def _used_groups(raw: Raw) -> set[str]:
    """Ids of security groups that endpoints, interfaces, launch templates or the cluster name."""
    used: set[str] = set()
    for call in ("ec2:DescribeVpcEndpoints", "ec2:DescribeNetworkInterfaces"):
        items = raw.get(call)
        listed = [] if isinstance(items, Unknown) else items
        used |= {group["GroupId"] for item in listed for group in item.get("Groups") or ()}
    for version in raw.keyed("ec2:DescribeLaunchTemplateVersions").values():
        used |= template_groups(version["LaunchTemplateData"])
    cluster = raw.get("eks:DescribeCluster")
    if not isinstance(cluster, Unknown):
        used |= set(cluster.get("resourcesVpcConfig", {}).get("securityGroupIds") or ())
    return used


def parse(raw: Raw) -> Design:
    """The design that the answers describe; without a cluster where only a VPC was asked about.

    Raises NotObservedError without cluster, VPC or subnets.
    """
    group_id, own_group = None, None
    if raw.cluster:
        answer = raw.get("eks:DescribeCluster")
        if isinstance(answer, Unknown):
            raise NotObservedError(str(answer))
        group_id = answer.get("resourcesVpcConfig", {}).get("clusterSecurityGroupId")
        own_group = cluster_group_name(raw.cluster)
    try:
        vpc = parse_network.vpc_of(raw)
        subnets, subnet_names = parse_network.subnets_of(raw, vpc)
    except ValueError as error:
        raise NotObservedError(str(error)) from error
    groups = parse_network.group_names(raw, group_id, own_group)
    lists = parse_lists.prefix_list_names(raw, set(groups.values()))
    internet, internet_names = parse_network.internet_gateways_of(raw)
    egress, egress_names = parse_network.egress_only_of(raw, vpc.id)
    nat, nat_names = parse_network.nat_gateways_of(raw, subnet_names)
    gateways = {**internet_names, **egress_names, **nat_names}
    tables, table_names = parse_routes.route_tables_of(raw, subnet_names, gateways, lists)
    alone = Design(
        region=raw.region,
        vpc=vpc,
        subnets=subnets,
        route_tables=tables,
        internet_gateways=internet,
        egress_only_internet_gateways=egress,
        nat_gateways=nat,
        vpc_endpoints=parse_network.endpoints_of(raw, subnet_names, table_names, groups),
        security_groups=parse_network.security_groups_of(raw, groups, lists, own_group, _used_groups(raw)),
        network_acls=parse_lists.network_acls_of(raw, subnet_names, ipv6=vpc.ipv6),
        flow_logs=flow_logs_of(raw),
        file_systems=file_systems_of(raw, subnet_names, groups),
        prefix_lists=parse_lists.prefix_lists_of(raw, lists),
        group_rules_quota=group_rules_quota_of(raw),
        interfaces=parse_lists.interfaces_of(raw, subnet_names, groups),
        roles=(),
        cluster=None,
        node_groups=(),
        launch_templates=(),
        operations=operations_of(raw),
        planned=False,
    )
    return _with_cluster(alone, raw, subnet_names, groups) if raw.cluster else alone


def _with_cluster(alone: Design, raw: Raw, subnets: Names, groups: Names) -> Design:
    addons = parse_cluster.addons_of(raw, alone.subnets)
    node_groups = parse_cluster.node_groups_of(raw, subnets, groups)
    access = endpoint_of(raw.keyed("eks:DescribeCluster")[""], alone, node_groups)
    return replace(
        alone,
        roles=parse_roles.roles_of(raw),
        cluster=parse_cluster.cluster_of(raw, subnets, groups, addons, access),
        node_groups=node_groups,
        fargate_profiles=fargate_profiles_of(raw, subnets),
        ebs_encryption_by_default=raw.get("ec2:GetEbsEncryptionByDefault"),
        launch_templates=parse_templates.launch_templates_of(raw, subnets, groups),
        log_groups=log_groups_of(raw),
        keys=keys_of(raw),
        secrets_key_access=key_access_of(raw),
        queues=queues_of(raw),
        event_rules=event_rules_of(raw),
    )
