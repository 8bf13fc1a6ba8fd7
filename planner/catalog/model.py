"""What the catalog holds, as values. Loading and refreshing live next door; here is no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from planner.catalog.facts import Facts

#: Column order of a row in ``instance-types.json``.
INSTANCE_TYPE_COLUMNS = (
    "vcpu",
    "memory_mib",
    "architectures",
    "hypervisor",
    "bare_metal",
    "burstable",
    "current_generation",
    "interfaces",
    "ipv4_per_interface",
    "ipv6_per_interface",
    "network_cards",
    "total_interfaces",
    "efa_interfaces",
    "accelerators",
    "local_storage_gb",
    "usage_classes",
)

Row = list[object]


@dataclass(frozen=True, slots=True)
class Accelerator:
    """Accelerators of one model on an instance type."""

    kind: str  # gpu, neuron, inference, media, fpga
    manufacturer: str
    name: str
    count: int
    memory_mib: int  # each


@dataclass(frozen=True, slots=True)
class InstanceType:
    """What EC2's DescribeInstanceTypes says of a type, as far as planning needs it.

    ``interfaces`` and the addresses are those of the *default network card*: the VPC CNI uses no
    other card for pods. ``total_interfaces`` is the sum over all cards. Memory is in MiB, local
    storage in GB (10^9 bytes, as EC2 counts it). ``hypervisor`` is empty for bare metal.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
    """

    name: str
    vcpu: int
    memory_mib: int
    architectures: tuple[str, ...]
    hypervisor: str
    bare_metal: bool
    burstable: bool
    current_generation: bool
    interfaces: int
    ipv4_per_interface: int
    ipv6_per_interface: int
    network_cards: int
    total_interfaces: int
    efa_interfaces: int
    accelerators: tuple[Accelerator, ...]
    local_storage_gb: int
    usage_classes: tuple[str, ...]

    @property
    def nitro(self) -> bool:
        """Whether /28 prefixes and IPv6 /80 prefixes can be delegated to its interfaces.

        DescribeInstanceTypes names no hypervisor for bare metal; the VPC CNI takes it as Nitro.
        Source: amazon-vpc-cni-k8s ``pkg/awsutils`` IsPrefixDelegationSupported.
        """
        return self.bare_metal or self.hypervisor == "nitro"

    @property
    def family(self) -> str:
        """The part before the dot, such as ``m7i``."""
        return self.name.partition(".")[0]


def instance_type_from_row(name: str, row: Row) -> InstanceType:
    """An instance type from its row of the data file (columns in INSTANCE_TYPE_COLUMNS order)."""
    fields = dict(zip(INSTANCE_TYPE_COLUMNS, row, strict=True))
    return InstanceType(
        name=name,
        **{
            **fields,
            "architectures": tuple(fields["architectures"]),  # type: ignore[arg-type]
            "accelerators": tuple(Accelerator(*entry) for entry in fields["accelerators"]),  # type: ignore[attr-defined]
            "usage_classes": tuple(fields["usage_classes"]),  # type: ignore[arg-type]
        },
    )


class InstanceTypes(Mapping[str, InstanceType]):
    """All known instance types by name; values are made when asked for, so loading stays cheap."""

    __slots__ = ("_made", "_rows")

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._made: dict[str, InstanceType] = {}

    def __getitem__(self, name: str) -> InstanceType:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = instance_type_from_row(name, self._rows[name])
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(frozen=True, slots=True)
class BranchTable:
    """Branch interfaces by type as (Karpenter's table, the resource controller's table); None
    where a table does not list the type, 0 where it says that there is no trunk."""

    karpenter_date: str
    controller_date: str
    types: Mapping[str, tuple[int | None, int | None]]


@dataclass(frozen=True, slots=True)
class Zone:
    """An Availability Zone. Its id names the same place in every account; its name does not.

    Source: https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    """

    id: str
    name: str
    kind: str = "availability-zone"  # or local-zone, wavelength-zone


@dataclass(frozen=True, slots=True)
class Region:
    """A region: zones, which types each zone offers, and the endpoint services known there."""

    name: str
    partition: str
    zones: tuple[Zone, ...]
    zone_names_are_yours: bool
    """Whether the pairs of zone name and id were read from the user's own account."""
    offerings: Mapping[str, frozenset[str]]
    """Instance type to the ids of the zones that offer it; empty when not known."""
    endpoint_services: frozenset[str]
    """Full names of VPC endpoint services, such as ``com.amazonaws.eu-west-1.ec2``."""
    endpoint_services_listed: bool
    """Whether the list was read in this region (True) or is the usual one (False)."""
    prices: Mapping[str, float]
    """On-demand Linux price per hour in US dollars by type; empty when not known."""
    retrieved: str
    endpoint_price: float | None = None
    """Price of an interface endpoint per hour and zone in US dollars; None when not known."""

    def zone(self, name_or_id: str) -> Zone | None:
        """The zone with this id or name, or None."""
        for zone in self.zones:
            if name_or_id in (zone.id, zone.name):
                return zone
        return None

    def endpoint_service(self, service: str) -> str:
        """The full endpoint service name of a short one such as ``ecr.api``, in this partition.

        China regions put ``cn.`` before some names. The listed name wins; otherwise the usual
        prefix is used. Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
        """
        usual = f"com.amazonaws.{self.name}.{service}"
        china = f"cn.{usual}"
        if china in self.endpoint_services:
            return china
        return usual


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A Kubernetes minor version such as 1.35."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1.35``. Raises ValueError for anything else."""
        major, dot, minor = text.partition(".")
        if not (dot and major.isdecimal() and minor.isdecimal()):
            raise ValueError(f"{text!r} is not a Kubernetes minor version such as 1.35")
        return cls(int(major), int(minor))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class KubernetesVersion:
    """A Kubernetes minor version on EKS with its dates (ISO 8601 days, UTC)."""

    version: str
    released: str
    end_of_standard_support: str
    end_of_extended_support: str
    source: str
    default: bool = False
    retrieved: str = ""
    """Day or month (ISO 8601) on which these dates were read."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """All dated facts a plan is made from, with a digest over every one of them."""

    digest: str
    """``sha256:`` and the hash over the hashes of all files."""
    retrieved: str
    """Day of the oldest part, ISO 8601."""
    origin: str
    """``embedded``, or the folder it was loaded from."""
    instance_types: InstanceTypes
    versions: tuple[KubernetesVersion, ...]
    facts: Facts
    region_names: tuple[str, ...]
    load_region: Callable[[str], Region]
    """Gives a region by name. Raises KeyError for a region that the catalog does not know."""
    load_branches: Callable[[], BranchTable]
    """Gives the published tables of branch interfaces."""

    def version(self, text: str) -> KubernetesVersion | None:
        """The entry of a Kubernetes minor version, or None."""
        return next((entry for entry in self.versions if entry.version == text), None)

    def default_version(self) -> KubernetesVersion:
        """The version that a spec without one gets."""
        return next(entry for entry in self.versions if entry.default)
