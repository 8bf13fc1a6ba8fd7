"""Finds instance types by what they are and what they carry (note N27)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase

from planner.capacity.allocatable import Allocatable, allocatable
from planner.capacity.max_pods import MaxPods, PodNetwork, max_pods, refused
from planner.capacity.selection import generation
from planner.capacity.systems import network_pods
from planner.capacity.trunk import BranchInterfaces, branch_interfaces, trunk_capable
from planner.catalog.facts import Facts
from planner.catalog.model import BranchTable, InstanceType, Region
from planner.spec.disk import DEFAULT_GIB

#: How far the memory of a type may be from that of the one that it shall be like.
LIKE_MEMORY = 0.10


@dataclass(frozen=True, slots=True)
class Span:
    """A range with both of its ends in it; an end that is None is open."""

    low: float | None = None
    high: float | None = None

    def __contains__(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


ANY = Span()


@dataclass(frozen=True, slots=True)
class NodeSetup:
    """The node that a type is looked at as: how pods get addresses, what it runs, its root volume.

    Linux is AL2023 in a managed node group.
    """

    network: PodNetwork = field(default_factory=PodNetwork)
    windows: bool = False
    disk_gib: int = DEFAULT_GIB


@dataclass(frozen=True, slots=True)
class Row:
    """A type and what it carries as a node."""

    instance: InstanceType
    pods: MaxPods
    """Pods per node in the mode that was asked for, with the recommended cap."""
    allocatable: Allocatable
    branches: BranchInterfaces
    zones: tuple[str, ...] | None
    """Ids of the Availability Zones that offer it, sorted; None where that is not known."""
    price: float | None
    """On-demand Linux price per hour in US dollars; None where it is not known."""

    @property
    def pods_per_vcpu(self) -> float:
        """Pods for each vCPU, two decimals."""
        return round(self.pods.pods / self.instance.vcpu, 2)


@dataclass(frozen=True, slots=True)
class Filter:
    """What types must be like. A field that has its default takes every type."""

    names: tuple[str, ...] = ()
    """Shell globs such as ``m7*.xlarge``, one of which must match."""
    vcpu: Span = ANY
    memory: Span = ANY
    """GiB."""
    ratio: Span = ANY
    """GiB for each vCPU."""
    generation: Span = ANY
    """The number in the family's name."""
    current: bool = False
    """Only what EC2 calls current generation."""
    arch: str | None = None
    family: tuple[str, ...] = ()
    accelerator: str | None = None
    """``none``, ``any``, or a word of ``accelerator_kinds``."""
    local_storage: bool | None = None
    burstable: bool | None = None
    bare_metal: bool | None = None
    nitro: bool | None = None
    usage: str | None = None
    """A usage class of EC2: on-demand, spot or capacity-block."""
    trunk: bool = False
    """Only types that can have security groups for pods."""
    region: Region | None = None
    """Only types offered there, where the catalog knows what is."""
    zones: int = 0
    """The least number of Availability Zones of the region."""
    zone: tuple[str, ...] = ()
    """Ids of zones that must all offer it."""
    pods: Span = ANY
    allocatable_cpu: Span = ANY
    """Millicores."""
    allocatable_memory: Span = ANY
    """MiB."""
    price: Span = ANY
    """US dollars an hour; types without a known price are never in it."""
    like: Row | None = None
    """A type to be like: same architecture, kind of accelerator, vCPU, bare metal or not; memory
    within 10 % and at least as many pods. The type itself is left out."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter leaves of the types."""

    rows: tuple[Row, ...]
    """In the order of the types that were given."""
    impossible: tuple[str, ...]
    """Types that meet the filter as far as it can be told, and cannot be set up as asked."""


@dataclass(frozen=True, slots=True)
class Removal:
    """How many of the types one field of a filter leaves out."""

    name: str
    removed: int
    of: int


def memory_gib(instance: InstanceType) -> float:
    """Memory in GiB, two decimals."""
    return round(instance.memory_mib / 1024, 2)


def gib_per_vcpu(instance: InstanceType) -> float:
    """GiB of memory for each vCPU, two decimals."""
    return round(instance.memory_mib / 1024 / instance.vcpu, 2)


def architecture(instance: InstanceType) -> str:
    """``x86_64`` or ``arm64``; for Macs ``x86_64_mac`` or ``arm64_mac``, which EKS does not run."""
    for one in ("x86_64", "arm64"):
        if one in instance.architectures:
            return one
    return instance.architectures[0]


def accelerator_kinds(instance: InstanceType) -> frozenset[str]:
    """Who makes its accelerators (nvidia, amd, habana, qualcomm), ``neuron`` for AWS's own, or what
    they are where nothing else is known of use: fpga, media."""
    return frozenset(
        one.kind
        if one.kind in {"fpga", "media"}
        else "neuron"
        if one.manufacturer.upper() == "AWS"
        else one.manufacturer.lower()
        for one in instance.accelerators
    )


def _accelerated(instance: InstanceType, wanted: str) -> bool:
    kinds = accelerator_kinds(instance)
    return {"none": not kinds, "any": bool(kinds)}.get(wanted, wanted in kinds)


def _offering(instance: InstanceType, region: Region) -> frozenset[str]:
    """Ids of all zones that offer a type, also Local Zones."""
    return region.offerings.get(instance.name, frozenset())


def _zones(instance: InstanceType, region: Region | None) -> tuple[str, ...] | None:
    if region is None or not region.offerings:
        return None
    ordinary = {zone.id for zone in region.zones if zone.kind == "availability-zone"}
    return tuple(sorted(_offering(instance, region) & ordinary))


def _offered(instance: InstanceType, region: Region | None) -> bool:
    return region is None or not region.offerings or instance.name in region.offerings


def _same_kind(one: InstanceType, other: InstanceType) -> bool:
    return (
        one.name != other.name
        and one.vcpu == other.vcpu
        and one.bare_metal == other.bare_metal
        and architecture(one) == architecture(other)
        and accelerator_kinds(one) == accelerator_kinds(other)
        and abs(one.memory_mib - other.memory_mib) <= LIKE_MEMORY * other.memory_mib
    )


#: Tests by field of a Filter, for the fields that the catalog alone answers.
_OF_TYPE: Mapping[str, Callable[[Filter, InstanceType], bool]] = {
    "names": lambda wanted, one: any(fnmatchcase(one.name, glob) for glob in wanted.names),
    "vcpu": lambda wanted, one: one.vcpu in wanted.vcpu,
    "memory": lambda wanted, one: memory_gib(one) in wanted.memory,
    "ratio": lambda wanted, one: gib_per_vcpu(one) in wanted.ratio,
    "generation": lambda wanted, one: generation(one) in wanted.generation,
    "current": lambda _, one: one.current_generation,
    "arch": lambda wanted, one: architecture(one) == wanted.arch,
    "family": lambda wanted, one: one.family in wanted.family,
    "accelerator": lambda wanted, one: _accelerated(one, wanted.accelerator or "any"),
    "local_storage": lambda wanted, one: wanted.local_storage is (one.local_storage_gb > 0),
    "burstable": lambda wanted, one: wanted.burstable is one.burstable,
    "bare_metal": lambda wanted, one: wanted.bare_metal is one.bare_metal,
    "nitro": lambda wanted, one: wanted.nitro is one.nitro,
    "usage": lambda wanted, one: wanted.usage in one.usage_classes,
    "trunk": lambda _, one: trunk_capable(one),
    "region": lambda wanted, one: _offered(one, wanted.region),
    "zones": lambda wanted, one: len(_zones(one, wanted.region) or ()) >= wanted.zones,
    "zone": lambda wanted, one: wanted.region is None or set(wanted.zone) <= _offering(one, wanted.region),
    "like": lambda wanted, one: wanted.like is None or _same_kind(one, wanted.like.instance),
}
#: The same for what depends on the setup of the node.
_OF_ROW: Mapping[str, Callable[[Filter, Row], bool]] = {
    "pods": lambda wanted, row: row.pods.pods in wanted.pods,
    "allocatable_cpu": lambda wanted, row: row.allocatable.cpu_millicores in wanted.allocatable_cpu,
    "allocatable_memory": lambda wanted, row: row.allocatable.memory_mib in wanted.allocatable_memory,
    "price": lambda wanted, row: row.price is not None and row.price in wanted.price,
    "like": lambda wanted, row: wanted.like is None or row.pods.pods >= wanted.like.pods.pods,
}


def asked(wanted: Filter) -> tuple[str, ...]:
    """Names of the fields of a filter that leave types out, in the order of the fields."""
    return tuple(one.name for one in fields(wanted) if getattr(wanted, one.name) != one.default)


def cannot(instance: InstanceType, setup: NodeSetup, facts: Facts) -> str | None:
    """Why a type cannot be set up so, or None."""
    if setup.windows and architecture(instance) != "x86_64":
        return f"{instance.name} is {architecture(instance)}: Windows nodes are x86_64"
    return refused(instance, setup.network, facts, windows=setup.windows)


def row_of(
    instance: InstanceType, setup: NodeSetup, facts: Facts, branches: BranchTable, region: Region | None = None
) -> Row:
    """A type with everything that is shown of it. Raises ImpossibleNetworkError where ``cannot``
    would say why."""
    reserve_for = facts.number("pods.windows") if setup.windows else network_pods(instance, facts)
    return Row(
        instance=instance,
        pods=max_pods(instance, setup.network, facts, windows=setup.windows),
        allocatable=allocatable(instance, reserve_for, facts, disk_gib=setup.disk_gib),
        branches=branch_interfaces(instance, branches),
        zones=_zones(instance, region),
        price=None if region is None or setup.windows else region.prices.get(instance.name),
    )


def find(types: Iterable[InstanceType], wanted: Filter, setup: NodeSetup, facts: Facts, branches: BranchTable) -> Found:
    """The types that meet a filter, each with what it carries."""
    names = asked(wanted)
    of_type = [_OF_TYPE[name] for name in names if name in _OF_TYPE]
    of_row = [_OF_ROW[name] for name in names if name in _OF_ROW]
    rows: list[Row] = []
    impossible: list[str] = []
    for instance in types:
        if not all(test(wanted, instance) for test in of_type):
            continue
        if cannot(instance, setup, facts):
            impossible.append(instance.name)
            continue
        row = row_of(instance, setup, facts, branches, wanted.region)
        if all(test(wanted, row) for test in of_row):
            rows.append(row)
    return Found(tuple(rows), tuple(impossible))


def removals(
    types: Iterable[InstanceType], wanted: Filter, setup: NodeSetup, facts: Facts, branches: BranchTable
) -> tuple[Removal, ...]:
    """What each field of a filter leaves out by itself, the most first; of the types that can be set
    up as asked."""
    rows = [row_of(one, setup, facts, branches, wanted.region) for one in types if cannot(one, setup, facts) is None]
    counts = [Removal(name, sum(not _takes(name, wanted, row) for row in rows), len(rows)) for name in asked(wanted)]
    return tuple(sorted(counts, key=lambda one: -one.removed))


def _takes(name: str, wanted: Filter, row: Row) -> bool:
    """Whether one field of a filter takes a row."""
    return (name not in _OF_TYPE or _OF_TYPE[name](wanted, row.instance)) and (
        name not in _OF_ROW or _OF_ROW[name](wanted, row)
    )
