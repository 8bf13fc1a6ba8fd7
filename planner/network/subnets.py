"""From demands to subnets with addresses, tags and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import count

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.design import Subnet, Tags
from planner.diagnostics import Diagnostic
from planner.network.cidr import usable
from planner.network.demand import DemandItem, SubnetDemand, Tier
from planner.network.existing_tags import existing_tags, record_existing_tags
from planner.network.kept import Kept, KeptSubnet
from planner.network.layout import Placed, Request, Space, by_tier, grow, place, place_split, requests, smallest_block
from planner.network.planned import Layout, PlannedSubnet
from planner.network.prefixes import blocks, blocks_needed, reservations, reserved_room, usable_singles
from planner.network.subnet_checks import (
    block_path,
    existing_shortage,
    names_taken,
    pod_subnet_outgrown,
    pods_beyond_one_subnet,
    too_small,
)
from planner.network.subnet_record import record
from planner.network.zones import PlannedZone
from planner.spec.addons import uses_karpenter
from planner.spec.cluster import ClusterSpec
from planner.spec.network import ExistingSubnet

_PRIMARY = (Tier.NODE, Tier.PUBLIC, Tier.CLUSTER)


def used_existing(spec: ClusterSpec, zones: Sequence[PlannedZone]) -> dict[tuple[Tier, str], list[ExistingSubnet]]:
    """Existing subnets that the spec gives to the cluster, by tier and zone."""
    found: dict[tuple[Tier, str], list[ExistingSubnet]] = {}
    for subnet in spec.vpc.subnets:
        for use in dict.fromkeys(subnet.use):
            if use == "other":
                continue
            for zone in zones:
                if subnet.zone in (zone.label, zone.id, zone.name):
                    found.setdefault((Tier(use), zone.label), []).append(subnet)
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
    kept: Kept | None = None,
) -> Layout:
    """Place all subnets. Node, public and cluster subnets lie in the primary block (and in the
    secondary ones unless pods live there); pod subnets lie in the secondary blocks.

    ``demands`` are those of ``sharing.share``. Subnets of ``kept`` stay where they are; where they
    no longer suffice further ones are added.
    """
    spec, facts, ledger = brief.spec, brief.facts, brief.ledger
    existing = used_existing(spec, zones)
    problems = [*existing_shortage(existing, demands, spec, facts), *pods_beyond_one_subnet(demands, facts)]
    still_open, outgrown = _beyond_kept([one for one in demands if (one.tier, one.zone) not in existing], kept, facts)
    problems += outgrown
    wanted = _like_siblings(requests(still_open, facts), kept)
    least = requests(still_open, facts)
    taken = (*(one.cidr for one in spec.vpc.subnets), *(one.cidr for one in (kept.subnets if kept else ())))
    custom = spec.cni.custom_networking
    first = Space((primary,), taken)
    everything = Space((primary,) if custom else (primary, *secondary), taken)
    pods = Space(secondary, taken)
    roomy = (spec.vpc.layout or ("minimal" if spec.vpc.id else "roomy")) == "roomy"

    # the primary block alone where it suffices: secondary ones are often not routed elsewhere
    near = by_tier(wanted, _PRIMARY)
    if place(near, first)[1] and place(near, everything)[1]:
        near = by_tier(least, _PRIMARY)
    main = everything if place(near, first)[1] else first
    far = by_tier(wanted, (Tier.POD,))
    if place(far, pods)[1]:
        far = by_tier(least, (Tier.POD,))
    if roomy and kept is None and not place(near, main)[1]:
        near = grow(near, Tier.NODE, main, facts, share=0.5)
    if roomy and kept is None and far and not place(far, pods)[1]:
        far = grow(far, Tier.POD, pods, facts, share=1.0)
    placed, missing = place_split(near, main, facts)
    placed_pods, missing_pods = place_split(far, pods, facts)
    if missing:
        settled = bool(spec.vpc.id) or kept is not None
        problems.append(too_small(brief, near, missing, main, demands, block_path(spec), settled=settled))
    if missing_pods:
        problems.append(
            too_small(brief, far, missing_pods, pods, demands, ("spec", "vpc", "secondaryCidrs"), settled=True)
        )
    by_label = {zone.label: zone for zone in zones}
    names = spec.vpc.subnet_names()
    tags = existing_tags(spec, existing)
    subnets = [
        PlannedSubnet(tier, label, _existing(one, names[one.id], by_label[label], tags.get(one.id, ())), one)
        for (tier, label), many in existing.items()
        for one in many
    ]
    fresh = _named(brief, {**placed, **placed_pods}, by_label, kept, demands)
    problems += names_taken(spec, [one.subnet.name for one in fresh])
    subnets += _reserved(fresh, demands, kept)
    subnets += _also_serving(subnets, demands, existing)
    subnets.sort(key=lambda one: (one.subnet.name, one.tier))
    if not problems:
        record(demands, subnets, ledger, facts, roomy=roomy)
        record_existing_tags(brief, existing, names)
    return Layout(tuple(subnets), tuple(problems))


def _beyond_kept(
    demands: Sequence[SubnetDemand], kept: Kept | None, facts: Facts
) -> tuple[list[SubnetDemand], list[Diagnostic]]:
    """What kept subnets do not hold, and pods that would need a second subnet in a zone."""
    beyond: list[SubnetDemand] = []
    problems: list[Diagnostic] = []
    for demand in demands:
        mine = kept.of(demand.tier, demand.zone) if kept else ()
        if not mine:
            beyond.append(demand)
            continue
        have = sum(usable(one.cidr, facts) for one in mine) - (len(mine) - 1) * (demand.batch - 1)
        singles, prefixes = _kept_room(mine, demand)
        if have >= demand.addresses and singles >= demand.singles and prefixes >= demand.prefixes:
            continue
        if demand.tier is Tier.POD:
            problems.append(pod_subnet_outgrown(demand, [str(one.cidr) for one in mine], have))
            continue
        short = max(demand.addresses - have, 0)
        if demand.prefixes:
            prefixes = max(demand.prefixes - prefixes, 0)
            short = max(demand.singles - singles, 0) + 16 * prefixes
        else:
            prefixes = 0
        rest = DemandItem("beyond the subnets that are there", short + demand.batch - 1, "", "", prefixes=prefixes)
        beyond.append(replace(demand, items=(rest,)))
    return beyond, problems


def _kept_room(mine: Sequence[KeptSubnet], demand: SubnetDemand) -> tuple[int, int]:
    """(single addresses, prefixes) that kept subnets hold beside each other."""
    if not demand.prefixes:
        return demand.addresses, 0
    total = sum(blocks(one.cidr.prefixlen) for one in mine)
    rooms = [_cut(one.cidr, one.reservations, demand, total)[1] for one in mine]
    return sum(one[0] for one in rooms), sum(one[1] for one in rooms)


def _cut(
    cidr: IPv4Network, before: Sequence[IPv4Network], demand: SubnetDemand, total: int
) -> tuple[tuple[IPv4Network, ...], tuple[int, int]]:
    """Reservations of a subnet, and its (single addresses, prefixes): those of the earlier plan where
    they still do, else new ones for its part of the demand's subnets, which have ``total`` /28 blocks."""
    whole = blocks(cidr.prefixlen)
    singles, prefixes = -(-demand.singles * whole // total), -(-demand.prefixes * whole // total)
    room = reserved_room(cidr, before)
    if before and room[0] >= singles and room[1] >= prefixes:
        return tuple(before), room
    if blocks_needed(singles, prefixes) > whole:  # as much of both as there is, in proportion
        share = blocks_needed(singles, prefixes)
        prefixes = max(prefixes * whole // share - 1, 0)
        singles = max(min(singles, (whole - prefixes - 1) * 16 - 4), 0)
    if not prefixes or blocks_needed(singles, prefixes) > whole:
        return (), (usable_singles(cidr), 0)
    made = reservations(cidr, singles, prefixes)
    return made, reserved_room(cidr, made)


def _like_siblings(wanted: Sequence[Request], kept: Kept | None) -> list[Request]:
    """Subnets of a new zone are as large as the smallest of their tier in the other zones."""
    if kept is None:
        return list(wanted)
    lengths: dict[Tier, int] = {}
    for one in kept.subnets:
        lengths[one.tier] = max(lengths.get(one.tier, 0), one.cidr.prefixlen)
    return [
        one
        if kept.of(one.tier, one.zone) or one.tier not in lengths
        else replace(one, length=min(one.length, lengths[one.tier]))
        for one in wanted
    ]


def _named(
    brief: Brief, placed: Placed, zones: dict[str, PlannedZone], kept: Kept | None, demands: Sequence[SubnetDemand]
) -> list[PlannedSubnet]:
    """The subnets that the plan makes, those of an earlier plan first, with names and tags."""
    name = brief.name
    before = [one for one in (kept.subnets if kept else ()) if one.zone in zones]
    asked = {(one.tier, one.zone) for one in demands}
    before = [one for one in before if (one.tier, one.zone) in asked]
    parts: dict[tuple[Tier, str], int] = {}
    indexes = {one.ipv6_index for one in (kept.subnets if kept else ())}
    counts: dict[tuple[Tier, str], int] = {}
    for key in [(one.tier, one.zone) for one in before] + [one.key for one in placed]:
        counts[key] = counts.get(key, 0) + 1
    subnets: list[PlannedSubnet] = []
    for one in before:
        key = (one.tier, one.zone)
        number = parts[key] = parts.get(key, 0) + 1
        subnets.append(
            _made(
                brief, key, one.name, one.cidr, one.ipv6_index, zones[one.zone], first=number == 1, many=counts[key] > 1
            )
        )
    names = {one.name for one in (kept.subnets if kept else ())}
    free_indexes = (index for index in count() if index not in indexes)
    for request, cidr in sorted(placed.items(), key=lambda pair: (pair[0].tier, pair[0].zone, pair[0].part)):
        number = parts[request.key] = parts.get(request.key, 0) + 1
        full = _free_name(f"{name}-{request.tier}-{request.zone}", number, names)
        names.add(full)
        zone = zones[request.zone]
        subnets.append(
            _made(
                brief,
                request.key,
                full,
                cidr,
                next(free_indexes),
                zone,
                first=number == 1,
                many=counts[request.key] > 1,
            )
        )
    return subnets


def _free_name(stem: str, number: int, taken: set[str]) -> str:
    """The stem, with a number from 2 on."""
    while True:
        full = stem if number == 1 else f"{stem}-{number}"
        if full not in taken:
            return full
        number += 1


def _made(
    brief: Brief,
    key: tuple[Tier, str],
    full: str,
    cidr: IPv4Network,
    index: int | None,
    zone: PlannedZone,
    *,
    first: bool,
    many: bool,
) -> PlannedSubnet:
    spec, (tier, label) = brief.spec, key
    ipv6 = spec.ip_family == "ipv6"
    return PlannedSubnet(
        tier,
        label,
        Subnet(
            name=full,
            cidr=cidr,
            zone_id=zone.id,
            zone_name=zone.name,
            ipv6_index=index if ipv6 else None,
            map_public_ip=tier is Tier.PUBLIC and any(group.subnets == "public" for group in spec.node_groups),
            assign_ipv6=ipv6,
            tags=subnet_tags(spec, full, tier, brief.name, first=first, many=many),
        ),
    )


def _reserved(
    fresh: Sequence[PlannedSubnet], demands: Sequence[SubnetDemand], kept: Kept | None
) -> list[PlannedSubnet]:
    """The subnets with CIDR reservations for the prefixes that they must hold."""
    before = {one.name: one.reservations for one in (kept.subnets if kept else ())}
    found: list[PlannedSubnet] = []
    for one in fresh:
        demand = next((d for d in demands if d.tier is one.tier and d.zone == one.zone), None)
        if demand is None or not demand.prefixes:
            found.append(one)
            continue
        siblings = [other for other in fresh if other.tier is one.tier and other.zone == one.zone]
        total = sum(blocks(other.subnet.cidr.prefixlen) for other in siblings)
        made, _ = _cut(one.subnet.cidr, before.get(one.subnet.name, ()), demand, total)
        found.append(replace(one, subnet=replace(one.subnet, prefix_reservations=made)))
    return found


def _also_serving(
    subnets: Sequence[PlannedSubnet],
    demands: Sequence[SubnetDemand],
    existing: Mapping[tuple[Tier, str], Sequence[ExistingSubnet]],
) -> list[PlannedSubnet]:
    """Subnets of merged demands again, for the other tiers whose part they play. EKS's own interfaces
    keep to the first subnet of a zone, so that further ones never change the cluster."""
    again: list[PlannedSubnet] = []
    for demand in demands:
        mine = [one for one in subnets if one.tier is demand.tier and one.zone == demand.zone]
        for tier in demand.serves:
            if (tier, demand.zone) not in existing:
                again += [replace(one, tier=tier) for one in (mine[:1] if tier is Tier.CLUSTER else mine)]
    return again


def subnet_tags(
    spec: ClusterSpec, full_name: str, tier: Tier, cluster: str, *, first: bool = True, many: bool = False
) -> Tags:
    """Tags of a planned subnet: its name, the user's, and those that controllers look for (N33).

    Of several subnets of a tier in one zone only the first is tagged for load balancers: the
    controller would otherwise take the one whose id sorts first. All of several carry the CNI's tag: a
    node's further interfaces then go where most is free.
    Sources: https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html,
    https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/README.md (ENABLE_SUBNET_DISCOVERY)
    """
    tags = {**spec.tags, "Name": full_name}
    if tier is Tier.PUBLIC:
        tags |= {"kubernetes.io/role/elb": "1"} if first else {}
    if tier is Tier.NODE:
        tags |= {"kubernetes.io/role/internal-elb": "1"} if first else {}
        if many:
            tags["kubernetes.io/role/cni"] = "1"
        if uses_karpenter(spec):
            tags["karpenter.sh/discovery"] = cluster
    return tuple(sorted(tags.items()))


def _existing(one: ExistingSubnet, name: str, zone: PlannedZone, added: Tags) -> Subnet:
    return Subnet(
        name=name,
        cidr=one.cidr,
        zone_id=zone.id,
        zone_name=zone.name,
        added_tags=added,
        existing=True,
        id=one.id,
        free_addresses=one.free,
    )
