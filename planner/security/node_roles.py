"""Roles of the control plane, of nodes, of Fargate and of flow logs (note N36)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.security.log_names import flow_log_group
from planner.security.policies import InlinePolicy, Statement, canonical
from planner.security.role_names import (
    ACCOUNT,
    auto_node_role_name,
    cluster_role_name,
    flow_log_role_name,
    karpenter_node_role_name,
    node_role_name,
    role_name,
    windows_node_role_name,
)
from planner.security.role_parts import PlannedRole, Trust, fargate_trust, flow_log_trust, instance_trust, make_role
from planner.spec.addons import uses_auto_mode, uses_karpenter
from planner.spec.compute import invents_group
from planner.spec.nodes import NodeGroupSpec

_NODE = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html"
_WINDOWS = "https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html"
_FLOW_LOGS = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"


def infrastructure_roles(brief: Brief) -> Iterator[PlannedRole]:
    """The cluster role and the node role, and those that Karpenter, Auto Mode and Fargate need."""
    facts, name, partition = brief.facts, brief.name, brief.region.partition
    yield _cluster(brief)
    windows = [group.os_family == "windows" for group in brief.spec.node_groups]
    if invents_group(brief.spec) or not all(windows):
        policies = facts.strings("roles.node_policies")
        yield PlannedRole(
            make_role(brief, node_role_name(name, facts), instance_trust(partition), policies),
            "nodes join and pull images; the VPC CNI has a role of its own, so pods on a node gain nothing from this one",
            _NODE,
        )
    if any(windows):
        policies = facts.strings("roles.node_policies")
        yield PlannedRole(
            make_role(brief, windows_node_role_name(name, facts), instance_trust(partition), policies),
            "Windows nodes: their kube-proxy needs more than a Linux node may, which an access entry of type EC2_WINDOWS gives, and a role has one entry only",
            _WINDOWS,
        )
    if uses_karpenter(brief.spec):
        policies = facts.strings("roles.karpenter_node_policies")
        yield PlannedRole(
            make_role(brief, karpenter_node_role_name(name, facts), instance_trust(partition), policies),
            "nodes that Karpenter starts: it may pass this role and no other, and they join through an access entry of type EC2_LINUX. "
            + facts["roles.karpenter_node_policies"].note,
            facts.source("roles.karpenter_node_policies"),
            uses=(("set in the EC2NodeClass", f"role: {karpenter_node_role_name(name, facts)}"),),
        )
    if uses_auto_mode(brief.spec):
        policies = facts.strings("roles.auto_mode_node_policies")
        yield PlannedRole(
            make_role(brief, auto_node_role_name(name, facts), instance_trust(partition), policies),
            "nodes of EKS Auto Mode: less than a node role, because their networking runs outside of them; they join through an access entry of type EC2",
            facts.source("roles.auto_mode_node_policies"),
        )
    logs = brief.spec.vpc.flow_logs
    if logs is not None and logs.destination == "cloud-watch-logs":
        yield _flow_logs(brief)
    if brief.spec.fargate:
        trust = fargate_trust(partition, brief.region.name, name)
        yield PlannedRole(
            make_role(brief, role_name(name, "fargate", facts), trust, [str(facts["roles.fargate_policy"].value)]),
            "Fargate pulls images for pods with it; a node role will not do. The condition keeps profiles of other clusters from using it",
            facts.source("roles.fargate_policy"),
        )


def group_role_name(cluster: str, group: NodeGroupSpec, facts: Facts) -> str:
    """Name of the role of a managed group's nodes."""
    return (windows_node_role_name if group.os_family == "windows" else node_role_name)(cluster, facts)


def _cluster(brief: Brief) -> PlannedRole:
    """The role of the control plane, with what its features need beyond the base."""
    spec, facts = brief.spec, brief.facts
    policies = list(facts.strings("roles.cluster_policies"))
    why = "the control plane makes network interfaces and load balancers with it"
    actions: tuple[str, ...] = ("sts:AssumeRole",)
    if spec.cni.security_groups_for_pods or any(group.os.startswith("windows") for group in spec.node_groups):
        policies.append(str(facts["roles.security_groups_for_pods_policy"].value))
        why += "; its controller gives pods branch interfaces or Windows nodes their addresses"
    if uses_auto_mode(spec):
        policies += facts.strings("roles.auto_mode_cluster_policies")
        actions = ("sts:AssumeRole", "sts:TagSession")
        why += (
            "; Auto Mode starts nodes, volumes and load balancers with it and tags its sessions with the cluster's name. "
            + facts["roles.auto_mode_cluster_policies"].note
        )
    trust = Trust(("eks.amazonaws.com",), actions)
    role = make_role(brief, cluster_role_name(brief.name, facts), trust, policies)
    return PlannedRole(role, why, facts.source("roles.cluster_policies"))


def _flow_logs(brief: Brief) -> PlannedRole:
    """The role with which VPC flow logs are written to one log group."""
    partition, region = brief.region.partition, brief.region.name
    write = Statement("Write", "writes records to this log group only", ("logs:CreateLogStream", "logs:PutLogEvents"))
    look = Statement(
        "Look",
        "finds the group and its streams; these calls list",
        ("logs:DescribeLogGroups", "logs:DescribeLogStreams"),
    )
    group = f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:{flow_log_group(brief.name)}:*"
    statements = [
        {"Sid": one.name, "Effect": "Allow", "Action": list(one.actions), "Resource": resource}
        for one, resource in ((write, group), (look, f"arn:{partition}:logs:{region}:{ACCOUNT}:log-group:*"))
    ]
    inline = InlinePolicy("FlowLogs", canonical({"Version": "2012-10-17", "Statement": statements}), (write, look))
    role = make_role(
        brief, flow_log_role_name(brief.name, brief.facts), flow_log_trust(partition, region), (), (inline,)
    )
    return PlannedRole(
        role,
        "VPC flow logs are written with it; the condition keeps flow logs of other accounts and regions from borrowing it",
        _FLOW_LOGS,
        (inline,),
    )
