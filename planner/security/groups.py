"""Security groups of a plan: only what is needed, each rule with its reason (notes N34, N35, N07)."""

from __future__ import annotations

from planner.capacity.brief import Brief
from planner.design import Direction, SecurityGroup, SecurityGroupRule, Tags
from planner.spec.cluster import ClusterSpec

ANY_IPV4 = "0.0.0.0/0"
CLUSTER_GROUP_DESCRIPTION = (
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
    "as well as any managed workloads."
)
ANY_IPV6 = "::/0"
_CLUSTER = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_ENDPOINT = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"
_PRIVATE = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_HYBRID = "https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html"
_QUOTAS = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"


def cluster_group_name(cluster: str) -> str:
    """Name of the cluster security group, without the number that EKS appends."""
    return f"eks-cluster-sg-{cluster}"


def endpoint_group_name(cluster: str) -> str:
    """Name of the group on interface endpoints."""
    return f"{cluster}-endpoints"


def control_plane_group_name(cluster: str) -> str:
    """Name of the additional group on the control plane's interfaces."""
    return f"{cluster}-control-plane"


def plan_groups(brief: Brief, *, interface_endpoints: bool) -> tuple[SecurityGroup, ...]:
    """The cluster security group as EKS makes it, and the groups that the plan adds."""
    spec, name = brief.spec, brief.name
    facts, ledger = brief.facts, brief.ledger
    groups = [_cluster_group(spec, name)]
    if interface_endpoints:
        groups.append(_endpoint_group(spec, name))
    extra = _control_plane_group(spec, name)
    if extra is not None:
        groups.append(extra)
    quota = facts.number("security_group.rules")
    for group in groups:
        ledger.add(
            f"security-group.{group.name}",
            f"Security group {group.name}",
            f"{len(group.rules)} rules",
            inputs={f"{rule.direction} {rule.protocol} {rule.ports} {rule.peer}": rule.reason for rule in group.rules},
            explanation=f"{group.description}; at most {quota} rules for each direction and address family",
            source=group.rules[0].source if group.rules else _QUOTAS,
            note="N34",
        )
    return tuple(sorted(groups, key=lambda one: one.name))


def _cluster_group(spec: ClusterSpec, name: str) -> SecurityGroup:
    """EKS makes this group itself: everything among its members, and everything out."""
    own = cluster_group_name(name)
    rules = [
        SecurityGroupRule(
            Direction.INGRESS,
            "-1",
            None,
            None,
            own,
            "members of the cluster talk to each other: nodes, pods and control plane",
            "cluster",
            _CLUSTER,
        ),
        SecurityGroupRule(
            Direction.EGRESS, "-1", None, None, own, "EFA needs a rule to the group itself", "cluster", _CLUSTER
        ),
        SecurityGroupRule(
            Direction.EGRESS, "-1", None, None, ANY_IPV4, "EKS's default: everything out", "cluster", _CLUSTER
        ),
    ]
    if spec.ip_family == "ipv6":
        rules.append(
            SecurityGroupRule(
                Direction.EGRESS, "-1", None, None, ANY_IPV6, "EKS's default: everything out, IPv6", "cluster", _CLUSTER
            )
        )
    return SecurityGroup(own, CLUSTER_GROUP_DESCRIPTION, tuple(sorted(rules)), made_by_eks=True)


def _tags(spec: ClusterSpec, name: str) -> Tags:
    return tuple(sorted({**spec.tags, "Name": name}.items()))


def _endpoint_group(spec: ClusterSpec, name: str) -> SecurityGroup:
    """Nodes and pods (they carry the cluster security group) reach AWS services over TLS."""
    full = endpoint_group_name(name)
    rule = SecurityGroupRule(
        Direction.INGRESS,
        "tcp",
        443,
        443,
        cluster_group_name(name),
        "nodes and pods call AWS services through the VPC endpoints",
        "vpc-endpoints",
        _PRIVATE,
    )
    return SecurityGroup(full, "VPC endpoints of the cluster", (rule,), tags=_tags(spec, full))


def _control_plane_group(spec: ClusterSpec, name: str) -> SecurityGroup | None:
    """People and hybrid nodes outside the VPC reach the private endpoint over TLS."""
    why = "people in this network use the private Kubernetes API"
    rules = [_api(cidr, why, "private-endpoint", _ENDPOINT) for cidr in spec.endpoint.private_cidrs]
    if spec.hybrid:
        remote = (*spec.hybrid.node_cidrs, *spec.hybrid.pod_cidrs)
        rules += [
            _api(str(cidr), "hybrid nodes and their pods use the Kubernetes API", "hybrid", _HYBRID) for cidr in remote
        ]
        rules += [
            SecurityGroupRule(
                Direction.EGRESS,
                "tcp",
                10250,
                10250,
                str(cidr),
                "the control plane calls kubelet on hybrid nodes",
                "hybrid",
                _HYBRID,
            )
            for cidr in spec.hybrid.node_cidrs
        ]
    if not rules:
        return None
    unique = {(rule.direction, rule.protocol, rule.from_port, rule.peer): rule for rule in rules}
    full = control_plane_group_name(name)
    return SecurityGroup(
        full, "Kubernetes API from networks outside the VPC", tuple(sorted(unique.values())), tags=_tags(spec, full)
    )


def _api(cidr: str, reason: str, feature: str, source: str) -> SecurityGroupRule:
    """The Kubernetes API for one block."""
    return SecurityGroupRule(Direction.INGRESS, "tcp", 443, 443, cidr, reason, feature, source)
