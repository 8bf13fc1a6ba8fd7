"""Asks AWS about a cluster and its VPC: read-only calls, raw answers, no judgement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from planner.design import Unknown
from planner.observe.calls import Calls, failures, told
from planner.observe.collect_events import collect_events
from planner.observe.collect_groups import collect_groups
from planner.observe.collect_network import collect_network
from planner.observe.collect_operations import collect_operations
from planner.observe.collect_records import collect_key, collect_log_groups, flow_log_roles
from planner.observe.fargate import collect_fargate, pod_execution_roles
from planner.observe.key_access import collect_key_access
from planner.observe.raw import Raw

if TYPE_CHECKING:
    from boto3.session import Session


def collect(
    session: Session, region: str, cluster: str, *, endpoint_url: str | None = None, until: float | None = None
) -> Raw:
    """Raw answers about an EKS cluster. A call that is denied is kept as its error.

    ``endpoint_url`` sends every call elsewhere (a test server); after ``until`` (``time.monotonic``) no more go
    out. Calls: eks DescribeCluster,
    ListNodegroups, DescribeNodegroup, ListFargateProfiles, DescribeFargateProfile, ListAddons,
    DescribeAddon, ListPodIdentityAssociations, DescribePodIdentityAssociation, ListAccessEntries,
    DescribeAccessEntry, ListAssociatedAccessPolicies; ec2 Describe*, GetSubnetCidrReservations,
    GetManagedPrefixListEntries, GetEbsEncryptionByDefault; ssm GetParameter (AWS's public ones);
    autoscaling DescribeAutoScalingGroups; iam ListOpenIDConnectProviders, ListRoles, GetRole,
    ListAttachedRolePolicies, ListRolePolicies, GetRolePolicy; sqs GetQueueUrl, GetQueueAttributes,
    ListQueueTags; events ListRuleNamesByTarget, DescribeRule, ListTagsForResource; logs
    DescribeLogGroups, ListTagsForResource; kms DescribeKey, GetKeyPolicy,
    GetKeyRotationStatus, ListResourceTags, ListGrants; servicequotas GetServiceQuota; elasticfilesystem DescribeFileSystems, DescribeMountTargets,
    DescribeMountTargetSecurityGroups, DescribeBackupPolicy, DescribeLifecycleConfiguration,
    DescribeAccessPoints; eks ListInsights, DescribeInsight, DescribeClusterVersions, DescribeAddonVersions;
    service-quotas GetServiceQuota, ListAWSDefaultServiceQuotas.
    """
    calls = _Cluster(session, Raw(region, cluster), endpoint_url, until=until)
    calls.run()
    return calls.raw.in_order()


def collect_vpc(
    session: Session, region: str, vpc_id: str, *, endpoint_url: str | None = None, until: float | None = None
) -> Raw:
    """Raw answers about a VPC, whatever runs in it. A call that is denied is kept as its error."""
    calls = Calls(session, Raw(region, "", vpc=vpc_id), endpoint_url, until=until)
    collect_network(calls, vpc_id)
    return calls.raw.in_order()


class _Cluster(Calls):
    """The calls about a cluster."""

    def run(self) -> None:
        """All of them."""
        cluster = self.one("eks:DescribeCluster", self.eks, "describe_cluster", "cluster", name=self.raw.cluster)
        if isinstance(cluster, Unknown):
            return
        vpc = cluster.get("resourcesVpcConfig", {})
        collect_network(self, vpc.get("vpcId") or self.vpc_of(vpc.get("subnetIds") or ()))
        collect_groups(self, self.raw.cluster)
        collect_fargate(self, self.raw.cluster)
        self.addons()
        collect_operations(self)
        self.access()
        collect_log_groups(self)
        collect_key(self, cluster)
        collect_key_access(self, cluster)
        self.roles(cluster)
        collect_events(self)

    def vpc_of(self, subnets: Sequence[str]) -> str:
        """The VPC of a cluster whose answer does not name it: that of its subnets, or an empty string."""
        if not subnets:
            return ""
        path, one = ("Subnets", 0, "VpcId"), [subnets[0]]
        found = self.one("ec2:DescribeSubnets", self.ec2, "describe_subnets", *path, SubnetIds=one)
        return "" if isinstance(found, Unknown) else str(found)

    def addons(self) -> None:
        name = self.raw.cluster

        def described(addon: str) -> None:
            wanted = {"clusterName": name, "addonName": addon}
            self.one("eks:DescribeAddon", self.eks, "describe_addon", "addon", key=addon, **wanted)

        def identity(one: dict[str, Any]) -> None:
            call, method = "eks:DescribePodIdentityAssociation", "describe_pod_identity_association"
            wanted = {"clusterName": name, "associationId": one["associationId"]}
            self.one(call, self.eks, method, "association", key=one["associationArn"], **wanted)

        self.each(self.many("eks:ListAddons", self.eks, "list_addons", "addons", clusterName=name), described)
        listed, method = "eks:ListPodIdentityAssociations", "list_pod_identity_associations"
        self.each(self.many(listed, self.eks, method, "associations", clusterName=name), identity)

    def access(self) -> None:
        name = self.raw.cluster
        listed = "eks:ListAccessEntries"

        def entry(arn: str) -> None:
            wanted = {"clusterName": name, "principalArn": arn}
            described, policies = "eks:DescribeAccessEntry", "eks:ListAssociatedAccessPolicies"
            self.one(described, self.eks, "describe_access_entry", "accessEntry", key=arn, **wanted)
            method = "list_associated_access_policies"
            self.many(policies, self.eks, method, "associatedAccessPolicies", key=arn, **wanted)

        self.each(self.many(listed, self.eks, "list_access_entries", "accessEntries", clusterName=name), entry)

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
        arns |= flow_log_roles(self) | pod_execution_roles(self.raw)
        arns |= {one.get("roleArn", "") for one in self.raw.keyed("eks:DescribePodIdentityAssociation").values()}
        self._ask_roles(arns)

    def _trusting(self, cluster: dict[str, Any]) -> set[str]:
        """ARNs of roles that trust the cluster's OIDC issuer, or Fargate on its behalf.

        They are picked out here, so that nothing of an account's other roles is kept.
        """
        issuer = cluster.get("identity", {}).get("oidc", {}).get("issuer", "").removeprefix("https://")
        marks = [mark for mark in (issuer, f":fargateprofile/{self.raw.cluster}/") if mark]
        found: set[str] = set()
        try:
            for page in self.iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1000}):
                for role in page["Roles"]:
                    trust = json.dumps(role.get("AssumeRolePolicyDocument", {}))
                    if any(mark in unquote(trust) for mark in marks):
                        found.add(role["Arn"])
        except failures() as error:
            self.raw.fail("iam:ListRoles", told(error))
            return set()
        self.raw.put("iam:ListRoles", sorted(found))
        return found

    def _ask_roles(self, arns: set[str]) -> None:
        self.each(sorted({arn.rpartition("/")[2] for arn in arns if arn}), self._role)

    def _role(self, role: str) -> None:
        named = {"key": role, "RoleName": role}
        if self.ask("iam:GetRole", lambda: self._found(role), role) is None:
            return
        attached, method = "iam:ListAttachedRolePolicies", "list_attached_role_policies"
        self.many(attached, self.iam, method, "AttachedPolicies", **named)
        listed = self.many("iam:ListRolePolicies", self.iam, "list_role_policies", "PolicyNames", **named)
        for policy in listed:
            names = {"key": f"{role}/{policy}", "RoleName": role, "PolicyName": policy}
            self.one("iam:GetRolePolicy", self.iam, "get_role_policy", "PolicyDocument", **names)

    def _found(self, role: str) -> Any:
        """A role; None where there is none of that name, which is an answer."""
        try:
            return self.iam.get_role(RoleName=role)["Role"]
        except self.iam.exceptions.NoSuchEntityException:
            return None
