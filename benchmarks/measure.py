"""Whole processes: their wall time and memory, in turn with a bare Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
BARE = (sys.executable, "-c", "pass")
EKSPLAN = (sys.executable, "-c", "from planner.cli.main import main; main()")


@dataclass
class Measured:
    """Wall times in milliseconds and resident memory in MB (10^6 bytes) of every run."""

    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def add(self, run: tuple[float, float]) -> None:
        """Keep one run."""
        self.times.append(run[0])
        self.memory.append(run[1])

    @property
    def median(self) -> float:
        """Median wall time in milliseconds."""
        return statistics.median(self.times)


def once(command: Sequence[str]) -> tuple[float, float]:
    """Milliseconds and MB of one process, from its start to its end. Raises SystemExit if it fails."""
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


def in_turn(arguments: Sequence[str], runs: int) -> tuple[Measured, Measured]:
    """A bare Python and ``eksplan`` with these arguments, in turn, after one run that is not counted."""
    bare, measured = Measured(), Measured()
    once((*EKSPLAN, *arguments))
    for _ in range(runs):
        bare.add(once(BARE))
        measured.add(once((*EKSPLAN, *arguments)))
    return bare, measured


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EKSPLAN_", "PYTHONDONTWRITE"))}
    return {**kept, "EKSPLAN_CATALOG": "embedded"}
