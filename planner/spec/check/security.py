"""Security groups as a spec asks for them (notes N34, N35)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.security import PeerSpec

_PODS = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
_GROUPS = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
WORDS = ("cluster", "internet")


def check_security(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Pod groups, peers, and settings that another setting makes idle."""
    yield from _idle(spec)
    yield from _pod_groups(spec)
    yield from _blocks(spec)
    yield from _interfaces(spec, facts)


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
    balancers = spec.load_balancers
    if balancers.target_ports and balancers.backends == "controller":
        yield invalid(
            "load-balancer-ports",
            ("loadBalancers", "targetPorts"),
            "the load balancer controller opens the ports of its targets itself",
            value=f"{len(balancers.target_ports)} entries with backends: controller",
            limit="only with backends: shared or restricted",
            fix="set loadBalancers.backends: restricted, or remove targetPorts",
            source="https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/",
            note="N34",
        )


def _pod_groups(spec: ClusterSpec) -> Iterator[Diagnostic]:
    groups = spec.security.pod_groups
    if groups and not spec.cni.security_groups_for_pods:
        yield invalid(
            "pod-groups",
            ("security", "podGroups"),
            "pods get security groups of their own only when the VPC CNI does so",
            value=f"{len(groups)} groups with cni.securityGroupsForPods: false",
            limit="cni.securityGroupsForPods: true",
            fix="set cni.securityGroupsForPods: true",
            source=_PODS,
            note="N34",
        )
    names = Counter(one.name for one in groups)
    for number, group in enumerate(groups):
        path = ("security", "podGroups", number)
        if names[group.name] > 1 or group.name in WORDS:
            yield invalid(
                "pod-group-name",
                (*path, "name"),
                "this name is taken",
                value=group.name,
                limit=f"names that differ, other than {' and '.join(WORDS)}",
                fix="rename it",
                source=_PODS,
                note="N34",
            )
        for field, peers in (("ingress", group.ingress), ("egress", group.egress)):
            for index, one in enumerate(peers):
                yield from _peer(one, (*path, field, index, "peer"), set(names), spec)


def _peer(one: PeerSpec, path: tuple[str | int, ...], groups: set[str], spec: ClusterSpec) -> Iterator[Diagnostic]:
    if one.peer in WORDS or one.peer in groups:
        return
    try:
        network = ip_network(one.peer)
    except ValueError:
        yield invalid(
            "pod-group-peer",
            path,
            "neither a known word, nor a pod group, nor a block without host bits",
            value=one.peer,
            limit=f"{', '.join([*WORDS, *sorted(groups)])}, or a block such as 10.0.0.0/16",
            fix="name a pod group of this spec, or write a block",
            source=_PODS,
            note="N34",
        )
        return
    yield from _family(network.version, path, one.peer, spec)


def _family(version: int, path: tuple[str | int, ...], text: str, spec: ClusterSpec) -> Iterator[Diagnostic]:
    if version == 6 and spec.ip_family == "ipv4":
        yield invalid(
            "security-ipv6",
            path,
            "an IPv6 block in a cluster without IPv6",
            value=text,
            limit="IPv4 blocks with ipFamily: ipv4",
            fix="give an IPv4 block",
            source=_GROUPS,
            note="N35",
        )


def _blocks(spec: ClusterSpec) -> Iterator[Diagnostic]:
    for number, one in enumerate(spec.security.allow):
        yield from _family(ip_network(one.cidr).version, ("security", "allow", number, "cidr"), one.cidr, spec)


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
