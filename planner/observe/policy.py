"""The IAM policy that reading needs: every call of the collectors, and nothing else."""

from __future__ import annotations

from itertools import groupby
from typing import Any

ACTIONS = (
    "autoscaling:DescribeAutoScalingGroups",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeEgressOnlyInternetGateways",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetEbsEncryptionByDefault",
    "ec2:GetManagedPrefixListEntries",
    "ec2:GetSubnetCidrReservations",
    "eks:DescribeAccessEntry",
    "eks:DescribeAddon",
    "eks:DescribeAddonVersions",
    "eks:DescribeCluster",
    "eks:DescribeClusterVersions",
    "eks:DescribeFargateProfile",
    "eks:DescribeInsight",
    "eks:DescribeNodegroup",
    "eks:DescribePodIdentityAssociation",
    "eks:ListAccessEntries",
    "eks:ListAddons",
    "eks:ListAssociatedAccessPolicies",
    "eks:ListClusters",
    "eks:ListFargateProfiles",
    "eks:ListInsights",
    "eks:ListNodegroups",
    "eks:ListPodIdentityAssociations",
    "elasticfilesystem:DescribeAccessPoints",
    "elasticfilesystem:DescribeBackupPolicy",
    "elasticfilesystem:DescribeFileSystems",
    "elasticfilesystem:DescribeLifecycleConfiguration",
    "elasticfilesystem:DescribeMountTargetSecurityGroups",
    "elasticfilesystem:DescribeMountTargets",
    "events:DescribeRule",
    "events:ListRuleNamesByTarget",
    "events:ListTagsForResource",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListOpenIDConnectProviders",
    "iam:ListRolePolicies",
    "iam:ListRoles",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListResourceTags",
    "logs:DescribeLogGroups",
    "logs:ListTagsForResource",
    "servicequotas:GetServiceQuota",
    "servicequotas:ListAWSDefaultServiceQuotas",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListQueueTags",
    "ssm:GetParameter",
)
"""Actions by the names that IAM has for them. sts:GetCallerIdentity needs no permission.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""


def read_only_policy() -> dict[str, Any]:
    """A policy with one statement a service. Whatever resources there are may be asked about, for most of
    these actions know no resources."""
    services = groupby(ACTIONS, lambda action: action.partition(":")[0])
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": f"Read{service.title()}", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
            for service, actions in services
        ],
    }
