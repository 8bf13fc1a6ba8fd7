"""Everything in a region of moto that a plan can make, by the ids that Pulumi's state has (tests only)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3

Found = frozenset[tuple[str, str]]
"""Kind and id."""


def inventory(region: str, endpoint_url: str | None = None) -> Found:
    """All resources that are there, but not those that AWS makes by itself with a VPC or a cluster."""

    def client(service: str) -> Any:
        return boto3.client(service, region_name=region, endpoint_url=endpoint_url)  # type: ignore[call-overload]

    ec2 = client("ec2")
    own = {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"]}
    network = (*_vpcs(ec2), *_subnets(ec2, own), *_gateways(ec2), *_tables(ec2, own), *_groups(ec2, own))
    more = (*_acls(ec2, own), *_records(client, ec2), *_keys(client("kms")), *_storage(client("efs")))
    return frozenset([*network, *more, *_roles(client("iam")), *_clusters(client("eks")), *_events(client)])


def made_by_aws(region: str, endpoint_url: str | None = None) -> Found:
    """Interfaces and security groups that AWS makes with gateways, endpoints and clusters."""
    ec2 = boto3.client("ec2", region_name=region, endpoint_url=endpoint_url)
    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    return frozenset(
        [
            *(("interface", one["NetworkInterfaceId"]) for one in interfaces),
            *(("group", one["GroupId"]) for one in groups if one["GroupName"].startswith("eks-cluster-sg-")),
        ]
    )


def _vpcs(ec2: Any) -> Iterator[tuple[str, str]]:
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        if vpc["IsDefault"]:
            continue
        yield "vpc", vpc["VpcId"]
        for block in vpc.get("CidrBlockAssociationSet", []):
            if block["CidrBlock"] != vpc["CidrBlock"] and block["CidrBlockState"]["State"] == "associated":
                yield "cidr", block["AssociationId"]


def _subnets(ec2: Any, own: set[str]) -> Iterator[tuple[str, str]]:
    for subnet in ec2.describe_subnets()["Subnets"]:
        if subnet["VpcId"] in own:
            yield "subnet", subnet["SubnetId"]
            answer = ec2.get_subnet_cidr_reservations(SubnetId=subnet["SubnetId"])
            for one in answer["SubnetIpv4CidrReservations"]:
                yield "reservation", one["SubnetCidrReservationId"]


def _gateways(ec2: Any) -> Iterator[tuple[str, str]]:
    for one in ec2.describe_internet_gateways()["InternetGateways"]:
        yield "internet gateway", one["InternetGatewayId"]
    for one in ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]:
        yield "egress-only gateway", one["EgressOnlyInternetGatewayId"]
    for one in ec2.describe_addresses()["Addresses"]:
        yield "address", one["AllocationId"]
    for one in ec2.describe_nat_gateways()["NatGateways"]:
        if one["State"] == "available":
            yield "NAT gateway", one["NatGatewayId"]
    for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        if one["State"] != "deleted":
            yield "endpoint", one["VpcEndpointId"]
    for one in ec2.describe_launch_templates()["LaunchTemplates"]:
        yield "launch template", one["LaunchTemplateId"]


def _tables(ec2: Any, own: set[str]) -> Iterator[tuple[str, str]]:
    for table in ec2.describe_route_tables()["RouteTables"]:
        if table["VpcId"] in own and not any(one.get("Main") for one in table["Associations"]):
            yield "route table", table["RouteTableId"]
            for one in table["Associations"]:
                yield "association", one["RouteTableAssociationId"]


def _groups(ec2: Any, own: set[str]) -> Iterator[tuple[str, str]]:
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        if group["VpcId"] not in own or group["GroupName"] == "default":
            continue
        by_eks = group["GroupName"].startswith("eks-cluster-sg-")
        if not by_eks:
            yield "group", group["GroupId"]
        wanted = [{"Name": "group-id", "Values": [group["GroupId"]]}]
        for rule in ec2.describe_security_group_rules(Filters=wanted)["SecurityGroupRules"]:
            itself = (rule.get("ReferencedGroupInfo") or {}).get("GroupId") == group["GroupId"]
            everywhere = rule["IsEgress"] and rule["IpProtocol"] == "-1"
            if not (by_eks and (itself or everywhere)):
                yield "rule", rule["SecurityGroupRuleId"]


def _roles(iam: Any) -> Iterator[tuple[str, str]]:
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        yield "role", name
        for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            yield "attachment", f"{name}-{one['PolicyArn']}"
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            yield "role policy", f"{name}:{policy}"
    for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        yield "OIDC provider", one["Arn"]


def _clusters(eks: Any) -> Iterator[tuple[str, str]]:
    for name in eks.list_clusters()["clusters"]:
        yield "cluster", name
        for group in eks.list_nodegroups(clusterName=name)["nodegroups"]:
            yield "node group", f"{name}:{group}"
        for profile in eks.list_fargate_profiles(clusterName=name)["fargateProfileNames"]:
            yield "Fargate profile", f"{name}:{profile}"
        for addon in eks.list_addons(clusterName=name)["addons"]:
            yield "addon", f"{name}:{addon}"


def _events(client: Any) -> Iterator[tuple[str, str]]:
    for url in client("sqs").list_queues().get("QueueUrls", []):
        yield "queue", url
    for rule in client("events").list_rules()["Rules"]:
        yield "event rule", rule["Name"]


def _acls(ec2: Any, own: set[str]) -> Iterator[tuple[str, str]]:
    for acl in ec2.describe_network_acls()["NetworkAcls"]:
        if acl["VpcId"] in own and not acl["IsDefault"]:
            yield "network ACL", acl["NetworkAclId"]
            for one in acl["Entries"]:
                if one["RuleNumber"] < 32767:  # AWS's own denial
                    yield "ACL entry", f"nacl-{acl['NetworkAclId']}-{one['RuleNumber']}-{one['Egress']}"
            for one in acl["Associations"]:
                yield "ACL association", one["NetworkAclAssociationId"]


def _records(client: Any, ec2: Any) -> Iterator[tuple[str, str]]:
    for one in ec2.describe_dhcp_options()["DhcpOptions"]:
        yield "DHCP options", one["DhcpOptionsId"]
    for one in ec2.describe_flow_logs()["FlowLogs"]:
        yield "flow log", one["FlowLogId"]
    for one in client("logs").describe_log_groups()["logGroups"]:
        yield "log group", one["logGroupName"]


def _storage(efs: Any) -> Iterator[tuple[str, str]]:
    for page in efs.get_paginator("describe_file_systems").paginate():
        for one in page["FileSystems"]:
            identity = one["FileSystemId"]
            yield "file system", identity
            for target in efs.describe_mount_targets(FileSystemId=identity)["MountTargets"]:
                yield "mount target", target["MountTargetId"]
    for point in efs.describe_access_points()["AccessPoints"]:
        yield "access point", point["AccessPointId"]


def _keys(kms: Any) -> Iterator[tuple[str, str]]:
    for one in kms.list_keys()["Keys"]:
        if kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield "key", one["KeyId"]
    for one in kms.list_aliases()["Aliases"]:
        if not one["AliasName"].startswith("alias/aws/"):
            yield "alias", one["AliasName"]
