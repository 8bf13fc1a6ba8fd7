"""The way of a cluster to another version, for the terminal and as plain data."""

from __future__ import annotations

import dataclasses
from typing import Any

from planner.plan.updates.control_plane import Way
from planner.report.clock import span
from planner.report.update.plain import trouble
from planner.report.update.text import troubles


def lines(way: Way) -> list[str]:
    """Hop by hop, each step with what it is; then addresses, the way back, and what stops it."""
    found: list[str] = []
    for hop in way.hops:
        found.append(
            f"{hop.start} → {hop.end} (standard support until {hop.standard_until}, extended until {hop.extended_until})"
        )
        for number, step in enumerate(hop.steps, 1):
            takes = f" (about {span(step.expected)})" if step.expected is not None else ""
            found.append(f"  {number:>2}. {step.what}: {step.detail}{takes}")
    found.append("free addresses of the cluster subnets, at the planned peak:")
    found += [f"  {one.zone}: {one.free:,} free, {one.wanted} wanted ({', '.join(one.subnets)})" for one in way.free]
    found.append("the way back:")
    found += [f"  {one}" for one in way.rollback]
    wrong = troubles(way.troubles)
    return [*found, *(["what stands in the way:", *wrong] if wrong else [])]


def plain(name: str, way: Way) -> dict[str, Any]:
    """The way as JSON."""
    return {
        "name": name,
        "succeeds": way.works,
        "hops": [dataclasses.asdict(one) for one in way.hops],
        "freeAddresses": [dataclasses.asdict(one) for one in way.free],
        "rollback": list(way.rollback),
        "troubles": [trouble(one) for one in way.troubles],
    }
