"""Names in a fleet: those of counted clusters, and what may stand only once or must be there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.errors import nearest
from planner.spec.fleet.document import FleetCluster, FleetDocument

_DIGITS = 3
_LONGEST = 100


def names_of(entry: FleetCluster) -> Iterator[str]:
    """The clusters of an entry: its name, or NAME-001 and on. The number of digits never depends on
    the count, so that a larger count renames nothing."""
    if entry.count is None:
        yield entry.name
        return
    for number in range(1, entry.count + 1):
        yield f"{entry.name}-{number:0{_DIGITS}}"


def check_names(document: FleetDocument) -> list[Diagnostic]:
    """Names that stand twice or mean nothing, and pools that overlap."""
    spec = document.spec
    problems = [*_clusters(document), *_allocations(document)]
    problems += _twice([(("spec", "pools", number, "name"), one.name) for number, one in enumerate(spec.pools)], "pool")
    problems += _twice(
        [(("spec", "allocations", number, "name"), one.name) for number, one in enumerate(spec.allocations)],
        "allocation",
    )
    pools = [one.name for one in spec.pools]
    for number, entry in enumerate(spec.clusters):
        if entry.pool is not None and entry.pool not in pools:
            guess = nearest(entry.pool, pools)
            problems.append(
                Diagnostic(
                    Kind.INVALID,
                    "fleet-pool",
                    "there is no such pool",
                    path=("spec", "clusters", number, "pool"),
                    value=entry.pool,
                    limit=", ".join(pools) or "no pools",
                    fix=f"did you mean {guess}?" if guess else "add it to spec.pools, or leave it out",
                )
            )
    return problems + _overlapping_pools(document)


def _clusters(document: FleetDocument) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for number, entry in enumerate(document.spec.clusters):
        path: Path = ("spec", "clusters", number, "name")
        last = f"{entry.name}-{entry.count:0{_DIGITS}}" if entry.count else entry.name
        if len(last) > _LONGEST:
            yield Diagnostic(
                Kind.INVALID,
                "fleet-name",
                "the names of these clusters become too long",
                path=path,
                value=f"{last[:40]}...: {len(last)} characters",
                limit=f"{_LONGEST} characters",
                fix="shorten the name",
            )
        for name in names_of(entry):
            earlier = first.setdefault(name, number)
            if earlier != number:
                yield Diagnostic(
                    Kind.INVALID,
                    "fleet-twice",
                    f"the cluster {name} stands twice",
                    path=path,
                    value=name,
                    limit=f"first in clusters[{earlier}]",
                    fix="give it another name; a fleet knows its clusters by name, also in different accounts",
                )
                break


def _allocations(document: FleetDocument) -> Iterator[Diagnostic]:
    """Allocations that belong to a cluster that is not there, or to one that has another already."""
    owners = [(number, one.cluster) for number, one in enumerate(document.spec.allocations) if one.cluster]
    if not owners:
        return
    names = {name for entry in document.spec.clusters for name in names_of(entry)}
    seen: dict[str, int] = {}
    for number, owner in owners:
        path: Path = ("spec", "allocations", number, "cluster")
        if owner not in names:
            guess = nearest(owner, names)
            yield Diagnostic(
                Kind.INVALID,
                "fleet-owner",
                "the fleet has no such cluster",
                path=path,
                value=owner,
                limit=f"one of {len(names):,} clusters",
                fix=f"did you mean {guess}?" if guess else "leave `cluster` out for a VPC of somebody else",
            )
        elif seen.setdefault(owner, number) != number:
            yield Diagnostic(
                Kind.INVALID,
                "fleet-owner",
                "this cluster has an allocation already",
                path=path,
                value=owner,
                limit=f"first in allocations[{seen[owner]}]",
                fix="write all its blocks into one allocation, the primary one first",
            )


def _twice(names: Sequence[tuple[Path, str]], what: str) -> list[Diagnostic]:
    seen: set[str] = set()
    problems: list[Diagnostic] = []
    for path, name in names:
        if name in seen:
            problems.append(
                Diagnostic(
                    Kind.INVALID,
                    "fleet-twice",
                    f"the {what} {name} stands twice",
                    path=path,
                    value=name,
                    limit=f"one {what} of a name",
                    fix="give it another name",
                )
            )
        seen.add(name)
    return problems


def _overlapping_pools(document: FleetDocument) -> list[Diagnostic]:
    """Pools of VPCs that share addresses, and pod pools that share addresses with service pools.

    A pod or service pool inside a pool of VPCs is fine: it is taken out of it.
    """
    spec = document.spec
    vpcs = [
        (("spec", "pools", number, "cidrs", index), f"pool {one.name}", cidr)
        for number, one in enumerate(spec.pools)
        for index, cidr in enumerate(one.cidrs)
    ]
    others = [(("spec", "podPools", index), "a pod pool", cidr) for index, cidr in enumerate(spec.pod_pools)]
    others += [
        (("spec", "servicePools", index), "a service pool", cidr) for index, cidr in enumerate(spec.service_pools)
    ]
    return [*_overlaps(vpcs), *_overlaps(others)]


def _overlaps(named: Sequence[tuple[Path, str, IPv4Network]]) -> Iterator[Diagnostic]:
    widest: tuple[Path, str, IPv4Network] | None = None
    for one in sorted(named, key=lambda found: (found[2].network_address, found[2].prefixlen)):
        if widest is not None and one[2].subnet_of(widest[2]):
            yield Diagnostic(
                Kind.INVALID,
                "fleet-pools",
                f"{one[1]} overlaps {widest[1]}",
                path=one[0],
                value=str(one[2]),
                limit=f"clear of {widest[2]}",
                fix="give every address to one pool",
                note="N29",
            )
        else:
            widest = one
