"""Security groups of a plan: only what is needed, each rule with its reason (notes N07, N24, N34, N35)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import collapse_addresses, ip_network

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.design import Direction, SecurityGroup, SecurityGroupRule, Tags, VpcEndpoint
from planner.security.intents.compile import Members, compile_rules
from planner.security.intents.features import of_spec
from planner.security.intents.flows import intents
from planner.security.intents.model import Actor, Intent, Who
from planner.security.names import (
    cluster_group_name,
    control_plane_group_name,
    efs_group_name,
    endpoint_group_name,
    load_balancer_group_name,
    node_group_name,
    pod_group_name,
)
from planner.spec.addons import uses_karpenter
from planner.spec.cluster import ClusterSpec
from planner.spec.nodes import NodeGroupSpec

ANY_IPV4 = "0.0.0.0/0"
ANY_IPV6 = "::/0"
CLUSTER_GROUP_DESCRIPTION = (
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
    "as well as any managed workloads."
)
_CLUSTER = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_QUOTAS = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"


def plan_groups(brief: Brief, endpoints: Sequence[VpcEndpoint]) -> tuple[SecurityGroup, ...]:
    """The cluster security group as EKS makes it with what pods of their own need beside, and the
    groups that the plan adds: whichever the intents ask for."""
    spec, name, facts = brief.spec, brief.name, brief.facts
    wanted = collapsed(intents(of_spec(spec, facts), facts))
    members = memberships(spec, name, endpoints, brief.region.name)
    cluster = cluster_group_name(name)
    made = {cluster: eks_rules(cluster, ipv6=spec.ip_family == "ipv6")}
    rules = compile_rules(wanted, members, made, facts, ipv6=spec.ip_family == "ipv6")
    groups = [
        SecurityGroup(
            full,
            CLUSTER_GROUP_DESCRIPTION if full == cluster else _description(full, name),
            rules[full],
            made_by_eks=full == cluster,
            tags=() if full == cluster else _tags(spec, name, full),
        )
        for full in sorted(rules)
    ]
    for group in groups:
        _record(brief, group)
    return tuple(groups)


def collapsed(wanted: Sequence[Intent]) -> tuple[Intent, ...]:
    """The same intents with neighbouring and overlapping blocks joined: fewer rules that open the same."""
    alike: dict[tuple[object, ...], list[Intent]] = {}
    kept: list[Intent] = []
    for one in wanted:
        if one.source.who is Who.OUTSIDE:
            alike.setdefault(
                ("from", one.key, one.target, one.protocol, one.from_port, one.to_port, one.detail), []
            ).append(one)
        else:
            kept.append(one)
    for many in alike.values():
        first = many[0]
        for version in (4, 6):
            blocks = [network for one in many if (network := ip_network(one.source.name)).version == version]
            kept += [
                Intent(
                    first.key,
                    Actor(Who.OUTSIDE, str(block)),
                    first.target,
                    first.protocol,
                    first.from_port,
                    first.to_port,
                    first.detail,
                    first.broken,
                )
                for block in collapse_addresses(blocks)  # type: ignore[type-var]
            ]
    return tuple(sorted(kept))


def memberships(
    spec: ClusterSpec, name: str, endpoints: Sequence[VpcEndpoint], region: str
) -> Callable[[Actor], Members]:
    """Who carries which groups in a plan, and which blocks the others come from."""
    cluster = (cluster_group_name(name),)
    nodes = (node_group_name(name),) if spec.security.egress == "restricted" else cluster
    anywhere = (ANY_IPV4, ANY_IPV6) if spec.ip_family == "ipv6" else (ANY_IPV4,)
    interfaces = {one.short_service for one in endpoints if one.kind == "Interface"}
    gateways = {one.short_service for one in endpoints if one.kind == "Gateway"}

    def service(short: str) -> Members:
        if short in interfaces:
            return Members((endpoint_group_name(name),))
        if short in gateways and spec.nat == "none":
            return Members(blocks=(f"com.amazonaws.{region}.{short}",))
        return Members(blocks=(ANY_IPV4,))  # the names that SDKs use without being told give IPv4 addresses

    fixed = {
        Who.CONTROL_PLANE: Members((control_plane_group_name(name), *cluster)),
        Who.NODES: Members(nodes),
        Who.PODS: Members(nodes),
        Who.FARGATE: Members(cluster),
        Who.EFS: Members((efs_group_name(name),)),
        Who.LOAD_BALANCERS: Members((load_balancer_group_name(name),)),
        Who.INTERNET: Members(blocks=anywhere),
        Who.RESOLVER: Members(),  # no rule can close it, nor has to open it
        Who.METADATA: Members(),
    }

    def members(actor: Actor) -> Members:
        if actor.who is Who.POD_GROUP:
            return Members((pod_group_name(name, actor.name),))
        if actor.who is Who.OUTSIDE:
            return Members(blocks=(actor.name,))
        return service(actor.name) if actor.who is Who.SERVICE else fixed[actor.who]

    return members


def eks_rules(own: str, *, ipv6: bool) -> tuple[SecurityGroupRule, ...]:
    """The rules that EKS gives the cluster security group: everything among its members (to the group
    as well, for EFA, since 2025), and everything out.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
    """

    def rule(direction: Direction, peer: str, why: str) -> SecurityGroupRule:
        return SecurityGroupRule(direction, "-1", None, None, peer, why, "cluster", _CLUSTER, made_by_eks=True)

    members = "members of the cluster talk to each other: nodes, pods and control plane"
    rules = [
        rule(Direction.INGRESS, own, members),
        rule(Direction.EGRESS, own, "EFA needs a rule to the group itself"),
        rule(Direction.EGRESS, ANY_IPV4, "EKS's default: everything out"),
    ]
    if ipv6:
        rules.append(rule(Direction.EGRESS, ANY_IPV6, "EKS's default: everything out, IPv6"))
    return tuple(sorted(rules))


def node_security_groups(spec: ClusterSpec, name: str, group: NodeGroupSpec) -> tuple[str, ...]:
    """Groups for a launch template; none leaves it to EKS to add the cluster security group. With any
    there, or with interfaces, EKS does not, so it is named too unless nodes have a group of their own
    (note N24).

    Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    """
    given, template = group.security_groups, group.launch_template
    if spec.security.egress == "restricted":
        return tuple(sorted({node_group_name(name), *given}))
    named = bool(given or (template and template.network_interfaces))
    return tuple(sorted({cluster_group_name(name), *given})) if named else ()


def _description(full: str, name: str) -> str:
    """What a group is for; AWS never lets a description be changed."""
    return {
        endpoint_group_name(name): "VPC endpoints of the cluster",
        control_plane_group_name(name): "Kubernetes API for what does not carry the cluster security group",
        node_group_name(name): "Nodes and their pods, with what the cluster needs and nothing else",
        efs_group_name(name): "EFS mount targets of the cluster",
        load_balancer_group_name(name): "Load balancers towards nodes and pods",
    }.get(full, "Pods with a security group of their own")


def _tags(spec: ClusterSpec, name: str, full: str) -> Tags:
    """The load balancer controller looks for one group of an interface with the cluster's tag."""
    tags = {**spec.tags, "Name": full}
    if full == node_group_name(name):
        tags[f"kubernetes.io/cluster/{name}"] = "owned"
        if uses_karpenter(spec):
            tags["karpenter.sh/discovery"] = name
    return tuple(sorted(tags.items()))


def _record(brief: Brief, group: SecurityGroup) -> None:
    brief.ledger.add(
        f"security-group.{group.name}",
        f"Security group {group.name}",
        f"{len(group.rules)} rules" if len(group.rules) != 1 else "1 rule",
        inputs={
            f"{rule.direction} {rule.protocol} {rule.ports} {rule.peer}": _in_words(rule, brief.facts)
            for rule in group.rules
        },
        explanation=group.description,
        source=group.rules[0].source if group.rules else _QUOTAS,
        note="N34",
    )


def _in_words(rule: SecurityGroupRule, facts: Facts) -> str:
    """Why a rule is there, what breaks without it, the flows that need it, and who says so."""
    table = facts.table("flows.table")
    broken = dict.fromkeys(str(table[key]["breaks"]) for key in rule.feature.split(", "))
    words = "; ".join(one.format(breaks="the services are not reached") for one in broken)
    return f"{rule.reason}. Without it: {words} ({rule.feature}; {rule.source})"
