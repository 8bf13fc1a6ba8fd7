"""Chooses the blocks that a spec leaves open: the VPC's, the pods' and the services' (N29, N41)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from planner.capacity.brief import Brief
from planner.diagnostics import Diagnostic, Kind
from planner.network.cidr import FreeSpace, overlapping
from planner.network.kept import Kept
from planner.spec.check.vpc import restricted
from planner.spec.cluster import ClusterSpec

DEFAULT_POOL = IPv4Network("10.0.0.0/8")
DEFAULT_LENGTH = 16
_KEPT = "as in the earlier plan: it cannot be changed"


@dataclass(frozen=True, slots=True)
class Blocks:
    """The ranges of a plan."""

    primary: IPv4Network
    secondary: tuple[IPv4Network, ...]
    service: IPv4Network | None


def foreign(spec: ClusterSpec) -> tuple[IPv4Network, ...]:
    """Every range that belongs to somebody else."""
    hybrid = (*spec.hybrid.node_cidrs, *spec.hybrid.pod_cidrs) if spec.hybrid else ()
    return (*(one.cidr for one in spec.avoid), *hybrid)


def choose_primary(brief: Brief, needed_length: int, kept: Kept | None = None) -> IPv4Network | Diagnostic:
    """The VPC's primary block: the spec's, else the lowest free block of the pool.

    ``needed_length`` is the block that the demand needs with half of it free.
    """
    spec, facts, ledger = brief.spec, brief.facts, brief.ledger
    source = facts.source("vpc.largest_prefix_length")
    if kept is not None:
        ledger.add("vpc.cidr", "VPC block", kept.vpc, explanation=_KEPT, source=source, note="N29")
        return kept.vpc
    if spec.vpc.cidr is not None:
        ledger.add("vpc.cidr", "VPC block", spec.vpc.cidr, explanation="as the spec says", source=source, note="N29")
        return spec.vpc.cidr
    pool = spec.vpc.pool or (DEFAULT_POOL,)
    largest = facts.number("vpc.largest_prefix_length")
    if spec.vpc.prefix_length is not None:
        length, why = spec.vpc.prefix_length, "as the spec says"
    elif spec.vpc.pool:
        length, why = max(needed_length, largest), "the smallest block that carries the demand with half of it free"
    else:
        length, why = DEFAULT_LENGTH, "the largest VPC block, as nothing is said of the network around it"
    # a block with less room is better than none; whether it suffices shows when the subnets are laid out
    longest = length if spec.vpc.prefix_length is not None else facts.number("vpc.smallest_prefix_length")
    avoid = [*foreign(spec), *([spec.service_cidr] if spec.service_cidr else []), *spec.vpc.secondary_cidrs]
    avoid += [IPv4Network(text) for key in ("vpc.never", "vpc.caution") for text in facts.strings(key)]
    block: IPv4Network | None = None
    for tried in range(length, longest + 1):
        free = FreeSpace(pool, avoid)
        while (block := free.take_lowest(tried)) is not None:
            if not any(restricted(block, other, facts) for other in spec.vpc.secondary_cidrs):
                break
        if block is not None:
            why = why if tried == length else f"the largest that is free; a /{length} would be {why}"
            break
    if block is None:
        room = FreeSpace(pool, avoid)
        return Diagnostic(
            Kind.INFEASIBLE,
            "pool-full",
            "the pool has no free block for the VPC",
            path=("spec", "vpc", "pool") if spec.vpc.pool else ("spec", "vpc"),
            value=f"/{length} needed",
            limit=f"largest free block: {f'/{room.largest}' if room.largest is not None else 'none'} of {', '.join(map(str, pool))}",
            fix="add a pool, or free a block in avoid"
            + (", or ask for a longer prefixLength" if spec.vpc.prefix_length is not None else ""),
            source=source,
            note="N29",
        )
    ledger.add(
        "vpc.cidr",
        "VPC block",
        block,
        formula="the lowest aligned block of this length in the pool that overlaps nothing to avoid",
        inputs={
            "pool": ", ".join(map(str, pool)),
            "length": f"/{block.prefixlen} ({why})",
            "to avoid": ", ".join(sorted(map(str, foreign(spec)))) or "nothing",
        },
        source=source,
        note="N29",
    )
    return block


def choose_pod_blocks(
    brief: Brief, primary: IPv4Network, needed: int, kept: Kept | None = None
) -> tuple[IPv4Network, ...] | Diagnostic:
    """Secondary blocks: the spec's; with custom networking and none given, one of 100.64.0.0/10."""
    spec, facts, ledger = brief.spec, brief.facts, brief.ledger
    if spec.vpc.secondary_cidrs or not spec.cni.custom_networking:
        if spec.vpc.secondary_cidrs:
            ledger.add(
                "vpc.secondary",
                "Secondary VPC blocks",
                ", ".join(map(str, spec.vpc.secondary_cidrs)),
                explanation="as the spec says",
                source=facts.source("vpc.secondary_refusals"),
                note="N29",
            )
        return spec.vpc.secondary_cidrs
    shared = IPv4Network(facts["vpc.shared_address_space"].value)
    if kept is not None and kept.secondary:
        return _record_kept(kept.secondary, brief)
    largest = facts.number("vpc.largest_prefix_length")
    count = max(-(-needed // (1 << (32 - largest))), 1)
    free = FreeSpace((shared,), [*foreign(spec), primary])
    blocks: list[IPv4Network] = []
    for _ in range(count):
        block = free.take_lowest(largest)
        if block is None:
            break
        blocks.append(block)
    if len(blocks) < count:
        return Diagnostic(
            Kind.INFEASIBLE,
            "pod-blocks",
            f"{shared} has no free blocks for the pods",
            path=("spec", "cni", "customNetworking"),
            value=f"{count} × /{largest} needed",
            limit=f"{len(blocks)} free",
            fix="give vpc.secondaryCidrs yourself",
            source=facts.source("vpc.shared_address_space"),
            note="N29",
        )
    ledger.add(
        "vpc.secondary",
        "Secondary VPC blocks",
        ", ".join(map(str, blocks)),
        formula="the lowest free /16 blocks of 100.64.0.0/10",
        inputs={
            "addresses in pod subnets": f"{needed:,}",
            "to avoid": ", ".join(sorted(map(str, foreign(spec)))) or "nothing",
        },
        explanation="the shared address space is not routed between networks, so every cluster can use the same",
        source=facts.source("vpc.shared_address_space"),
        note="N29",
    )
    return tuple(blocks)


def _record_kept(secondary: tuple[IPv4Network, ...], brief: Brief) -> tuple[IPv4Network, ...]:
    brief.ledger.add(
        "vpc.secondary",
        "Secondary VPC blocks",
        ", ".join(map(str, secondary)),
        explanation=_KEPT,
        source=brief.facts.source("vpc.shared_address_space"),
        note="N29",
    )
    return secondary


def choose_service(
    brief: Brief, own: Sequence[IPv4Network], kept: Kept | None = None
) -> IPv4Network | Diagnostic | None:
    """The service block: the spec's, else the first candidate clear of everything."""
    spec, facts, ledger = brief.spec, brief.facts, brief.ledger
    source = facts.source("service.cidr_defaults")
    if spec.ip_family == "ipv6":
        ledger.add(
            "service.cidr",
            "Service block",
            "assigned by EKS",
            explanation="IPv6 services come from a unique local range that EKS assigns",
            source=source,
            note="N41",
        )
        return None
    if kept is not None and kept.service is not None:
        ledger.add("service.cidr", "Service block", kept.service, explanation=_KEPT, source=source, note="N41")
        return kept.service
    if spec.service_cidr is not None:
        ledger.add(
            "service.cidr",
            "Service block",
            spec.service_cidr,
            explanation="as the spec says",
            source=source,
            note="N41",
        )
        return spec.service_cidr
    taken = [*own, *foreign(spec)]
    candidates = [IPv4Network(text) for text in facts.strings("service.cidr_candidates")]
    for candidate in candidates:
        if overlapping(candidate, taken) is None:
            ledger.add(
                "service.cidr",
                "Service block",
                candidate,
                formula="the first candidate that overlaps neither the VPC nor anything to avoid",
                inputs={"candidates": ", ".join(map(str, candidates)), "taken": ", ".join(map(str, taken))},
                source=source,
                note="N41",
            )
            return candidate
    return Diagnostic(
        Kind.INFEASIBLE,
        "service-none",
        "every usual service block overlaps the VPC or something to avoid",
        path=("spec",),
        value=", ".join(map(str, candidates)),
        limit="clear of " + ", ".join(map(str, taken)),
        fix="give serviceCidr: a private block, /12 to /24, used nowhere else",
        source=source,
        note="N41",
    )
