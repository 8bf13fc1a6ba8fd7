"""What keeps subnets from being laid out, each with what is needed, what there is and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.capacity.brief import Brief
from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.cidr import usable
from planner.network.demand import CLUSTER_ITEMS, SubnetDemand, Tier
from planner.network.layout import Request, Space, needed_length, sizes_text, smallest_block
from planner.network.prefixes import whole_blocks
from planner.spec.cluster import ClusterSpec
from planner.spec.network import ExistingSubnet

_PREFIXES = "https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html"


def existing_shortage(
    existing: Mapping[tuple[Tier, str], Sequence[ExistingSubnet]],
    demands: Sequence[SubnetDemand],
    spec: ClusterSpec,
    facts: Facts,
) -> Iterator[Diagnostic]:
    """Existing subnets that cannot hold what the spec gives them."""
    for demand in demands:
        tiers = (demand.tier, *demand.serves)
        subnets = list({one.id: one for tier in tiers for one in existing.get((tier, demand.zone), ())}.values())
        mine = existing.get((demand.tier, demand.zone), ())
        if not mine:
            continue
        yield from _too_full(demand, mine, spec, facts)
        yield from _fragmented(demand, mine, spec)
        if Tier.CLUSTER in tiers:
            for one in subnets:
                if "cluster" in one.use:
                    yield from _cluster_subnet(one, spec, facts)


def _free(one: ExistingSubnet, facts: Facts) -> int:
    return usable(one.cidr, facts) if one.free is None else one.free


def _path(one: ExistingSubnet, spec: ClusterSpec) -> Path:
    return ("spec", "vpc", "subnets", spec.vpc.subnets.index(one))


def _too_full(
    demand: SubnetDemand, subnets: Sequence[ExistingSubnet], spec: ClusterSpec, facts: Facts
) -> Iterator[Diagnostic]:
    have = sum(_free(one, facts) for one in subnets)
    lost = (len(subnets) - 1) * (demand.batch - 1)  # leftovers too small for a whole interface
    if have - lost >= demand.addresses:
        return
    names = ", ".join(one.id for one in subnets)
    shared = Tier.CLUSTER in demand.serves
    yield Diagnostic(
        Kind.INFEASIBLE,
        "subnet-full",
        f"the existing {demand.tier} subnet of {demand.zone} is too small",
        path=_path(subnets[0], spec),
        value=f"{demand.addresses} addresses needed",
        limit=f"{have} free in {names}"
        + (f", of which {lost} may be left over in pieces smaller than an interface's {demand.batch}" if lost else ""),
        fix=f"list a further subnet with use: {demand.tier} there, or let the plan make one (use: other); needed for {largest_items(demand)}"
        + (f", and for EKS itself: {_for_eks(demand)}" if shared else ""),
        source=facts.source("cluster.update_free" if shared else "subnet.reserved"),
        note="N31" if shared else "N29",
    )


def _for_eks(demand: SubnetDemand) -> str:
    """What a subnet that the cluster shares must hold for EKS."""
    return ", ".join(f"{one.name} {one.addresses}" for one in demand.items if one.name in CLUSTER_ITEMS)


def _cluster_subnet(one: ExistingSubnet, spec: ClusterSpec, facts: Facts) -> Iterator[Diagnostic]:
    """Free addresses are judged in each cluster subnet: EKS asks for them in every one."""
    most, update = facts.number("cluster.interfaces_max"), facts.number("cluster.update_free")
    have = _free(one, facts)
    if have < most + update:
        yield Diagnostic(
            Kind.INFEASIBLE,
            "cluster-subnet-full",
            f"{one.id} has too few free addresses for EKS's own interfaces and its updates",
            path=_path(one, spec),
            value=f"{most + update} addresses needed ({most} interfaces, {update} free in each cluster subnet for an update)",
            limit=f"{have} free in {one.cidr}",
            fix="use another subnet for the cluster, or let the plan make a /28 in each zone (use: other)",
            source=facts.source("cluster.update_free"),
            note="N31",
        )


def _fragmented(demand: SubnetDemand, subnets: Sequence[ExistingSubnet], spec: ClusterSpec) -> Iterator[Diagnostic]:
    """Prefixes need whole /28 blocks, and the number of free addresses does not show how many there are."""
    if not demand.prefixes:
        return
    fewest = most = 0
    for one in subnets:
        low, high = whole_blocks(one.cidr, one.free)
        known = one.free_prefixes is not None
        fewest += min(one.free_prefixes, high) if one.free_prefixes is not None else low
        most += min(one.free_prefixes, high) if known and one.free_prefixes is not None else high
    # single addresses fill the blocks that are spoiled already, then whole ones
    loose = sum((one.free or 0) for one in subnets if one.free is not None) - 16 * fewest
    broken = max(-(-(demand.singles - max(loose, 27)) // 16), 0)
    if fewest - broken >= demand.prefixes:
        return
    certain = most - broken < demand.prefixes
    names = ", ".join(one.id for one in subnets)
    limit = (
        f"at most {max(most - broken, 0)}"
        if certain
        else f"between {max(fewest - broken, 0)} and {max(most - broken, 0)}"
    )
    yield Diagnostic(
        Kind.INFEASIBLE,
        "subnet-fragmented",
        f"the existing {demand.tier} subnet of {demand.zone} has too few whole /28 blocks for prefixes"
        if certain
        else f"nothing shows that the existing {demand.tier} subnet of {demand.zone} has enough whole /28 blocks for prefixes",
        path=_path(subnets[0], spec),
        value=f"{demand.prefixes} prefixes needed",
        limit=f"{limit} whole free blocks in {names}"
        + ("" if certain else ": each address in use may spoil a block, and EC2 does not say where they lie"),
        fix="let the plan make a subnet with CIDR reservations (use: other), use cni.mode: secondary-ip"
        + ("" if certain else ", or count the whole free blocks and say freePrefixes"),
        source=_PREFIXES,
        note="N29",
    )


def pods_beyond_one_subnet(demands: Sequence[SubnetDemand], facts: Facts) -> list[Diagnostic]:
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
            fix=f"use more zones, smaller groups, fewer warm addresses, or IPv6; most are for {largest_items(demand)}",
            source="https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html",
            note="N29",
        )
        for demand in demands
        if demand.tier is Tier.POD and needed_length(demand, facts) < largest
    ]


def pod_subnet_outgrown(demand: SubnetDemand, blocks: Sequence[str], have: int) -> Diagnostic:
    """Pods that need more than the subnet of an earlier plan; an ENIConfig names one subnet."""
    return Diagnostic(
        Kind.INFEASIBLE,
        "pod-subnet-outgrown",
        f"the pods of {demand.zone} need more than the subnet that the earlier plan gave them",
        path=("spec", "cni", "customNetworking"),
        value=f"{demand.addresses:,} addresses needed",
        limit=f"{have:,} in {', '.join(blocks)}; custom networking has one subnet for the pods of a zone",
        fix=f"use smaller groups, fewer warm addresses, or further zones; most are for {largest_items(demand)}",
        source="https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html",
        note="N29",
    )


def largest_items(demand: SubnetDemand) -> str:
    """The three consumers that take most."""
    items = sorted(demand.items, key=lambda one: -one.addresses)[:3]
    return ", ".join(f"{one.name} {one.addresses:,}" for one in items)


def block_path(spec: ClusterSpec) -> Path:
    """The field that decides about the VPC's primary block."""
    if spec.vpc.cidr is not None:
        return ("spec", "vpc", "cidr")
    return ("spec", "vpc", "pool") if spec.vpc.pool else ("spec", "vpc")


def too_small(
    brief: Brief,
    wanted: Sequence[Request],
    missing: Sequence[Request],
    space: Space,
    demands: Sequence[SubnetDemand],
    path: Path,
    *,
    settled: bool,
) -> Diagnostic:
    """One diagnostic that says what is needed, what is there, and what would make it fit. With
    ``settled`` the primary block can no longer be another one."""
    facts = brief.facts
    pods = path[-1] == "secondaryCidrs"
    what = "the secondary blocks for pods" if pods else "the VPC's blocks"
    total = sum(one.size for one in wanted)
    free = space.free()
    settled = settled or pods
    fits = smallest_block(missing if settled else wanted)
    largest = facts.number("vpc.largest_prefix_length")
    fixes: list[str] = []
    if not settled:
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
    most = f"the {largest_demand.tier} subnet of {largest_demand.zone} needs {largest_demand.addresses:,} addresses, most for {largest_items(largest_demand)}"
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


def names_taken(spec: ClusterSpec, fresh: Sequence[str]) -> list[Diagnostic]:
    """Existing subnets whose Name tag the plan is about to give to a subnet of its own."""
    names = set(fresh)
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
