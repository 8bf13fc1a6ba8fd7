"""Root volumes: what EBS takes of each volume type."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Path
from planner.spec.check.made import invalid
from planner.spec.disk import DEFAULT_GIB
from planner.spec.nodes import DiskSpec

__all__ = ["DEFAULT_GIB", "check_disk"]


def check_disk(disk: DiskSpec, path: Path, facts: Facts) -> Iterator[Diagnostic]:
    """The disk of one group; ``path`` is its place."""
    fact = facts["ebs.volume_types"]
    limits = fact.value[disk.type]
    size = disk.size_gib or DEFAULT_GIB

    def wrong(key: str, summary: str, value: str, limit: str, fix: str) -> Diagnostic:
        return invalid(
            "group-disk", (*path, key), summary, value=value, limit=limit, fix=fix, source=fact.source, note="N28"
        )

    low, high = limits["gib"]
    if not low <= size <= high:
        yield wrong(
            "sizeGib", f"not a size of {disk.type}", f"{size} GiB", f"{low:,} to {high:,} GiB", "change the size"
        )
    if disk.iops is not None and "iops" not in limits:
        yield wrong("iops", f"{disk.type} takes no IOPS", str(disk.iops), "none", "use type: gp3, or leave iops out")
    elif disk.iops is None and disk.type in ("io1", "io2"):
        low, high = limits["iops"]
        yield wrong("iops", f"{disk.type} needs IOPS", "none", f"{low:,} to {high:,}", "add iops, or use type: gp3")
    elif disk.iops is not None:
        low, high = limits["iops"]
        most = min(high, max(size * limits["iopsPerGib"], limits.get("baseIops", low)))
        if not low <= disk.iops <= most:
            yield wrong(
                "iops",
                f"IOPS that {disk.type} does not have at {size} GiB",
                f"{disk.iops:,}",
                f"{low:,} to {most:,} ({limits['iopsPerGib']} for each GiB, at most {high:,})",
                "change iops, or take a larger disk",
            )
    if disk.throughput is None:
        return
    if "throughput" not in limits:
        yield wrong(
            "throughput", "only gp3 takes a throughput", f"{disk.throughput} MiB/s", "gp3", "leave throughput out"
        )
        return
    low, high = limits["throughput"]
    iops = disk.iops or limits["baseIops"]
    most = min(high, iops // limits["iopsPerThroughput"])
    if not low <= disk.throughput <= most:
        yield wrong(
            "throughput",
            f"more throughput than {iops:,} IOPS allow",
            f"{disk.throughput} MiB/s",
            f"{low} to {most} MiB/s (1 for {limits['iopsPerThroughput']} IOPS, at most {high:,})",
            f"raise iops to {disk.throughput * limits['iopsPerThroughput']:,}, or lower throughput",
        )
