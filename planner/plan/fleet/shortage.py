"""Blocks that pools could not give, said once for each shape: both numbers, and what would fit."""

from __future__ import annotations

from collections.abc import Sequence

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.pools import BlockPool
from planner.plan.fleet.choose import Chooser, Lacking, VpcPool

_WORDS = {"vpc": "VPC", "pod": "pods", "service": "services"}


def shortages(lacking: Sequence[Lacking], chooser: Chooser, facts: Facts) -> list[Diagnostic]:
    """One diagnostic for all clusters of an entry that lack the same."""
    groups: dict[tuple[str, int, int, tuple[str, ...], bool, int], list[Lacking]] = {}
    for one in lacking:
        key = (one.kind, one.length, one.count, one.pools, one.refused, one.member.entry)
        groups.setdefault(key, []).append(one)
    return [_shortage(many, chooser, facts) for many in groups.values()]


def _shortage(many: Sequence[Lacking], chooser: Chooser, facts: Facts) -> Diagnostic:
    one, count = many[0], len(many) * many[0].count
    spaces = _spaces(one, chooser)
    free = sum(space.free for space in spaces)
    lengths = [found for space in spaces if (found := space.largest) is not None]
    largest = min(lengths, default=None)
    where = " and ".join(f"pool {name}" if one.kind == "vpc" else name for name in one.pools) or "the usual blocks"
    who = one.member.name if len(many) == 1 else f"{len(many):,} clusters ({one.member.name} to {many[-1].member.name})"
    if one.kind == "service" and not chooser.services.blocks:
        return _no_service(one, who)
    blocks = ", ".join(str(block) for space in spaces for block in space.blocks[:3])
    wanted = f"{count} × /{one.length} ({count << (32 - one.length):,} addresses)"
    if one.refused:
        return Diagnostic(
            Kind.INFEASIBLE,
            "fleet-refused",
            f"{where}: AWS refuses every free block beside the VPC's other ones, for {who}",
            path=_path(one),
            value=wanted,
            limit=f"free in {blocks}, but not beside " + (", ".join(map(str, one.member.pins.secondary)) or "the VPC"),
            fix="use a pool in the same private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), or 100.64.0.0/10 for pods",
            source=facts.source("vpc.secondary_refusals"),
            note="N29",
        )
    return Diagnostic(
        Kind.INFEASIBLE,
        "fleet-pool-full",
        f"{where} {'have' if len(one.pools) > 1 else 'has'} no block left for the {_WORDS[one.kind]} of {who}",
        path=_path(one),
        value=f"{wanted} needed",
        limit=f"{free:,} addresses free in {blocks}; largest free block: {f'/{largest}' if largest is not None else 'none'}",
        fix=_fix(one, count, largest, spaces),
        source=facts.source("vpc.largest_prefix_length"),
        note="N41" if one.kind == "service" else "N29",
    )


def _path(one: Lacking) -> Path:
    return one.member.path


def _spaces(one: Lacking, chooser: Chooser) -> list[BlockPool]:
    if one.kind == "vpc":
        pools: list[VpcPool] = chooser.pools_of(one.member)
        return [pool.space for pool in pools]
    return [chooser.pods if one.kind == "pod" else chooser.services]


def _fix(one: Lacking, count: int, largest: int | None, spaces: Sequence[BlockPool]) -> str:
    needed = one.length - (count - 1).bit_length()
    field = {"vpc": "a pool's cidrs", "pod": "podPools", "service": "servicePools"}[one.kind]
    shorter = {"vpc": "vpc.prefixLength", "pod": "podPrefixLength", "service": "servicePrefixLength"}[one.kind]
    fixes = [f"add a block of /{max(needed, 0)} or larger to {field}"]
    if largest is not None:
        for length in range(one.length + 1, one.longest + 1):
            room = sum(space.room_for(length) for space in spaces)
            if room >= count:
                fixes.append(f"or ask for less: {room:,} × /{length} would fit ({shorter})")
                break
    if all(block.prefixlen > one.length for space in spaces for block in space.blocks):
        fixes.insert(0, f"no block of the pool is as large as a /{one.length};")
    return " ".join(fixes)


def _no_service(one: Lacking, who: str) -> Diagnostic:
    return Diagnostic(
        Kind.INFEASIBLE,
        "fleet-service",
        f"every usual service block overlaps something that is given, for {who}",
        path=_path(one),
        value=f"a service block of /{one.length}",
        limit="clear of every VPC, of what is to be avoided, and of hybrid networks",
        fix="give servicePools: a private block, /12 to /24, used nowhere else",
        source="https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html",
        note="N41",
    )
