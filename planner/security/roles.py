"""IAM roles of a plan: least privilege by managed policies (note N36)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.design import PodIdentity, Role, Tags
from planner.spec.cluster import ClusterSpec

_NODE = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html"
_POD_IDENTITY = "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html"
_IPV6 = "https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html#cni-iam-role-create-ipv6-policy"


def policy_arn(partition: str, policy: str) -> str:
    """ARN of an AWS managed policy."""
    return f"arn:{partition}:iam::aws:policy/{policy}"


def role_name(cluster: str, part: str, facts: Facts) -> str:
    """Name of a role, within what IAM takes: of a long cluster name the beginning and a hash remain."""
    full, most = f"{cluster}-{part}", facts.number("roles.name_max")
    if len(full) <= most:
        return full
    mark = hashlib.sha256(cluster.encode()).hexdigest()[:8]
    return f"{cluster[: most - len(part) - len(mark) - 2]}-{mark}-{part}"


def cluster_role_name(cluster: str, facts: Facts) -> str:
    """Name of the cluster role."""
    return role_name(cluster, "cluster", facts)


def node_role_name(cluster: str, facts: Facts) -> str:
    """Name of the node role."""
    return role_name(cluster, "node", facts)


def plan_roles(brief: Brief, addons: Sequence[str]) -> tuple[tuple[Role, ...], dict[str, PodIdentity]]:
    """All roles, and the Pod Identity association of each add-on that calls AWS."""
    spec, name, partition = brief.spec, brief.name, brief.region.partition
    facts, ledger = brief.facts, brief.ledger
    windows = any(group.os.startswith("windows") for group in spec.node_groups)
    cluster = list(facts.strings("roles.cluster_policies"))
    if spec.cni.security_groups_for_pods or windows:
        cluster.append(str(facts["roles.security_groups_for_pods_policy"].value))
    # China keeps a service principal of its own for EC2
    ec2 = "ec2.amazonaws.com.cn" if partition == "aws-cn" else "ec2.amazonaws.com"
    roles = [
        _role(spec, cluster_role_name(name, facts), "eks.amazonaws.com", cluster, partition),
        _role(spec, node_role_name(name, facts), ec2, facts.strings("roles.node_policies"), partition),
    ]
    identities: dict[str, PodIdentity] = {}
    for addon, namespace, account, policies, inline in _addon_roles(spec, addons, facts):
        full = role_name(name, addon, facts)
        identities[addon] = PodIdentity(namespace, account, full)
        roles.append(
            _role(
                spec,
                full,
                str(facts["roles.pod_identity_principal"].value),
                policies,
                partition,
                pods=True,
                inline=inline,
            )
        )
    for role in roles:
        names = ", ".join(arn.rpartition("/")[2] for arn in role.managed_policies)
        inline_names = ", ".join(policy for policy, _ in role.inline_policies)
        ledger.add(
            f"role.{role.name}",
            f"IAM role {role.name}",
            names or inline_names,
            inputs={
                "trusted": ", ".join(role.principals),
                "managed policies": names or "none",
                "inline policies": inline_names or "none",
            },
            explanation=_why(role, name, facts),
            source=_NODE
            if role.name == node_role_name(name, facts)
            else _POD_IDENTITY
            if "sts:TagSession" in role.actions
            else facts.source("roles.cluster_policies"),
            note="N36",
        )
    return tuple(sorted(roles, key=lambda one: one.name)), identities


def _why(role: Role, name: str, facts: Facts) -> str:
    if role.name == cluster_role_name(name, facts):
        return "the control plane makes network interfaces and load balancers with it"
    if role.name == node_role_name(name, facts):
        return "nodes join and pull images; the VPC CNI has a role of its own, so pods on a node gain nothing from this one"
    return "assumed through EKS Pod Identity by this add-on's service account only"


def _role(
    spec: ClusterSpec,
    name: str,
    principal: str,
    policies: Sequence[str],
    partition: str,
    *,
    pods: bool = False,
    inline: tuple[tuple[str, str], ...] = (),
) -> Role:
    actions = ("sts:AssumeRole", "sts:TagSession") if pods else ("sts:AssumeRole",)
    tags: Tags = tuple(sorted(spec.tags.items()))
    return Role(
        name, (principal,), actions, tuple(sorted(policy_arn(partition, policy) for policy in policies)), inline, tags
    )


AddonRole = tuple[str, str, str, tuple[str, ...], tuple[tuple[str, str], ...]]


def _addon_roles(spec: ClusterSpec, addons: Sequence[str], facts: Facts) -> list[AddonRole]:
    """(add-on, namespace, service account, managed policies, inline policies)."""
    rows: list[AddonRole] = []
    if "vpc-cni" in addons:
        if spec.ip_family == "ipv6":
            rows.append(("vpc-cni", "kube-system", "aws-node", (), (("AmazonEKS_CNI_IPv6_Policy", ipv6_cni_policy()),)))
        else:
            rows.append(("vpc-cni", "kube-system", "aws-node", (str(facts["roles.cni_policy"].value),), ()))
    known = facts.table("addons.known")
    for addon in addons:
        row = known.get(addon, {})
        if "policy" in row:
            rows.append((addon, row["namespace"], row["serviceAccount"], (row["policy"],), ()))
    return rows


def ipv6_cni_policy() -> str:
    """What the VPC CNI needs in an IPv6 cluster, as canonical JSON; AWS has no managed policy for it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
    """
    statements = [
        {
            "Effect": "Allow",
            "Action": [
                "ec2:AssignIpv6Addresses",
                "ec2:DescribeInstances",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeTags",
            ],
            "Resource": "*",
        },
        {"Effect": "Allow", "Action": ["ec2:CreateTags"], "Resource": "arn:*:ec2:*:*:network-interface/*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True, separators=(",", ":"))
