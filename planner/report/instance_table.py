"""Instance types as a table that fits the screen: what was asked for stays, the rest goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from planner.capacity.instances import Row, architecture, gib_per_vcpu, memory_gib
from planner.capacity.max_pods import Limiter
from planner.capacity.selection import generation
from planner.catalog.model import InstanceType
from planner.report.columns import aligned
from planner.report.instances import accelerators


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its head, its cells, how soon it goes where there is little room, and which fields of
    a filter or orders ask for it, so that it stays."""

    head: str
    cell: Callable[[Row], str]
    rank: int
    asked: frozenset[str] = frozenset()
    optional: bool = False
    """Whether it is left out where it would be all dashes."""


def _traits(instance: InstanceType) -> str:
    named = ((instance.burstable, "burstable"), (instance.bare_metal, "metal"), (not instance.nitro, "Xen"))
    return ", ".join(name for has, name in named if has) or "-"


def _branches(row: Row) -> str:
    if row.branches.count is None:
        return "?"
    return str(row.branches.count) + ("" if row.branches.certain else "?")


def _two(number: float) -> str:
    """At most two decimals, without zeros that say nothing."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _columns() -> tuple[_Column, ...]:
    def asked(*names: str) -> frozenset[str]:
        return frozenset(names)

    return (
        _Column("type", lambda row: row.instance.name, 0),
        _Column("vCPU", lambda row: str(row.instance.vcpu), 1, asked("vcpu", "pods-per-vcpu")),
        _Column("GiB", lambda row: _two(memory_gib(row.instance)), 2, asked("memory", "like")),
        _Column("GiB/\nvCPU", lambda row: _two(gib_per_vcpu(row.instance)), 9, asked("ratio")),
        _Column("arch", lambda row: architecture(row.instance), 6, asked("arch")),
        _Column("gener-\nation", lambda row: str(generation(row.instance)), 14, asked("generation", "current")),
        _Column("accelerators", lambda row: accelerators(row.instance) or "-", 8, asked("accelerator"), optional=True),
        _Column(
            "local\nGB",
            lambda row: str(row.instance.local_storage_gb or "-"),
            10,
            asked("local_storage"),
            optional=True,
        ),
        _Column(
            "kind", lambda row: _traits(row.instance), 12, asked("burstable", "bare_metal", "nitro"), optional=True
        ),
        _Column("ENI×IPs", lambda row: f"{row.instance.interfaces}×{row.instance.ipv4_per_interface}", 7),
        _Column(
            "pods", lambda row: f"{row.pods.pods}{'*' * (row.pods.limiter is Limiter.CAP)}", 3, asked("pods", "like")
        ),
        _Column("limited by", lambda row: row.pods.limiter, 15),
        _Column("pods/\nvCPU", lambda row: _two(row.pods_per_vcpu), 17, asked("pods-per-vcpu")),
        _Column(
            "alloc.\nCPU",
            lambda row: f"{row.allocatable.cpu_millicores}m",
            4,
            asked("allocatable_cpu", "allocatable-cpu"),
        ),
        _Column(
            "alloc.\nMiB",
            lambda row: str(row.allocatable.memory_mib),
            5,
            asked("allocatable_memory", "allocatable-memory"),
        ),
        _Column("disk\nMiB", lambda row: str(row.allocatable.ephemeral_storage_mib), 18),
        _Column("branch\nENIs", _branches, 13, asked("trunk")),
        _Column("bought as", lambda row: ", ".join(row.instance.usage_classes), 19, asked("usage")),
        _Column(
            "zones", lambda row: "?" if row.zones is None else str(len(row.zones)), 16, asked("region", "zones", "zone")
        ),
        _Column("USD/h", lambda row: "unknown" if row.price is None else f"{row.price:.4f}", 20, asked("price")),
    )


def table(rows: Sequence[Row], *, width: int, asked: Collection[str]) -> str:
    """Rows as a table of at most ``width`` columns, as far as the names allow; the first to stay are
    columns that a filter or an order asked for (``asked``), and prices where some are known."""
    pinned = {*asked, *(["price"] if any(row.price is not None for row in rows) else [])}
    wanted = [
        (column, cells)
        for column in _columns()
        for cells in [[column.cell(row) for row in rows]]
        if column.asked & pinned or not column.optional or set(cells) - {"-"}
    ]
    wide = {column.head: max(map(len, [*column.head.split("\n"), *cells])) for column, cells in wanted}
    kept: set[str] = set()
    room = width + 2
    for column, _ in sorted(wanted, key=lambda one: (one[0].rank > 0, not one[0].asked & pinned, one[0].rank)):
        if wide[column.head] + 2 <= room:
            kept.add(column.head)
            room -= wide[column.head] + 2
    shown = [(column, cells) for column, cells in wanted if column.head in kept or column.rank == 0]
    return aligned(
        [column.head for column, _ in shown],
        list(zip(*(cells for _, cells in shown), strict=True)),
        left=1,
    )
