"""Finds what there is to review in a region: clusters, and VPCs whose subnets carry EKS's tags."""

from __future__ import annotations

from planner.design import Unknown
from planner.observe.calls import Calls

CLUSTERS = "eks:ListClusters"
TAGGED = "ec2:DescribeSubnets"
IDENTITY = "sts:GetCallerIdentity"
TAGS = (
    "kubernetes.io/cluster/*",
    "kubernetes.io/role/elb",
    "kubernetes.io/role/internal-elb",
    "kubernetes.io/role/cni",
)
"""Tags that EKS, the load balancer controller and the VPC CNI look for on subnets.

Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""


def clusters(calls: Calls) -> tuple[str, ...] | Unknown:
    """Names of the clusters of the region."""
    calls.many(CLUSTERS, calls.eks, "list_clusters", "clusters")
    found = calls.raw.get(CLUSTERS)
    return found if isinstance(found, Unknown) else tuple(sorted(found))


def tagged_vpcs(calls: Calls) -> tuple[str, ...] | Unknown:
    """Ids of the VPCs of the region with a subnet that has one of the tags."""
    filters = [{"Name": "tag-key", "Values": list(TAGS)}]
    calls.many(TAGGED, calls.ec2, "describe_subnets", "Subnets", Filters=filters)
    found = calls.raw.get(TAGGED)
    return found if isinstance(found, Unknown) else tuple(sorted({one["VpcId"] for one in found}))


def account(calls: Calls) -> str:
    """Number of the account that is asked; empty where AWS does not say."""
    found = calls.one(IDENTITY, calls.client("sts"), "get_caller_identity", "Account")
    return "" if isinstance(found, Unknown) else str(found)
