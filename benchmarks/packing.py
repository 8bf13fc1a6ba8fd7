"""How near to the least possible 1,000 pods are packed onto 30 kinds of nodes, and how long that takes.

    python benchmarks/packing.py [--seconds N]

Each problem is packed by a process of its own, which may search N seconds (18 when not said). Shown
are the gap to the lower bound, by how much first-fit-decreasing (as Karpenter packs) and the best
single type cost more, and the wall time of the whole process beside ``python -c pass``.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import click

from planner.report.columns import aligned

ROOT = Path(__file__).parent.parent
FAMILIES = ("c6i", "m6i", "r6i", "c7i", "m7i", "r7i")
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge")
#: (kinds of pods, replicas of each, least and most CPU in millicores)
SHAPES = {
    "40 workloads x 25": (40, 25, 50, 2000),
    "1,000 different pods": (1000, 1, 50, 2000),
    "100 large workloads x 10": (100, 10, 500, 8000),
    "1,000 different large pods": (1000, 1, 1000, 9000),
}


def spec(kinds: int, replicas: int, least: int, most: int) -> str:
    """A spec as JSON, which is YAML."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    workloads = []
    for number in range(kinds):
        cpu = chance.randint(least, most)
        memory = int(cpu * chance.choice((1, 2, 4, 6)) * chance.uniform(0.6, 1.4)) + 16
        workloads.append({"name": f"w{number}", "cpu": f"{cpu}m", "memory": f"{memory}Mi", "replicas": replicas})
    return json.dumps(
        {
            "apiVersion": "eksplan/v1",
            "kind": "Cluster",
            "metadata": {"name": "bench"},
            "spec": {"region": "us-east-1", "tolerateZoneLoss": 0, "cni": {"mode": "prefix"}, "workloads": workloads},
        }
    )


@click.command()
@click.option("--seconds", default=18.0, show_default=True, help="Time to search.")
def main(seconds: float) -> None:
    """Measure and print."""
    bare = statistics.median(_timed([sys.executable, "-c", "pass"], "")[0] for _ in range(9))
    types = [word for family in FAMILIES for size in SIZES for word in ("--types", f"{family}.{size}")]
    rows = []
    for name, shape in SHAPES.items():
        command = [sys.executable, "-m", "planner", "pack", "-f", "-", "--zones", "1", "-o", "json", *types]
        taken, out = _timed([*command, "--time-limit", str(seconds)], spec(*shape))
        found = json.loads(out)
        rows.append(
            (
                name,
                f"{found['gap']:.2%}",
                f"{found['firstFit'] / found['cost'] - 1:+.1%}",
                f"{found['bestSingleType'] / found['cost'] - 1:+.1%}" if found["bestSingleType"] else "-",
                str(sum(found["counts"].values())),
                f"{taken:.1f} s",
                f"{taken / bare:,.0f}",
            )
        )
    head = ("1,000 pods, 30 types", "gap", "first fit", "one type", "nodes", "time", "ratio")
    click.echo(aligned(head, rows, left=1))


def _timed(command: list[str], given: str) -> tuple[float, str]:
    """Seconds of a whole process, and what it printed."""
    started = time.perf_counter()
    ran = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, ran.stdout


if __name__ == "__main__":
    main()
