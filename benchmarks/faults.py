"""The fault table: what each fault did to a run, what was lost and what was orphaned.

    python benchmarks/faults.py

It runs the fault tests of tests/engine on the real engine and prints a line for each: lost are
resources of the state that AWS lacks, orphaned are resources of AWS that neither the state nor the
run's own report names. The tests assert that both are empty after every run, and that the next run
finishes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from planner.report.columns import aligned

ROOT = Path(__file__).parent.parent


TESTS = [f"tests/engine/test_{name}.py" for name in ("disk", "faults", "broken_state", "killed")]


def main() -> None:
    """Print the table; ends with 1 if a cell is not zero or a run never finished."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "faults.jsonl"
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "2", "--dist", "load", "-q", *TESTS],
            cwd=ROOT,
            env={**os.environ, "EKSPLAN_FAULT_TABLE": str(table)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        lines = table.read_text("utf-8").splitlines() if table.exists() else []
    rows = [[str(cell) for cell in json.loads(line)] for line in sorted(lines)]
    print(aligned(["fault", "outcome", "lost", "orphaned"], rows, left=2))
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
