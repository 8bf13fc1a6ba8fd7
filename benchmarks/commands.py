"""How long whole commands take and how much memory they use, beside a bare Python in the same run.

    python benchmarks/commands.py [--runs N]

Each command is run N times (15 when not said), in turn with ``python -c pass``, after one run that
is not counted. Shown are medians in milliseconds of wall time, the ratio to bare Python, the
largest resident memory, and the bound that the command should keep.
"""

from __future__ import annotations

from dataclasses import dataclass

import click
from measure import in_turn

from planner.report.columns import aligned


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
    Case(("simulate", "-f", "examples/production.yaml"), 1000),
    Case(("compare", "-f", "examples/production.yaml"), 1000),
    Case(("map", "-f", "examples/production.yaml"), 500),
    Case(("waterfall", "-f", "examples/production.yaml"), 500),
    Case(("fleet", "plan", "-f", "examples/fleet.yaml"), 1000),
    Case(("max-pods", "--all"), 500),
    Case(("instances",), 300),
)


@click.command()
@click.option("--runs", type=click.IntRange(1), default=15, show_default=True, help="Runs of each command.")
def main(runs: int) -> None:
    """Print the figures."""
    rows = []
    for case in CASES:
        bare, measured = in_turn(case.arguments, runs)
        rows.append(
            [
                f"eksplan {' '.join(case.arguments)}",
                f"{measured.median:.0f} ms",
                f"{bare.median:.0f} ms",
                f"{measured.median / bare.median:.1f}",
                f"≤ {case.milliseconds} ms",
                f"{max(measured.memory):.0f} MB",
                f"≤ {case.megabytes} MB" if case.megabytes else "",
            ]
        )
    click.echo(aligned(["command", "median", "bare", "ratio", "bound", "memory", "bound"], rows, left=1))


if __name__ == "__main__":
    main()
