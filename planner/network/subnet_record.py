"""The decisions behind subnets: every consumer by itself, their sum, and why a block has its size."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planner.catalog.facts import Facts
from planner.decisions import Ledger
from planner.network.demand import SubnetDemand, Tier
from planner.network.layout import needed_length
from planner.network.planned import PlannedSubnet

_TITLES = {
    Tier.NODE: "Node subnet",
    Tier.POD: "Pod subnet",
    Tier.PUBLIC: "Public subnet",
    Tier.CLUSTER: "Cluster subnet",
}


def record(
    demands: Sequence[SubnetDemand], subnets: Sequence[PlannedSubnet], ledger: Ledger, facts: Facts, *, roomy: bool
) -> None:
    """One decision for each subnet: every item, the sum, and why the block has its size."""
    if not ledger.wanted:
        return
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
        reserved_for = [str(block) for one in mine for block in one.subnet.reserved_blocks]
        if demand.prefixes:
            why.append(
                f"{demand.prefixes} prefixes of /28 fit"
                + (
                    f" into the CIDR reservations {', '.join(reserved_for)}, which single addresses stay out of"
                    if reserved_for
                    else ""
                )
            )
        if demand.serves:
            why.append(f"these subnets are also the {' and '.join(demand.serves)} subnets of the zone")
        keys = item_ids(demand)
        for key, item in zip(keys, demand.items, strict=True):
            ledger.add(
                key,
                f"{item.name[:1].upper()}{item.name[1:]} in the {demand.tier} subnet of {demand.zone}",
                f"{item.addresses:,}",
                unit=("address" if item.addresses == 1 else "addresses") + (" kept free" if item.spare else ""),
                worked=item.worked,
                explanation=f"one part of subnet.{demand.tier}.{demand.zone}",
                source=item.source,
                note=item.note,
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


def item_ids(demand: SubnetDemand) -> tuple[str, ...]:
    """Ids of the decisions about a demand's items, in their order."""
    stems = [re.sub(r"[^a-z0-9]+", "-", item.name.lower()).strip("-") or "item" for item in demand.items]
    ids: list[str] = []
    for stem in stems:
        full, number = stem, 1
        while f"subnet.{demand.tier}.{demand.zone}.{full}" in ids:
            number += 1
            full = f"{stem}-{number}"
        ids.append(f"subnet.{demand.tier}.{demand.zone}.{full}")
    return tuple(ids)
