"""Fargate profiles as EKS takes them, for tests only; ``moto_eks.install()`` calls ``install()``.

Moto takes any subnets, roles and numbers. EKS wants private subnets of the cluster's VPC, a role that
is there, and makes one profile at a time; it adds an access entry for the role.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks import responses
from moto.iam.models import iam_backends

from tests.support import moto_access
from tests.support.moto_access import refused

SELECTORS, LABELS, PROFILES = 5, 5, 10


def install() -> None:
    """Teach moto what EKS refuses."""
    create = responses.EKSResponse.create_fargate_profile
    delete = responses.EKSResponse.delete_cluster

    def create_fargate_profile(self: Any) -> ActionResult:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        problem = _problem(self, cluster)
        if problem:
            raise refused(problem, cluster.name)
        answer = create(self)
        role = self._get_param("podExecutionRoleArn")
        if role not in cluster.entry_table:
            moto_access.put_entry(cluster, role, "FARGATE_LINUX", cluster.born)
        return answer

    def delete_cluster(self: Any) -> Any:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        if cluster.fargate_profiles:
            raise refused(f"Cluster has Fargate profiles: {sorted(cluster.fargate_profiles)}", cluster.name)
        return delete(self)

    responses.EKSResponse.create_fargate_profile = create_fargate_profile
    responses.EKSResponse.delete_cluster = delete_cluster


def _problem(self: Any, cluster: Any) -> str:
    """The first thing that EKS would refuse, or nothing."""
    selectors = self._get_param("selectors")
    if len(cluster.fargate_profiles) >= PROFILES:
        return f"Fargate profiles limit exceeded: {PROFILES}"
    if len(selectors) > SELECTORS or any(len(one.get("labels") or {}) > LABELS for one in selectors):
        return "Fargate profile selectors limit exceeded"
    iam = iam_backends[self.current_account]["aws"]
    role = self._get_param("podExecutionRoleArn")
    if role not in {one.arn for one in iam.roles.values()}:
        return f"Misconfigured PodExecutionRole {role}"
    ec2 = ec2_backends[self.current_account][self.region]
    for identity in self._get_param("subnets") or []:
        subnet = ec2.get_subnet(identity)
        if subnet.vpc_id != cluster.resources_vpc_config["vpcId"]:
            return f"Subnet {identity} is not in the cluster's VPC"
        if _public(ec2, subnet):
            return f"Subnet {identity} provided in Fargate Profile is not a private subnet"
    return ""


def _public(ec2: Any, subnet: Any) -> bool:
    """Whether the subnet's routes lead to an internet gateway."""
    tables = ec2.describe_route_tables(filters={"association.subnet-id": [subnet.id]})
    return any(str(getattr(route.gateway, "id", "")).startswith("igw-") for one in tables for route in one.routes)
