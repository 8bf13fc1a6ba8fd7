"""The file systems of a plan as rows for people."""

from __future__ import annotations

from planner.design import Design, Unknown
from planner.plan.storage import key_of, lifecycle_of, throughput_of

HEADER = ("file system", "throughput", "encrypted with", "lifecycle", "backup", "zones")


def file_system_rows(design: Design) -> list[tuple[str, ...]]:
    """A row for each file system, as ``HEADER`` names the columns."""
    made = () if isinstance(design.file_systems, Unknown) else design.file_systems
    return [
        (
            one.name,
            throughput_of(one),
            key_of(one).partition(" (")[0],
            lifecycle_of(one),
            "daily" if one.backup is True else "none",
            str(len(one.mount_targets)),
        )
        for one in made
    ]
