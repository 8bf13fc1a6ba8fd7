"""Security groups as a spec asks for them (notes N34, N35)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.addons import uses_auto_mode
from planner.spec.check.made import invalid, notice
from planner.spec.check.pod_groups import check_pod_groups, family, is_private, no_way_out
from planner.spec.cluster import ClusterSpec

_GROUPS = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_BALANCERS = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/"


def check_security(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Pod groups, peers, and settings that another setting makes idle."""
    yield from _idle(spec)
    yield from check_pod_groups(spec, facts)
    yield from _blocks(spec, facts)
    yield from _interfaces(spec, facts)
    yield from _product(spec, facts)
    if spec.security.network_acls == "tiers" and spec.ip_family == "ipv6":
        yield invalid(
            "acls-ipv6",
            ("security", "networkAcls"),
            "network ACLs of the plan name the VPC's blocks, and AWS assigns the IPv6 one only when the VPC is made",
            value="networkAcls: tiers with ipFamily: ipv6",
            limit="IPv4 clusters",
            fix="use networkAcls: default, and add ACLs of your own once the block is known",
            source="https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",
            note="N35",
        )


def _idle(spec: ClusterSpec) -> Iterator[Diagnostic]:
    """What has no effect while nodes are open among themselves and to the outside."""
    security = spec.security
    if security.egress == "open":
        for field, given in (("betweenNodes", security.between_nodes), ("allow", security.allow)):
            if given:
                yield invalid(
                    "security-open",
                    ("security", field),
                    "nodes are open already: EKS lets members of the cluster security group do everything",
                    value=f"{len(given)} entries with egress: open",
                    limit="only with egress: restricted",
                    fix=f"set security.egress: restricted, or remove {field}",
                    source=_GROUPS,
                    note="N35",
                )
    elif uses_auto_mode(spec):
        number = next(number for number, one in enumerate(spec.node_pools) if one.manager == "auto-mode")
        yield notice(
            "restricted-auto-mode",
            ("nodePools", number),
            "nodes of Auto Mode's own NodeClass carry the cluster security group, which lets everything out and no other node in",
            value="egress: restricted with manager: auto-mode",
            limit="the group CLUSTER-nodes on every node",
            fix="make a NodeClass whose securityGroupSelectorTerms name CLUSTER-nodes",
            source="https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
            note="N35",
        )
    balancers = spec.load_balancers
    if balancers.target_ports and balancers.backends == "controller":
        yield invalid(
            "load-balancer-ports",
            ("loadBalancers", "targetPorts"),
            "the load balancer controller opens the ports of its targets itself",
            value=f"{len(balancers.target_ports)} entries with backends: controller",
            limit="only with backends: shared or restricted",
            fix="set loadBalancers.backends: restricted, or remove targetPorts",
            source=_BALANCERS,
            note="N34",
        )


def _blocks(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    for number, one in enumerate(spec.security.allow):
        path: Path = ("security", "allow", number, "cidr")
        network = ip_network(one.cidr)
        yield from family(network.version, path, one.cidr, spec)
        if not is_private(network, facts):
            yield from no_way_out(one.cidr, path, spec)


def _interfaces(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Groups on one interface of a node: the spec's own, and the one that makes it a member."""
    quota = spec.quotas.security_groups_per_interface or facts.number("security_group.per_interface")
    for number, group in enumerate(spec.node_groups):
        interfaces = group.launch_template.network_interfaces if group.launch_template else ()
        count = max(len({*group.security_groups, *inside}) for inside in ((), *(one.groups for one in interfaces))) + 1
        path = ("nodeGroups", number, "securityGroups")
        if count > max(quota, 1):
            yield invalid(
                "interface-groups",
                path,
                "more security groups than an interface takes",
                value=f"{count}, the one of the cluster included",
                limit=f"{quota} ({facts['security_group.per_interface'].note})",
                fix=f"join groups, or have the quota raised and say quotas.securityGroupsPerInterface: {count}"
                if count <= 16
                else "join groups: 16 is the most that AWS grants",
                source=facts.source("security_group.per_interface"),
                note="N34",
            )
        elif group.security_groups:
            yield notice(
                "node-groups-given",
                path,
                "the rules of these groups are not known here; the load balancer controller wants exactly one group of an interface tagged kubernetes.io/cluster/NAME",
                value=", ".join(group.security_groups),
                fix="see that none of them carries that tag: the plan's own group has it",
                source=_TEMPLATES,
                note="N24",
            )


def _product(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Two quotas that AWS does not grant together."""
    quotas, product = spec.quotas, facts.number("security_group.product")
    most = quotas.security_group_rules or facts.number("security_group.rules")
    each = quotas.security_groups_per_interface or facts.number("security_group.per_interface")
    if most * each > product:
        yield invalid(
            "security-group-product",
            ("quotas",),
            "AWS does not grant these two quotas together",
            value=f"{most} rules × {each} groups = {most * each:,}",
            limit=f"{product:,}",
            fix=f"with {most} rules an interface takes {product // most} groups: say securityGroupsPerInterface: {product // most}",
            source=facts.source("security_group.product"),
            note="N34",
        )
