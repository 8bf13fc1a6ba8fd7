"""How long whole commands take and how much memory they use, beside a bare Python in the same run.

    python benchmarks/commands.py [--runs N]

Each command is run N times (15 when not said), in turn with ``python -c pass``, after one run that
is not counted. Shown are medians in milliseconds of wall time, the ratio to bare Python, the
largest resident memory, and the bound that the command should keep.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from planner.report.columns import aligned

ROOT = Path(__file__).parent.parent
BARE = (sys.executable, "-c", "pass")


@dataclass(frozen=True)
class Case:
    """A command and its bounds: milliseconds and MB (10^6 bytes)."""

    arguments: tuple[str, ...]
    milliseconds: int
    megabytes: int | None = None


CASES = (
    Case(("--help",), 150),
    Case(("max-pods", "m5.large"), 150),
    Case(("plan", "-f", "examples/minimal.yaml"), 500, 120),
    Case(("plan", "-f", "examples/production.yaml"), 500, 120),
    Case(("plan", "-f", "examples/production.yaml", "-o", "json"), 500, 120),
    Case(("why", "-f", "examples/production.yaml"), 500, 120),
    Case(("max-pods", "--all"), 500),
    Case(("instances",), 300),
)


@dataclass
class Measured:
    """Wall times in milliseconds and resident memory in MB of every run."""

    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def once(command: Sequence[str]) -> tuple[float, float]:
    """Milliseconds and MB of one process, from its start to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    _, status, usage = os.wait4(process.pid, 0)
    took = (time.perf_counter() - started) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    scale = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB here
    return took, usage.ru_maxrss * scale / 1e6


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EKSPLAN_", "PYTHONDONTWRITE"))}
    return {**kept, "EKSPLAN_CATALOG": "embedded"}


@click.command()
@click.option("--runs", type=click.IntRange(1), default=15, show_default=True, help="Runs of each command.")
def main(runs: int) -> None:
    """Print the figures."""
    command = (sys.executable, "-c", "from planner.cli.main import main; main()")
    results = {case: (Measured(), Measured()) for case in CASES}
    for case, (bare, measured) in results.items():
        once((*command, *case.arguments))
        for _ in range(runs):
            for found, argv in ((bare, BARE), (measured, (*command, *case.arguments))):
                took, memory = once(argv)
                found.times.append(took)
                found.memory.append(memory)
    rows = []
    for case, (bare, measured) in results.items():
        took, base = statistics.median(measured.times), statistics.median(bare.times)
        rows.append(
            [
                f"eksplan {' '.join(case.arguments)}",
                f"{took:.0f} ms",
                f"{base:.0f} ms",
                f"{took / base:.1f}",
                f"≤ {case.milliseconds} ms",
                f"{max(measured.memory):.0f} MB",
                f"≤ {case.megabytes} MB" if case.megabytes else "",
            ]
        )
    click.echo(aligned(["command", "median", "bare", "ratio", "bound", "memory", "bound"], rows, left=1))


if __name__ == "__main__":
    main()
