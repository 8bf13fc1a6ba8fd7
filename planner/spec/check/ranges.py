"""Service block, hybrid networks, and blocks that must be avoided (notes N29, N41)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.check.made import invalid
from planner.spec.check.vpc import Named, networks, private_or_shared
from planner.spec.cluster import ClusterSpec


def check_ranges(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Each range where it may be, and none overlapping another one that traffic must tell apart."""
    yield from _service(spec, facts)
    yield from _hybrid(spec, facts)
    groups = _groups(spec)
    for number, (mine, others) in enumerate(_pairs(groups)):
        del number
        path, what, cidr = mine
        for _, other_what, other in others:
            if cidr.overlaps(other):
                yield invalid(
                    "cidr-overlap",
                    path,
                    f"{what} overlaps {other_what}",
                    value=str(cidr),
                    limit=f"clear of {other}",
                    fix=f"choose a block that does not touch {other}",
                    note="N41",
                )


def _groups(spec: ClusterSpec) -> list[list[Named]]:
    """Ranges in groups; ranges of one group may overlap each other, those of two may not."""
    vpc = spec.vpc
    own: list[Named] = [(("vpc", "cidr"), "the VPC's block", vpc.cidr)] if vpc.cidr else []
    own += [
        (("vpc", "secondaryCidrs", n), "the VPC's secondary block", cidr) for n, cidr in enumerate(vpc.secondary_cidrs)
    ]
    avoid: list[Named] = [
        (("avoid", n), "a block to avoid" if one.name == "avoid" else f"{one.name!r} to avoid", one.cidr)
        for n, one in enumerate(spec.avoid)
    ]
    service: list[Named] = [(("serviceCidr",), "the service block", spec.service_cidr)] if spec.service_cidr else []
    hybrid: list[Named] = []
    if spec.hybrid:
        hybrid += [
            (("hybrid", "nodeCidrs", n), "the hybrid node block", cidr) for n, cidr in enumerate(spec.hybrid.node_cidrs)
        ]
        hybrid += [
            (("hybrid", "podCidrs", n), "the hybrid pod block", cidr) for n, cidr in enumerate(spec.hybrid.pod_cidrs)
        ]
    # a hybrid network is usually also one to avoid, so those two may overlap
    return [avoid, own, hybrid, service]


def _pairs(groups: list[list[Named]]) -> Iterator[tuple[Named, list[Named]]]:
    avoid, own, hybrid, service = groups
    for one in own:
        yield one, avoid
    for one in hybrid:
        yield one, own
    for one in service:
        yield one, [*own, *avoid, *hybrid]


def _service(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    cidr = spec.service_cidr
    if cidr is None:
        return
    if spec.ip_family == "ipv6":
        yield invalid(
            "service-ipv6",
            ("serviceCidr",),
            "an IPv6 cluster gets its service range from EKS",
            value=str(cidr),
            limit="none with ipFamily: ipv6",
            fix="remove serviceCidr",
            source=facts.source("service.largest_prefix_length"),
            note="N41",
        )
        return
    low, high = facts.number("service.largest_prefix_length"), facts.number("service.smallest_prefix_length")
    if not low <= cidr.prefixlen <= high:
        yield invalid(
            "service-size",
            ("serviceCidr",),
            f"the service block is a /{cidr.prefixlen}",
            value=str(cidr),
            limit=f"/{low} to /{high}",
            fix="use a /16 (65,536 services) or a /20",
            source=facts.source("service.largest_prefix_length"),
            note="N41",
        )
    if not any(cidr.subnet_of(block) for block in networks(facts, "vpc.rfc1918")):
        yield invalid(
            "service-private",
            ("serviceCidr",),
            "the service block is not private",
            value=str(cidr),
            limit="10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
            fix="use 172.20.0.0/16 or 10.100.0.0/16",
            source=facts.source("service.largest_prefix_length"),
            note="N41",
        )


def _hybrid(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    if spec.hybrid is None:
        return
    if spec.ip_family == "ipv6":
        yield invalid(
            "hybrid-ipv6",
            ("hybrid",),
            "hybrid nodes need an IPv4 cluster",
            value="ipv6",
            limit="ipFamily: ipv4",
            fix="use ipFamily: ipv4, or remove hybrid",
            source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html",
        )
    named: list[Named] = [
        (("hybrid", "nodeCidrs", n), "hybrid node block", one) for n, one in enumerate(spec.hybrid.node_cidrs)
    ]
    pods: list[Named] = [
        (("hybrid", "podCidrs", n), "hybrid pod block", one) for n, one in enumerate(spec.hybrid.pod_cidrs)
    ]
    for path, what, cidr in (*named, *pods):
        if not private_or_shared(cidr, facts):
            yield invalid(
                "hybrid-private",
                path,
                f"the {what} is not private",
                value=str(cidr),
                limit="RFC 1918 or 100.64.0.0/10",
                fix="use the private block that the remote network has",
                source="https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteNetworkConfigRequest.html",
            )
    for path, _, cidr in pods:
        clash: IPv4Network | None = next((node for _, _, node in named if node.overlaps(cidr)), None)
        if clash is not None:
            yield invalid(
                "cidr-overlap",
                path,
                "the hybrid pod block overlaps a hybrid node block",
                value=str(cidr),
                limit=f"clear of {clash}",
                fix="give pods a block of their own",
                source="https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteNetworkConfigRequest.html",
            )
