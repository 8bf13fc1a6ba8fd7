"""Pods with security groups of their own: names, peers, and ways that no route leads (note N34)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.cluster import ClusterSpec
from planner.spec.security import PeerSpec

_PODS = "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html"
_GROUPS = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_BALANCERS = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/"
_INTERNET = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
WORDS = ("cluster", "internet", "aws", "load-balancers")


def check_pod_groups(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Groups that the VPC CNI does not give, names that are taken, and peers that cannot be."""
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
    yield from family(network.version, path, one.peer, spec)


def _ways(peer: str, path: Path, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Peers that no route leads to, or from: the plan would not pass its own flow matrix."""
    network = _network(peer)
    public = peer == "internet" or (network is not None and not is_private(network, facts))
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
            yield from no_way_out(peer, path, spec)


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


def no_way_out(peer: str, path: Path, spec: ClusterSpec) -> Iterator[Diagnostic]:
    """A peer on the internet where nothing leads there; of existing node subnets the routes are not known."""
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


def is_private(network: IPv4Network | IPv6Network, facts: Facts) -> bool:
    """Whether a block is no part of the internet: private by its registry, or shared address space."""
    shared = ip_network(str(facts["vpc.shared_address_space"].value))
    return network.is_private or (network.version == 4 and network.overlaps(shared))


def family(version: int, path: Path, text: str, spec: ClusterSpec) -> Iterator[Diagnostic]:
    """A block of a family that the cluster does not have."""
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
