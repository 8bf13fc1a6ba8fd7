"""How planning a fleet grows with the number of its clusters.

    python benchmarks/fleet.py [--runs N] [--clusters N ...]

Fleets of 100, 1,000 and 10,000 clusters with twelve subnets each: of two kinds, as a company has
them, and (up to 1,000) all different, the worst case, where nothing can be worked out once for
many. Whole processes, medians of N runs (3 when not said), in turn with ``python -c pass``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from measure import in_turn

from planner.report.columns import aligned

TWELVE_SUBNETS = {
    "region": "eu-west-1",
    "zones": ["euw1-az1", "euw1-az2", "euw1-az3"],
    "vpc": {"layout": "minimal"},
    "cni": {"mode": "prefix", "customNetworking": True},
}


def alike(count: int) -> dict[str, Any]:
    """Half of the clusters small, half of them larger."""
    return {
        "templates": {
            "small": {
                "nodeGroups": [{"name": "general", "instanceTypes": ["m6i.large"], "maxSize": 6, "podsPerNode": 30}]
            },
            "large": {"nodeGroups": [{"name": "general", "instanceTypes": ["m6i.xlarge"], "maxSize": 20}]},
        },
        "clusters": [{"name": name, "template": name, "count": count // 2} for name in ("small", "large")],
    }


def different(count: int) -> dict[str, Any]:
    """No two clusters alike."""

    def group(number: int) -> dict[str, Any]:
        size, pods = 3 + number % 200, 10 + number // 200
        return {"name": "general", "instanceTypes": ["m6i.large", "m5.large"], "maxSize": size, "podsPerNode": pods}

    return {"clusters": [{"name": f"c{number}", "spec": {"nodeGroups": [group(number)]}} for number in range(count)]}


def fleet(kind: Callable[[int], dict[str, Any]], count: int) -> str:
    """A fleet as JSON, which is YAML."""
    body = {"pools": [{"name": "all", "cidrs": ["10.0.0.0/8"]}], "defaults": TWELVE_SUBNETS, **kind(count)}
    return json.dumps({"apiVersion": "eksplan/v1", "kind": "Fleet", "metadata": {"name": "bench"}, "spec": body})


@click.command()
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True, help="Runs of each fleet.")
@click.option(
    "--clusters", "sizes", type=click.IntRange(2), multiple=True, default=(100, 1000, 10_000), help="Sizes of fleets."
)
def main(runs: int, sizes: Sequence[int]) -> None:
    """Measure and print."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, count in ((kind, count) for kind in (alike, different) for count in sizes):
            if kind is different and count > 1000:
                continue
            file = Path(folder) / f"{kind.__name__}-{count}.yaml"
            file.write_text(fleet(kind, count), "utf-8")
            bare, measured = in_turn(("fleet", "plan", "-f", str(file), "-o", "json"), runs)
            rows.append(
                [
                    f"{count:,} clusters, {'of two kinds' if kind is alike else 'all different'}",
                    f"{measured.median:,.0f} ms",
                    f"{measured.median / bare.median:,.0f}",
                    f"{measured.median / count:.2f} ms",
                    f"{max(measured.memory):.0f} MB",
                ]
            )
    click.echo(aligned(["fleet", "median", "ratio to bare Python", "each cluster", "memory"], rows, left=1))


if __name__ == "__main__":
    main()
