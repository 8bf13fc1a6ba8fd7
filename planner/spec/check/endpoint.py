"""Access to the Kubernetes API (note N04) and clusters without internet (N07)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic
from planner.spec.check.made import invalid, notice
from planner.spec.check.vpc import networks
from planner.spec.cluster import ClusterSpec

_SOURCE = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"
_PRIVATE = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"


def check_endpoint(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """The four combinations of endpoint access and what each needs."""
    endpoint = spec.endpoint
    if not endpoint.private and not endpoint.public:
        yield invalid(
            "endpoint-none",
            ("endpoint",),
            "nobody could reach the Kubernetes API",
            value="private: false, public: false",
            limit="at least one of the two",
            fix="set endpoint.private: true",
            source=_SOURCE,
            note="N04",
        )
    if endpoint.public and not endpoint.public_cidrs:
        yield invalid(
            "endpoint-open",
            ("endpoint", "public"),
            "the public endpoint would be open to the whole internet",
            value="public: true without publicCidrs",
            limit="explicit blocks",
            fix='add publicCidrs with your own blocks, or "0.0.0.0/0" if everyone is meant',
            source=_SOURCE,
            note="N04",
        )
    if endpoint.public_cidrs and not endpoint.public:
        yield invalid(
            "endpoint-cidrs",
            ("endpoint", "publicCidrs"),
            "blocks for a public endpoint that is off",
            value="public: false",
            limit="only with public: true",
            fix="set endpoint.public: true, or remove publicCidrs",
            source=_SOURCE,
            note="N04",
        )
    if endpoint.private_cidrs and not endpoint.private:
        yield invalid(
            "endpoint-cidrs",
            ("endpoint", "privateCidrs"),
            "blocks for a private endpoint that is off",
            value="private: false",
            limit="only with private: true",
            fix="set endpoint.private: true, or remove privateCidrs",
            source=_SOURCE,
            note="N04",
        )
    if spec.nat == "none" and not endpoint.private:
        yield invalid(
            "endpoint-private",
            ("endpoint", "private"),
            "nodes without internet reach the API only through the private endpoint",
            value="nat: none, private: false",
            limit="private: true",
            fix="set endpoint.private: true, or give the nodes a NAT gateway",
            source=_PRIVATE,
            note="N07",
        )
    yield from _public_cidrs(spec, facts)
    open_to_all = any(ip_network(one).prefixlen == 0 for one in endpoint.public_cidrs)
    if endpoint.public and not endpoint.private and not open_to_all:
        yield notice(
            "endpoint-public-only",
            ("endpoint", "private"),
            "nodes leave the VPC to reach the API, so publicCidrs must hold their NAT addresses",
            value="private: false",
            limit="private: true",
            fix="set endpoint.private: true; then nodes stay inside the VPC",
            source=_SOURCE,
            note="N04",
        )
    if spec.hybrid and endpoint.public and endpoint.private:
        yield notice(
            "endpoint-hybrid",
            ("endpoint",),
            "with both endpoints the name resolves to public addresses outside the VPC, also for hybrid nodes",
            value="private and public",
            limit="one of the two",
            fix="use one endpoint with hybrid nodes",
            source=_SOURCE,
            note="N04",
        )


def _public_cidrs(spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    cidrs = spec.endpoint.public_cidrs
    quota = facts.number("cluster.public_cidr_quota")
    if len(cidrs) > quota:
        yield invalid(
            "endpoint-quota",
            ("endpoint", "publicCidrs"),
            "too many blocks",
            value=str(len(cidrs)),
            limit=f"{quota}, not adjustable",
            fix="join neighbouring blocks, or use the private endpoint over VPN",
            source=facts.source("cluster.public_cidr_quota"),
            note="N04",
        )
    seen: set[str] = set()
    for number, text in enumerate(cidrs):
        path = ("endpoint", "publicCidrs", number)
        if text in seen:
            yield invalid(
                "endpoint-twice",
                path,
                "this block is listed twice",
                value=text,
                fix="remove one of the two",
                source=_SOURCE,
                note="N04",
            )
        seen.add(text)
        network = ip_network(text)
        if not isinstance(network, IPv4Network):
            if spec.ip_family == "ipv4":
                yield invalid(
                    "endpoint-ipv6",
                    path,
                    "an IPv4 cluster's endpoint takes no IPv6 blocks",
                    value=text,
                    limit="IPv4 blocks",
                    fix="give IPv4 blocks",
                    source=_SOURCE,
                    note="N04",
                )
            continue
        reserved = next(
            (block for block in networks(facts, "cluster.reserved_public_cidrs") if network.subnet_of(block)), None
        )
        if reserved is not None:
            yield invalid(
                "endpoint-reserved",
                path,
                "a reserved block never reaches a public endpoint",
                value=text,
                limit=f"nothing in {reserved}",
                fix="give the public addresses that people and NAT gateways come from; put private blocks into privateCidrs",
                source=_SOURCE,
                note="N04",
            )
