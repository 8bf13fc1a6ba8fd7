"""Instance types as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from planner.capacity.instances import Row, architecture, gib_per_vcpu
from planner.capacity.selection import generation
from planner.catalog.model import Accelerator, InstanceType

#: What documents say of a type: names with their units, and where each comes from.
FIELDS: Mapping[str, Callable[[Row], object]] = {
    "instanceType": lambda row: row.instance.name,
    "family": lambda row: row.instance.family,
    "generation": lambda row: generation(row.instance),
    "currentGeneration": lambda row: row.instance.current_generation,
    "vcpu": lambda row: row.instance.vcpu,
    "memoryMib": lambda row: row.instance.memory_mib,
    "gibPerVcpu": lambda row: gib_per_vcpu(row.instance),
    "architecture": lambda row: architecture(row.instance),
    "accelerators": lambda row: [_accelerator(one) for one in row.instance.accelerators],
    "localStorageGb": lambda row: row.instance.local_storage_gb,
    "interfaces": lambda row: row.instance.interfaces,
    "ipv4PerInterface": lambda row: row.instance.ipv4_per_interface,
    "pods": lambda row: row.pods.pods,
    "podsUncapped": lambda row: row.pods.uncapped,
    "podsPerVcpu": lambda row: row.pods_per_vcpu,
    "limiter": lambda row: row.pods.limiter,
    "allocatableCpuMillicores": lambda row: row.allocatable.cpu_millicores,
    "allocatableMemoryMib": lambda row: row.allocatable.memory_mib,
    "allocatableEphemeralStorageMib": lambda row: row.allocatable.ephemeral_storage_mib,
    "branchInterfaces": lambda row: row.branches.count,
    "branchInterfacesCertain": lambda row: row.branches.certain,
    "nitro": lambda row: row.instance.nitro,
    "burstable": lambda row: row.instance.burstable,
    "bareMetal": lambda row: row.instance.bare_metal,
    "usageClasses": lambda row: list(row.instance.usage_classes),
    "zones": lambda row: None if row.zones is None else list(row.zones),
    "pricePerHourUsd": lambda row: row.price,
}


def plain(row: Row) -> dict[str, object]:
    """A row as JSON says it; null for what is not known."""
    return {name: field(row) for name, field in FIELDS.items()}


def csv_text(rows: Sequence[Row]) -> str:
    """Rows as CSV with a head; lists are separated by spaces, accelerators by commas, and cells are
    empty for what is not known."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(FIELDS)
    for row in rows:
        cells = {**plain(row), "accelerators": accelerators(row.instance)}
        writer.writerow(map(_cell, cells.values()))
    return written.getvalue()


def accelerators(instance: InstanceType) -> str:
    """Accelerators as people name them, such as ``8× NVIDIA H100``; empty where there are none.

    EC2 lists Inferentia twice, as a Neuron device and as an inference accelerator, and says 0 where
    a type has a part of one.
    """
    named = {one.name: one for one in reversed(instance.accelerators)}
    texts = []
    for one in reversed(named.values()):
        name = one.name if one.name.startswith(one.manufacturer) else f"{one.manufacturer} {one.name}"
        texts.append(f"{one.count}× {name}" if one.count else f"part of {name}")
    return ", ".join(texts)


def _accelerator(one: Accelerator) -> dict[str, object]:
    return {
        "kind": one.kind,
        "manufacturer": one.manufacturer,
        "name": one.name,
        "count": one.count,
        "memoryMib": one.memory_mib,
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
