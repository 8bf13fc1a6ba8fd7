"""Orders of instance types: by name as people read it, by a number, by nearness to a type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from planner.capacity.instances import Row, gib_per_vcpu, memory_gib
from planner.capacity.selection import generation
from planner.catalog.model import InstanceType

#: What rows can be sorted by besides their name; None is not known.
NUMBERS: Mapping[str, Callable[[Row], float | None]] = {
    "vcpu": lambda row: row.instance.vcpu,
    "memory": lambda row: memory_gib(row.instance),
    "ratio": lambda row: gib_per_vcpu(row.instance),
    "pods": lambda row: row.pods.pods,
    "allocatable-cpu": lambda row: row.allocatable.cpu_millicores,
    "allocatable-memory": lambda row: row.allocatable.memory_mib,
    "price": lambda row: row.price,
    "generation": lambda row: generation(row.instance),
    "pods-per-vcpu": lambda row: row.pods_per_vcpu,
}


def natural(instance: InstanceType) -> tuple[object, ...]:
    """A key that sorts m5.large, m5.xlarge, m5.2xlarge, m5.metal, m10.large: families by their
    letters and numbers, sizes by vCPU and memory, virtual machines before bare metal."""
    family = tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", instance.family))
    return (family, instance.vcpu, instance.memory_mib, instance.bare_metal, instance.name)


def by_name(rows: Iterable[Row], *, descending: bool = False) -> tuple[Row, ...]:
    """Rows in the natural order of their names."""
    return tuple(sorted(rows, key=lambda row: natural(row.instance), reverse=descending))


def by_number(rows: Iterable[Row], number: str, *, descending: bool = False) -> tuple[Row, ...]:
    """Rows by one of ``NUMBERS``, equal ones by name; unknown numbers come last in both directions."""
    value = NUMBERS[number]
    sign = -1 if descending else 1

    def key(row: Row) -> tuple[bool, float]:
        found = value(row)
        return (found is None, sign * (found or 0))

    return tuple(sorted(by_name(rows), key=key))


def by_nearness(rows: Iterable[Row], like: Row) -> tuple[Row, ...]:
    """Rows by how near they are to ``like``: least difference in memory first, then in pods, then
    in kind (burstable or not, local disks or not); among equals the newest generation."""

    def distance(row: Row) -> tuple[int, int, int, int]:
        one, other = row.instance, like.instance
        return (
            abs(one.memory_mib - other.memory_mib),
            abs(row.pods.pods - like.pods.pods),
            (one.burstable != other.burstable) + ((one.local_storage_gb > 0) != (other.local_storage_gb > 0)),
            -generation(one),
        )

    return tuple(sorted(by_name(rows), key=distance))
