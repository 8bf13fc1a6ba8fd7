"""From demands to subnets with addresses, tags and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.decisions import Ledger
from planner.design import Subnet, Tags
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.cidr import usable
from planner.network.demand import SubnetDemand, Tier
from planner.network.layout import (
    Placed,
    Request,
    Space,
    by_tier,
    grow,
    needed_length,
    place,
    place_split,
    prefix_capacity,
    requests,
    sizes_text,
    smallest_block,
)
from planner.network.zones import PlannedZone
from planner.spec.cluster import ClusterSpec
from planner.spec.network import ExistingSubnet

_PRIMARY = (Tier.NODE, Tier.PUBLIC, Tier.CLUSTER)
_TITLES = {
    Tier.NODE: "Node subnet",
    Tier.POD: "Pod subnet",
    Tier.PUBLIC: "Public subnet",
    Tier.CLUSTER: "Cluster subnet",
}


@dataclass(frozen=True, slots=True)
class PlannedSubnet:
    """A subnet of the plan with its tier; ``existing`` when it is already there."""

    tier: Tier
    zone: str
    subnet: Subnet
    existing: ExistingSubnet | None = None

    def room(self, facts: Facts) -> int:
        """Addresses that the cluster may take: what EC2 reports as free, else all usable ones."""
        told = self.existing.free if self.existing else None
        return usable(self.subnet.cidr, facts) if told is None else told


@dataclass(frozen=True, slots=True)
class Layout:
    """All subnets, the demands they were made for, and what could not be placed."""

    subnets: tuple[PlannedSubnet, ...]
    problems: tuple[Diagnostic, ...]

    def of(self, tier: Tier, zone: str | None = None) -> tuple[PlannedSubnet, ...]:
        """The subnets of a tier (in one zone)."""
        return tuple(one for one in self.subnets if one.tier is tier and zone in (None, one.zone))


def used_existing(spec: ClusterSpec, zones: Sequence[PlannedZone]) -> dict[tuple[Tier, str], list[ExistingSubnet]]:
    """Existing subnets that the spec gives to the cluster, by tier and zone."""
    found: dict[tuple[Tier, str], list[ExistingSubnet]] = {}
    for subnet in spec.vpc.subnets:
        if subnet.use == "other":
            continue
        for zone in zones:
            if subnet.zone in (zone.label, zone.id, zone.name):
                found.setdefault((Tier(subnet.use), zone.label), []).append(subnet)
    return found


def minimal_length(demands: Sequence[SubnetDemand], facts: Facts) -> int:
    """Prefix length of the block that holds the primary tiers with half of it free."""
    wanted = by_tier(requests(demands, facts), _PRIMARY)
    return smallest_block(wanted) - 1 if wanted else 28


def lay_out(
    brief: Brief,
    zones: Sequence[PlannedZone],
    demands: Sequence[SubnetDemand],
    primary: IPv4Network,
    secondary: tuple[IPv4Network, ...],
) -> Layout:
    """Place all subnets. Node, public and cluster subnets lie in the primary block (and in the
    secondary ones unless pods live there); pod subnets lie in the secondary blocks."""
    spec, facts, ledger = brief.spec, brief.facts, brief.ledger
    existing = used_existing(spec, zones)
    problems = [*_existing_shortage(existing, demands, spec, facts), *_pods_beyond_one_subnet(demands, facts)]
    open_demands = [one for one in demands if (one.tier, one.zone) not in existing]
    wanted = requests(open_demands, facts)
    taken = tuple(one.cidr for one in spec.vpc.subnets)
    custom = spec.cni.custom_networking
    first = Space((primary,), taken)
    everything = Space((primary,) if custom else (primary, *secondary), taken)
    pods = Space(secondary, taken)
    roomy = (spec.vpc.layout or ("minimal" if spec.vpc.id else "roomy")) == "roomy"

    near = by_tier(wanted, _PRIMARY)
    # the primary block alone where it suffices: secondary ones are often not routed elsewhere
    main = everything if place(near, first)[1] else first
    far = by_tier(wanted, (Tier.POD,))
    if roomy and not place(near, main)[1]:
        near = grow(near, Tier.NODE, main, facts, share=0.5)
    if roomy and far and not place(far, pods)[1]:
        far = grow(far, Tier.POD, pods, facts, share=1.0)
    placed, missing = place_split(near, main, facts)
    placed_pods, missing_pods = place_split(far, pods, facts)
    if missing:
        problems.append(_too_small(brief, near, missing, main, demands, _block_path(spec)))
    if missing_pods:
        problems.append(_too_small(brief, far, missing_pods, pods, demands, ("spec", "vpc", "secondaryCidrs")))
    by_label = {zone.label: zone for zone in zones}
    names = spec.vpc.subnet_names()
    subnets = [
        PlannedSubnet(tier, label, _existing(one, names[one.id], by_label[label]), one)
        for (tier, label), many in existing.items()
        for one in many
    ]
    fresh = _named(brief, {**placed, **placed_pods}, by_label)
    problems += _names_taken(spec, fresh)
    subnets += fresh
    subnets.sort(key=lambda one: one.subnet.name)
    if not problems:
        _record(demands, subnets, ledger, facts, roomy=roomy)
    return Layout(tuple(subnets), tuple(problems))


def _existing_shortage(
    existing: dict[tuple[Tier, str], list[ExistingSubnet]],
    demands: Sequence[SubnetDemand],
    spec: ClusterSpec,
    facts: Facts,
) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    for demand in demands:
        subnets = existing.get((demand.tier, demand.zone))
        if subnets is None:
            continue
        have = sum(usable(one.cidr, facts) if one.free is None else one.free for one in subnets)
        if have < demand.addresses:
            place_: Path = ("spec", "vpc", "subnets", spec.vpc.subnets.index(subnets[0]))
            names = ", ".join(one.id for one in subnets)
            problems.append(
                Diagnostic(
                    Kind.INFEASIBLE,
                    "subnet-full",
                    f"the existing {demand.tier} subnet of {demand.zone} is too small",
                    path=place_,
                    value=f"{demand.addresses} addresses needed",
                    limit=f"{have} free in {names}",
                    fix=f"list a further subnet with use: {demand.tier} there, or let the plan make one (use: other); needed for {_largest_items(demand)}",
                    source=facts.source("subnet.reserved"),
                    note="N29",
                )
            )
    return problems


def _pods_beyond_one_subnet(demands: Sequence[SubnetDemand], facts: Facts) -> list[Diagnostic]:
    """Zones whose pods need more than the one subnet that an ENIConfig names.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html
    """
    largest = facts.number("subnet.largest_prefix_length")
    most = (1 << (32 - largest)) - facts.number("subnet.reserved")
    return [
        Diagnostic(
            Kind.INFEASIBLE,
            "pod-subnet",
            f"custom networking has one subnet for the pods of a zone, and those of {demand.zone} need more than a /{largest}",
            path=("spec", "cni", "customNetworking"),
            value=f"{demand.addresses:,} addresses needed",
            limit=f"{most:,} in one subnet",
            fix=f"use more zones, smaller groups, fewer warm addresses, or IPv6; most are for {_largest_items(demand)}",
            source="https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html",
            note="N29",
        )
        for demand in demands
        if demand.tier is Tier.POD and needed_length(demand, facts) < largest
    ]


def _largest_items(demand: SubnetDemand) -> str:
    items = sorted(demand.items, key=lambda one: -one.addresses)[:3]
    return ", ".join(f"{one.name} {one.addresses:,}" for one in items)


def _block_path(spec: ClusterSpec) -> Path:
    """The field that decides about the VPC's primary block."""
    if spec.vpc.cidr is not None:
        return ("spec", "vpc", "cidr")
    return ("spec", "vpc", "pool") if spec.vpc.pool else ("spec", "vpc")


def _too_small(
    brief: Brief,
    wanted: Sequence[Request],
    missing: Sequence[Request],
    space: Space,
    demands: Sequence[SubnetDemand],
    path: Path,
) -> Diagnostic:
    """One diagnostic that says what is needed, what is there, and what would make it fit."""
    spec, facts = brief.spec, brief.facts
    pods = path[-1] == "secondaryCidrs"
    what = "the secondary blocks for pods" if pods else "the VPC's blocks"
    total = sum(one.size for one in wanted)
    free = space.free()
    fits = smallest_block(wanted)
    largest = facts.number("vpc.largest_prefix_length")
    fixes: list[str] = []
    if not spec.vpc.id and not pods:
        fixes.append(
            f"a VPC block of /{fits} or larger"
            if fits >= largest
            else f"{1 << (largest - fits)} blocks of /{largest} (vpc.secondaryCidrs)"
        )
    elif fits >= largest:
        fixes.append(f"a further block of /{fits} in vpc.secondaryCidrs")
    else:
        fixes.append(f"{1 << (largest - fits)} blocks of /{largest} in vpc.secondaryCidrs")
    largest_demand = max(demands, key=lambda one: one.addresses)
    most = f"the {largest_demand.tier} subnet of {largest_demand.zone} needs {largest_demand.addresses:,} addresses, most for {_largest_items(largest_demand)}"
    lacking = ", ".join(f"{one.tier} {one.zone} /{one.length}" for one in missing)
    blocks = ", ".join(map(str, space.blocks)) or "no blocks"
    return Diagnostic(
        Kind.INFEASIBLE,
        "addresses",
        f"the subnets do not fit into {what}: no room for {lacking}",
        path=path,
        value=f"{total:,} addresses needed ({sizes_text(wanted)})",
        limit=f"{free.addresses:,} free in {blocks}, largest free block {f'/{free.largest}' if free.largest is not None else 'none'}",
        fix=f"{fixes[0]}; {most}",
        source=facts.source("subnet.reserved"),
        note="N29",
    )


def _named(brief: Brief, placed: Placed, zones: dict[str, PlannedZone]) -> list[PlannedSubnet]:
    spec, name = brief.spec, brief.name
    ordered = sorted(placed.items(), key=lambda pair: (pair[0].tier, pair[0].zone, pair[0].part))
    parts: dict[tuple[Tier, str], int] = {}
    subnets: list[PlannedSubnet] = []
    ipv6 = spec.ip_family == "ipv6"
    for index, (request, cidr) in enumerate(ordered):
        number = parts[request.key] = parts.get(request.key, 0) + 1
        full = f"{name}-{request.tier}-{request.zone}" + (f"-{number}" if number > 1 else "")
        zone = zones[request.zone]
        public = request.tier is Tier.PUBLIC
        subnets.append(
            PlannedSubnet(
                request.tier,
                request.zone,
                Subnet(
                    name=full,
                    cidr=cidr,
                    zone_id=zone.id,
                    zone_name=zone.name,
                    ipv6_index=index if ipv6 else None,
                    map_public_ip=public and any(group.subnets == "public" for group in spec.node_groups),
                    assign_ipv6=ipv6,
                    tags=subnet_tags(spec, full, request.tier, name, first=number == 1),
                ),
            )
        )
    return subnets


def subnet_tags(spec: ClusterSpec, full_name: str, tier: Tier, cluster: str, *, first: bool = True) -> Tags:
    """Tags of a planned subnet: its name, the user's, and those that controllers look for (N33).

    Of several subnets of a tier in one zone only the first is tagged for load balancers: the
    controller would otherwise take the one whose id sorts first.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
    """
    tags = {**spec.tags, "Name": full_name}
    if tier is Tier.PUBLIC:
        tags |= {"kubernetes.io/role/elb": "1"} if first else {}
    if tier is Tier.NODE:
        tags |= {"kubernetes.io/role/internal-elb": "1"} if first else {}
        if any(addon.name == "karpenter" for addon in spec.addons):
            tags["karpenter.sh/discovery"] = cluster
    return tuple(sorted(tags.items()))


def _names_taken(spec: ClusterSpec, fresh: Sequence[PlannedSubnet]) -> list[Diagnostic]:
    """Existing subnets whose Name tag the plan is about to give to a subnet of its own."""
    names = {one.subnet.name for one in fresh}
    return [
        Diagnostic(
            Kind.INVALID,
            "subnet-name",
            "the plan makes a subnet of this name",
            path=("spec", "vpc", "subnets", number, "name"),
            value=one.name or "",
            limit="a name that no planned subnet has",
            fix="rename the cluster or the subnet, or leave the name out: it then goes by its id",
            note="N29",
        )
        for number, one in enumerate(spec.vpc.subnets)
        if one.name in names
    ]


def _existing(one: ExistingSubnet, name: str, zone: PlannedZone) -> Subnet:
    return Subnet(
        name=name,
        cidr=one.cidr,
        zone_id=zone.id,
        zone_name=zone.name,
        existing=True,
        id=one.id,
        free_addresses=one.free,
    )


def _record(
    demands: Sequence[SubnetDemand], subnets: Sequence[PlannedSubnet], ledger: Ledger, facts: Facts, *, roomy: bool
) -> None:
    """One decision for each subnet: every item, the sum, and why the block has its size."""
    for demand in demands:
        mine = [one for one in subnets if one.tier is demand.tier and one.zone == demand.zone]
        if not mine:
            continue
        reserved = facts.number("subnet.reserved")
        needed = needed_length(demand, facts)
        blocks = ", ".join(str(one.subnet.cidr) for one in mine)
        have = sum(one.room(facts) for one in mine)
        why = []
        if mine[0].existing:
            why.append("existing subnet, used as the spec says")
        elif len(mine) > 1:
            why.append(
                f"no single free block of /{needed}: {len(mine)} subnets together; "
                "AWS does not say how nodes divide between the subnets of a zone"
            )
        elif roomy and mine[0].subnet.cidr.prefixlen < needed:
            why.append(
                f"/{needed} carries the demand; the layout is roomy, so the subnet grew while half of the VPC stays free"
            )
        if demand.prefixes:
            why.append(
                f"{demand.prefixes} prefixes of /28 fit: an empty /{mine[0].subnet.cidr.prefixlen} has {prefix_capacity(mine[0].subnet.cidr.prefixlen)}"
            )
        ledger.add(
            f"subnet.{demand.tier}.{demand.zone}",
            f"{_TITLES[demand.tier]} of {demand.zone}",
            blocks,
            unit=f"with {have:,} usable addresses",
            formula="smallest block that holds all consumers and AWS's reserved addresses",
            worked=f"{' + '.join(str(item.addresses) for item in demand.items) or '0'} + {reserved} reserved = {demand.addresses + reserved} → /{needed}",
            inputs={
                **{item.name: f"{item.addresses} ({item.worked})" for item in demand.items},
                "reserved by AWS": reserved,
            },
            explanation="; ".join(why),
            source=facts.source("subnet.reserved"),
            note="N29",
        )
