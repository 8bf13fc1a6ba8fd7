"""Who holds which block, and which of them overlap that may not.

CIDR blocks either contain each other or are apart, so blocks sorted by address form nests at most
33 deep. One sweep with a stack finds everything that overlaps; blocks that many share (the same
service block in every cluster) are one entry with many owners. Nothing is compared pairwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from itertools import combinations


class Use(StrEnum):
    """What a block is used for; the values are for people."""

    VPC = "VPC block"
    POD = "pod block"
    SERVICE = "service block"
    EXISTING = "existing VPC block"
    EXISTING_SERVICE = "existing service block"
    HYBRID_NODE = "hybrid node block"
    HYBRID_POD = "hybrid pod block"
    AVOID = "block to avoid"
    OWN_AVOID = "cluster's own block to avoid"


@dataclass(frozen=True, slots=True)
class Claim:
    """A block with its use and whoever holds it."""

    owner: str
    use: Use
    block: IPv4Network


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that overlap: a block, its use, and all who hold it for that."""

    use: Use
    block: IPv4Network
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two blocks that share addresses and may not; the second lies in the first (or is the same)."""

    outer: Side
    inner: Side


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which kinds of blocks clusters may have in common, for they are routed nowhere else."""

    pods: bool = True
    services: bool = True


class _When(StrEnum):
    """Between whom an overlap is wrong."""

    ALWAYS = "always"
    SAME = "of one owner"
    OTHERS = "of two owners"


_Holders = dict[Use, list[str]]
_Rules = dict[frozenset[Use], _When]


def _rules(sharing: Sharing) -> _Rules:
    """Pairs of uses that may not overlap; those not named may.

    VPCs are routed to each other and to what is avoided. A service block is seen by its cluster
    alone, and so are pods whose blocks are shared. A hybrid network is usually one to avoid as
    well, and an existing VPC may be listed among those, so that these pairs may overlap.
    Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
    https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    """
    always, same, others = _When.ALWAYS, _When.SAME, _When.OTHERS
    vpc, pod, service, existing = Use.VPC, Use.POD, Use.SERVICE, Use.EXISTING
    pods_elsewhere = same if sharing.pods else always
    table: list[tuple[Use, Use, _When]] = [
        *((vpc, other, always) for other in (vpc, pod, service, existing, Use.EXISTING_SERVICE)),
        *((vpc, other, always) for other in (Use.HYBRID_NODE, Use.HYBRID_POD, Use.AVOID)),
        *((other, Use.OWN_AVOID, same) for other in (vpc, pod, service)),
        *((existing, other, always) for other in (existing, pod, service, Use.HYBRID_NODE, Use.HYBRID_POD)),
        *((pod, other, pods_elsewhere) for other in (pod, service, Use.HYBRID_NODE, Use.HYBRID_POD)),
        (pod, Use.AVOID, always),
        (service, Use.AVOID, always),
        (service, Use.HYBRID_NODE, same),
        (service, Use.HYBRID_POD, same),
        (Use.HYBRID_NODE, Use.HYBRID_POD, pods_elsewhere),
    ]
    if not sharing.services:
        table += [(service, service, always), (service, Use.EXISTING_SERVICE, always)]
    if not sharing.pods:
        table.append((Use.HYBRID_POD, Use.HYBRID_POD, others))
    return {frozenset((one, other)): when for one, other, when in table}


def overlaps(claims: Iterable[Claim], sharing: Sharing) -> list[Overlap]:
    """Everything that overlaps and may not, by address. Takes ``n log n`` steps for n claims, and
    one for each overlap that it returns."""
    held: dict[tuple[int, int], tuple[IPv4Network, _Holders]] = {}
    for one in claims:
        block = one.block
        entry = held.setdefault((int(block.network_address), block.prefixlen), (block, {}))
        entry[1].setdefault(one.use, []).append(one.owner)
    rules = _rules(sharing)
    found: list[Overlap] = []
    nest: list[tuple[int, IPv4Network, _Holders]] = []  # last address, block, holders; outermost first
    for (start, length), (block, holders) in sorted(held.items(), key=lambda pair: pair[0]):
        while nest and nest[-1][0] < start:
            nest.pop()
        found += _within(block, holders, rules)
        for _, outer, others in nest:
            found += _between(outer, others, block, holders, rules)
        nest.append((start + (1 << (32 - length)) - 1, block, holders))
    return found


def _within(block: IPv4Network, holders: _Holders, rules: _Rules) -> Iterator[Overlap]:
    """Overlaps of those who hold the very same block."""
    for use, owners in holders.items():
        when = rules.get(frozenset((use, use)))
        if when is None or len(owners) < 2:
            continue
        if when is _When.SAME:
            twice = tuple(sorted(owner for owner, count in Counter(owners).items() if count > 1))
            if twice:
                yield Overlap(Side(use, block, twice), Side(use, block, twice))
        elif when is _When.ALWAYS or len(set(owners)) > 1:
            yield Overlap(Side(use, block, tuple(owners[:1])), Side(use, block, tuple(owners[1:])))
    for use, other in combinations(holders, 2):
        yield from _pair(block, (use, holders[use]), block, (other, holders[other]), rules)


def _between(
    outer: IPv4Network, others: _Holders, inner: IPv4Network, holders: _Holders, rules: _Rules
) -> Iterator[Overlap]:
    for above in others.items():
        for below in holders.items():
            yield from _pair(outer, above, inner, below, rules)


def _pair(
    outer: IPv4Network,
    above: tuple[Use, Sequence[str]],
    inner: IPv4Network,
    below: tuple[Use, Sequence[str]],
    rules: _Rules,
) -> Iterator[Overlap]:
    (use, owners), (other, mine) = above, below
    when = rules.get(frozenset((use, other)))
    if when is None:
        return
    if when is _When.SAME:
        both = tuple(sorted(set(owners).intersection(mine)))
        if both:
            yield Overlap(Side(use, outer, both), Side(other, inner, both))
    elif when is _When.ALWAYS or set(owners) != set(mine):
        yield Overlap(Side(use, outer, tuple(owners)), Side(other, inner, tuple(mine)))
