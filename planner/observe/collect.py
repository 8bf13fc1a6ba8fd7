"""Asks AWS about a cluster and its VPC: read-only calls, raw answers, no judgement."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from planner.design import Unknown
from planner.observe.raw import Raw

if TYPE_CHECKING:
    from boto3.session import Session


def collect(session: Session, region: str, cluster: str, *, endpoint_url: str | None = None) -> Raw:
    """Raw answers about an EKS cluster. A call that is denied is kept as its error.

    ``endpoint_url`` sends every call elsewhere (a test server). Calls: eks DescribeCluster,
    ListNodegroups, DescribeNodegroup, ListAddons, DescribeAddon, ListPodIdentityAssociations,
    DescribePodIdentityAssociation, ListAccessEntries, DescribeAccessEntry,
    ListAssociatedAccessPolicies; ec2 Describe*; iam ListOpenIDConnectProviders, ListRoles, GetRole,
    ListAttachedRolePolicies, ListRolePolicies, GetRolePolicy.
    """
    return _Collector(session, region, cluster, endpoint_url).run()


class _Collector:
    def __init__(self, session: Session, region: str, cluster: str, endpoint_url: str | None) -> None:
        from botocore.config import Config

        settings = Config(retries={"mode": "adaptive", "max_attempts": 8})

        def client(service: str) -> Any:
            return session.client(service, region_name=region, endpoint_url=endpoint_url, config=settings)  # type: ignore[call-overload]

        self.eks, self.ec2, self.iam = client("eks"), client("ec2"), client("iam")
        self.raw = Raw(region, cluster)

    def run(self) -> Raw:
        cluster = self.one("eks:DescribeCluster", self.eks, "describe_cluster", "cluster", name=self.raw.cluster)
        if isinstance(cluster, Unknown):
            return self.raw
        self.network(cluster.get("resourcesVpcConfig", {}).get("vpcId", ""))
        self.node_groups()
        self.addons()
        self.access()
        self.roles(cluster)
        return self.raw

    def ask(self, call: str, work: Callable[[], Any], key: str = "") -> Any | Unknown:
        """Run a call and keep its answer or its error."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            content = work()
        except (BotoCoreError, ClientError) as error:
            self.raw.fail(call, str(error), key)
            return Unknown(call, str(error))
        self.raw.put(call, content, key)
        return content

    def one(
        self, call: str, client: Any, method: str, *path: str | int, key: str = "", **arguments: Any
    ) -> Any | Unknown:
        """Ask for one thing; ``path`` leads to it in the answer."""

        def work() -> Any:
            answer = getattr(client, method)(**arguments)
            for part in path:
                answer = answer[part]
            return answer

        return self.ask(call, work, key)

    def many(self, call: str, client: Any, method: str, items: str, *, key: str = "", **arguments: Any) -> list[Any]:
        """Ask for a list, page by page. An error is kept and gives an empty list here."""

        def work() -> list[Any]:
            if client.can_paginate(method):
                return [
                    item for page in client.get_paginator(method).paginate(**arguments) for item in page.get(items, [])
                ]
            return list(getattr(client, method)(**arguments).get(items, []))

        content = self.ask(call, work, key)
        return [] if isinstance(content, Unknown) else list(content)

    def network(self, vpc_id: str) -> None:
        inside = [{"Name": "vpc-id", "Values": [vpc_id]}]
        attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
        vpc = self.one("ec2:DescribeVpcs", self.ec2, "describe_vpcs", "Vpcs", 0, VpcIds=[vpc_id])
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            path = (name[0].upper() + name[1:], "Value")
            self.one(
                "ec2:DescribeVpcAttribute",
                self.ec2,
                "describe_vpc_attribute",
                *path,
                key=name,
                VpcId=vpc_id,
                Attribute=name,
            )
        if not isinstance(vpc, Unknown):
            self.dhcp(vpc.get("DhcpOptionsId", "default"))
        for subnet in self.many("ec2:DescribeSubnets", self.ec2, "describe_subnets", "Subnets", Filters=inside):
            identity = subnet["SubnetId"]
            self.many(
                "ec2:GetSubnetCidrReservations",
                self.ec2,
                "get_subnet_cidr_reservations",
                "SubnetIpv4CidrReservations",
                key=identity,
                SubnetId=identity,
            )
        self.many("ec2:DescribeRouteTables", self.ec2, "describe_route_tables", "RouteTables", Filters=inside)
        self.many(
            "ec2:DescribeInternetGateways", self.ec2, "describe_internet_gateways", "InternetGateways", Filters=attached
        )
        self.many("ec2:DescribeNatGateways", self.ec2, "describe_nat_gateways", "NatGateways", Filter=inside)
        self.many("ec2:DescribeVpcEndpoints", self.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=inside)
        for side in ("requester", "accepter"):
            mine = [{"Name": f"{side}-vpc-info.vpc-id", "Values": [vpc_id]}]
            self.many(
                "ec2:DescribeVpcPeeringConnections",
                self.ec2,
                "describe_vpc_peering_connections",
                "VpcPeeringConnections",
                key=side,
                Filters=mine,
            )
        self.many("ec2:DescribeAvailabilityZones", self.ec2, "describe_availability_zones", "AvailabilityZones")
        self.many(
            "ec2:DescribeEgressOnlyInternetGateways",
            self.ec2,
            "describe_egress_only_internet_gateways",
            "EgressOnlyInternetGateways",
        )
        for group in self.many(
            "ec2:DescribeSecurityGroups", self.ec2, "describe_security_groups", "SecurityGroups", Filters=inside
        ):
            owner = [{"Name": "group-id", "Values": [group["GroupId"]]}]
            self.many(
                "ec2:DescribeSecurityGroupRules",
                self.ec2,
                "describe_security_group_rules",
                "SecurityGroupRules",
                key=group["GroupId"],
                Filters=owner,
            )

    def dhcp(self, options: str) -> None:
        """DHCP options; ``default`` stands for none at all, which gives Amazon's name server."""
        call = "ec2:DescribeDhcpOptions"
        if options == "default":
            self.raw.put(call, [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}])
        else:
            path = ("DhcpOptions", 0, "DhcpConfigurations")
            self.one(call, self.ec2, "describe_dhcp_options", *path, DhcpOptionsIds=[options])

    def node_groups(self) -> None:
        name = self.raw.cluster
        for group in self.many("eks:ListNodegroups", self.eks, "list_nodegroups", "nodegroups", clusterName=name):
            names = {"clusterName": name, "nodegroupName": group}
            answer = self.one("eks:DescribeNodegroup", self.eks, "describe_nodegroup", "nodegroup", key=group, **names)
            template = None if isinstance(answer, Unknown) else answer.get("launchTemplate")
            if template:
                self.launch_template(template["id"], str(template["version"]))

    def launch_template(self, identity: str, version: str) -> None:
        versions = "ec2:DescribeLaunchTemplateVersions"
        wanted = {"LaunchTemplateId": identity, "Versions": [version]}
        self.one(
            versions, self.ec2, "describe_launch_template_versions", "LaunchTemplateVersions", 0, key=identity, **wanted
        )
        described = "ec2:DescribeLaunchTemplates"
        self.one(
            described,
            self.ec2,
            "describe_launch_templates",
            "LaunchTemplates",
            0,
            key=identity,
            LaunchTemplateIds=[identity],
        )

    def addons(self) -> None:
        name = self.raw.cluster
        for addon in self.many("eks:ListAddons", self.eks, "list_addons", "addons", clusterName=name):
            self.one(
                "eks:DescribeAddon", self.eks, "describe_addon", "addon", key=addon, clusterName=name, addonName=addon
            )
        listed = "eks:ListPodIdentityAssociations"
        for one in self.many(listed, self.eks, "list_pod_identity_associations", "associations", clusterName=name):
            wanted = {"clusterName": name, "associationId": one["associationId"]}
            call = "eks:DescribePodIdentityAssociation"
            self.one(
                call, self.eks, "describe_pod_identity_association", "association", key=one["associationArn"], **wanted
            )

    def access(self) -> None:
        name = self.raw.cluster
        listed = "eks:ListAccessEntries"
        for arn in self.many(listed, self.eks, "list_access_entries", "accessEntries", clusterName=name):
            wanted = {"clusterName": name, "principalArn": arn}
            described, policies = "eks:DescribeAccessEntry", "eks:ListAssociatedAccessPolicies"
            self.one(described, self.eks, "describe_access_entry", "accessEntry", key=arn, **wanted)
            method = "list_associated_access_policies"
            self.many(policies, self.eks, method, "associatedAccessPolicies", key=arn, **wanted)

    def roles(self, cluster: dict[str, Any]) -> None:
        """The roles that the cluster, its nodes, its add-ons and its entries name, and those whose
        trust names this cluster: of these AWS keeps no list."""
        listed = "iam:ListOpenIDConnectProviders"
        self.many(listed, self.iam, "list_open_id_connect_providers", "OpenIDConnectProviderList")
        arns = {cluster.get("roleArn", "")} | self._trusting(cluster)
        entries = self.raw.keyed("eks:DescribeAccessEntry").items()
        arns |= {arn for arn, one in entries if one.get("type", "STANDARD") != "STANDARD"}
        # EKS's own roles of its own services are no part of a design
        arns = {arn for arn in arns if "/aws-service-role/" not in arn}
        arns |= {group.get("nodeRole", "") for group in self.raw.keyed("eks:DescribeNodegroup").values()}
        arns |= {one.get("roleArn", "") for one in self.raw.keyed("eks:DescribePodIdentityAssociation").values()}
        self._ask_roles(arns)

    def _trusting(self, cluster: dict[str, Any]) -> set[str]:
        """ARNs of roles that trust the cluster's OIDC issuer, or Fargate on its behalf.

        They are picked out here, so that nothing of an account's other roles is kept.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        issuer = cluster.get("identity", {}).get("oidc", {}).get("issuer", "").removeprefix("https://")
        marks = [mark for mark in (issuer, f":fargateprofile/{self.raw.cluster}/") if mark]
        found: set[str] = set()
        try:
            for page in self.iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1000}):
                for role in page["Roles"]:
                    trust = json.dumps(role.get("AssumeRolePolicyDocument", {}))
                    if any(mark in unquote(trust) for mark in marks):
                        found.add(role["Arn"])
        except (BotoCoreError, ClientError) as error:
            self.raw.fail("iam:ListRoles", str(error))
            return set()
        self.raw.put("iam:ListRoles", sorted(found))
        return found

    def _ask_roles(self, arns: set[str]) -> None:
        for role in sorted(arn.rpartition("/")[2] for arn in arns if arn):
            self.one("iam:GetRole", self.iam, "get_role", "Role", key=role, RoleName=role)
            self.many(
                "iam:ListAttachedRolePolicies",
                self.iam,
                "list_attached_role_policies",
                "AttachedPolicies",
                key=role,
                RoleName=role,
            )
            for policy in self.many(
                "iam:ListRolePolicies", self.iam, "list_role_policies", "PolicyNames", key=role, RoleName=role
            ):
                names = {"RoleName": role, "PolicyName": policy}
                self.one(
                    "iam:GetRolePolicy", self.iam, "get_role_policy", "PolicyDocument", key=f"{role}/{policy}", **names
                )
