"""What AWS counts in a VPC: blocks, subnets, IPv6 blocks, network address units (note N29)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind
from planner.network.demand import MOUNT_TARGETS, SubnetDemand, public_load_balancers
from planner.network.planned import Layout
from planner.network.spread import NodeSpread


def check_quotas(
    brief: Brief,
    secondary: Sequence[IPv4Network],
    layout: Layout,
    demands: Sequence[SubnetDemand],
    spreads: Sequence[NodeSpread],
) -> Iterator[Diagnostic]:
    """Refusals of a plan that would need a higher quota than the spec says the account has."""
    spec, facts = brief.spec, brief.facts
    if not spec.vpc.secondary_cidrs:  # those of the spec were counted when it was read
        yield from _over(
            "vpc-cidr-quota",
            "the pods need more blocks than a VPC may have",
            ("spec", "cni", "customNetworking"),
            1 + len(secondary),
            spec.quotas.vpc_cidrs,
            "vpcCidrs",
            "vpc.cidr_quota",
            facts,
        )
    count = len({one.subnet.name for one in layout.subnets} | {one.id for one in spec.vpc.subnets})
    yield from _over(
        "vpc-subnet-quota",
        "more subnets than a VPC may have",
        ("spec", "vpc"),
        count,
        spec.quotas.subnets,
        "subnets",
        "vpc.subnet_quota",
        facts,
    )
    if spec.ip_family == "ipv6":
        yield from _ipv6(layout, facts)
    units, worked = address_units(brief, demands, spreads)
    if not layout.problems:
        brief.ledger.add(
            "vpc.nau",
            "Network address usage",
            f"{units:,}",
            unit="units at peak",
            formula="Σ addresses + prefixes + further interfaces + 6 × (load balancers, NAT gateways, endpoints, mount targets in each zone)",
            worked=worked,
            source=facts.source("vpc.nau_quota"),
            note="N29",
        )
    yield from _over(
        "vpc-nau",
        "the VPC would count more network address units than it may have",
        ("spec",),
        units,
        spec.quotas.network_address_usage,
        "networkAddressUsage",
        "vpc.nau_quota",
        facts,
        more=", use prefix mode (a prefix counts 1, not 16), or fewer nodes",
    )


def _over(  # noqa: PLR0913, PLR0917 - every part of the message
    code: str,
    summary: str,
    path: tuple[str | int, ...],
    count: int,
    raised: int | None,
    field: str,
    fact: str,
    facts: Facts,
    more: str = ", or use fewer",
) -> Iterator[Diagnostic]:
    quota = raised or facts.number(fact)
    most = facts.number(f"{fact}_most") if f"{fact}_most" in facts else count
    raising = f"have the quota raised first and say quotas.{field}: {count}"
    if count > most:  # no support case helps
        raising = f"divide the cluster among several VPCs ({most:,} is the highest that AWS grants)"
    if count > quota:
        yield Diagnostic(
            Kind.INFEASIBLE,
            code,
            summary,
            path=path,
            value=f"{count:,}",
            limit=f"{quota:,} ({'as quotas says' if raised else 'default'}; {facts[fact].note})",
            fix=f"{raising}{more}",
            source=facts.source(fact),
            note="N29",
        )


def _ipv6(layout: Layout, facts: Facts) -> Iterator[Diagnostic]:
    """A /56 has 256 blocks of /64, one for each subnet."""
    most = 1 << (facts.number("subnet.ipv6_prefix_length") - facts.number("vpc.ipv6_prefix_length"))
    count = sum(one.subnet.ipv6_index is not None for one in layout.unique)
    if count > most:
        yield Diagnostic(
            Kind.INFEASIBLE,
            "ipv6-subnets",
            "more subnets than the VPC's IPv6 block has /64 blocks",
            path=("spec", "ipFamily"),
            value=f"{count}",
            limit=f"{most} blocks of /64 in a /56",
            fix="use fewer zones or fewer subnets",
            source=facts.source("vpc.ipv6_prefix_length"),
            note="N29",
        )


def address_units(brief: Brief, demands: Sequence[SubnetDemand], spreads: Sequence[NodeSpread]) -> tuple[int, str]:
    """Network address units of the VPC with every group at its peak and being updated, and how they come.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html
    """
    weights = brief.facts.table("vpc.nau_weights")
    spec, zones = brief.spec, len({one.zone for one in demands})
    addresses = sum(one.singles for one in demands) * weights["address"]
    prefixes = sum(one.prefixes for one in demands) * weights["prefix"]
    further = sum(
        (one.peak + one.surge) * max(one.footprint.interfaces - (0 if one.footprint.pod_subnet else 1), 0)
        for one in spreads
    )
    interfaces = further * weights["interface"]
    names = [item.name for one in demands for item in one.items]
    targets = sum(item.addresses for one in demands for item in one.items if item.name == MOUNT_TARGETS)
    heavy = targets * weights["efs_mount_target"]
    heavy += sum(name == "NAT gateway" for name in names) * weights["nat_gateway"]
    services = next((item.addresses for one in demands for item in one.items if item.name == "interface endpoints"), 0)
    heavy += services * zones * weights["vpc_endpoint"]
    balancers = spec.load_balancers.internal + public_load_balancers(spec)
    heavy += balancers * zones * weights["load_balancer"]
    if spec.ip_family == "ipv6":
        prefixes += sum(one.peak + one.surge for one in spreads) * weights["prefix"]
    return (
        addresses + prefixes + interfaces + heavy,
        f"{addresses:,} addresses + {prefixes:,} prefixes + {interfaces:,} further interfaces + {heavy:,} for gateways, endpoints and balancers",
    )
