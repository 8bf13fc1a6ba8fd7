"""Security groups as a spec asks for them (notes N34, N35)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid, notice
from planner.spec.cluster import ClusterSpec
from planner.spec.security import PeerSpec

_PODS = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
_GROUPS = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_TEMPLATES = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
_BALANCERS = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/"
_INTERNET = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
WORDS = ("cluster", "internet", "aws", "load-balancers")


def check_security(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Pod groups, peers, and settings that another setting makes idle."""
    yield from _idle(spec)
    yield from _pod_groups(spec, facts)
    yield from _blocks(spec, facts)
    yield from _interfaces(spec, facts)
    yield from _product(spec, facts)


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
            source=_BALANCERS,
            note="N34",
        )


def _pod_groups(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
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
        path: Path = ("security", "podGroups", number)
        if names[group.name] > 1 or group.name in WORDS:
            yield invalid(
                "pod-group-name",
                (*path, "name"),
                "this name is taken",
                value=group.name,
                limit=f"names that differ, other than {', '.join(WORDS)}",
                fix="rename it",
                source=_PODS,
                note="N34",
            )
        for field, peers in (("ingress", group.ingress), ("egress", group.egress)):
            for index, one in enumerate(peers):
                where = (*path, field, index, "peer")
                yield from _peer(one, where, set(names), spec)
                yield from _ways(one.peer, where, spec, facts)


def _peer(one: PeerSpec, path: Path, groups: set[str], spec: ClusterSpec) -> Iterator[Diagnostic]:
    """A peer that is none, or that does not call or is not called."""
    if one.peer in groups:
        return
    inward = "ingress" in path
    if one.peer in WORDS:
        if one.peer == ("aws" if inward else "load-balancers"):
            yield invalid(
                "pod-group-peer",
                path,
                "AWS services call no pods" if inward else "pods call no targets of load balancers",
                value=f"{one.peer} in {'ingress' if inward else 'egress'}",
                limit="aws in egress, load-balancers in ingress",
                fix="name who calls" if inward else "name cluster, or the block that the load balancer stands in",
                source=_PODS,
                note="N34",
            )
        return
    network = _network(one.peer)
    if network is None:
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


def _ways(peer: str, path: Path, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Peers that no route leads to, or from: the plan would not pass its own flow matrix."""
    network = _network(peer)
    public = peer == "internet" or (network is not None and not _private(network, facts))
    if "ingress" in path and public:
        yield invalid(
            "pod-group-internet",
            path,
            "nothing on the internet can call a pod: its interface has no public address",
            value=peer,
            limit="load-balancers, cluster, a pod group, or a connected network's private block",
            fix="let load balancers in: peer: load-balancers with loadBalancers.backends: restricted, or no entry where the load balancer controller opens its targets itself",
            source=_INTERNET,
            note="N34",
        )
    elif "ingress" in path and peer == "load-balancers" and spec.load_balancers.backends == "controller":
        yield invalid(
            "load-balancer-peer",
            path,
            "the load balancer controller opens the ports of its targets itself, from a group that it makes",
            value="load-balancers with loadBalancers.backends: controller",
            limit="only with backends: shared or restricted",
            fix="set loadBalancers.backends: restricted, or remove this entry and tag the pods' group for the controller",
            source=_BALANCERS,
            note="N34",
        )
    elif "ingress" not in path and (public or peer == "aws"):
        yield from _public_nodes(peer, path, spec)
        if public:
            yield from _no_way_out(peer, path, spec)


def _public_nodes(peer: str, path: Path, spec: ClusterSpec) -> Iterator[Diagnostic]:
    """Pods with groups of their own leave by their own interface, which never has a public address."""
    groups = [one.name for one in spec.node_groups if one.subnets == "public"]
    if groups and spec.nat != "none":
        yield invalid(
            "pod-group-public-nodes",
            path,
            "pods with groups of their own do not reach the internet from public subnets",
            value=f"{peer}, node groups {', '.join(groups)} with subnets: public",
            limit="nodes in private subnets, behind a NAT gateway",
            fix=f"set subnets: private for {', '.join(groups)}",
            source=_PODS,
            note="N34",
        )


def _no_way_out(peer: str, path: Path, spec: ClusterSpec) -> Iterator[Diagnostic]:
    if spec.nat == "none" and not any("node" in one.use for one in spec.vpc.subnets):
        yield invalid(
            "security-no-internet",
            path,
            "nodes and pods have no way to the internet",
            value=f"{peer} with nat: none",
            limit="private blocks of connected networks, or AWS services through VPC endpoints",
            fix="remove it, give the nodes a NAT gateway (nat: perZone)"
            + (", or write peer: aws for AWS services" if "egress" in path else ""),
            source="https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html",
            note="N07",
        )


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None


def _private(network: IPv4Network | IPv6Network, facts: Facts) -> bool:
    """Whether a block is no part of the internet: private by its registry, or shared address space."""
    shared = ip_network(str(facts["vpc.shared_address_space"].value))
    return network.is_private or (network.version == 4 and network.overlaps(shared))


def _family(version: int, path: Path, text: str, spec: ClusterSpec) -> Iterator[Diagnostic]:
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


def _blocks(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    for number, one in enumerate(spec.security.allow):
        path: Path = ("security", "allow", number, "cidr")
        network = ip_network(one.cidr)
        yield from _family(network.version, path, one.cidr, spec)
        if not _private(network, facts):
            yield from _no_way_out(one.cidr, path, spec)


def _interfaces(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Groups on one interface of a node: the spec's own, and the one that makes it a member."""
    quota = spec.quotas.security_groups_per_interface or facts.number("security_group.per_interface")
    for number, group in enumerate(spec.node_groups):
        count = len(set(group.security_groups)) + 1
        path = ("nodeGroups", number, "securityGroups")
        if group.security_groups and count > quota:
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
