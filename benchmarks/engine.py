"""How long a preview of the production example takes on the real engine, and its memory.

    python benchmarks/engine.py [--runs N]

The AWS provider is the tests' double, in this process; nothing is made. Shown are the median wall
time of a preview, the time of a bare Python in the same run with the ratio, and the largest
resident memory of this process and of the engine (10^6 bytes).
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parent.parent))

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", EKSPLAN_CATALOG="embedded")  # noqa: S106

from measure import BARE, once
from moto import mock_aws
from pulumi import automation

from planner.report.columns import aligned
from stacks import declare
from tests.support.plans import plan_example
from tests.support.plugin import Plugin, serving
from tests.support.provider import MotoProvider
from tools import pulumi_cli

BOUND_SECONDS = 15


@click.command()
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True, help="Previews to take.")
def main(runs: int) -> None:
    """Print the figures."""
    design = plan_example("production").design
    times, resources = [], 0

    def program() -> None:
        declare(design)

    with mock_aws(), tempfile.TemporaryDirectory() as folder, serving(Plugin(MotoProvider(design.region))) as port:
        for part in ("state", "work"):
            (Path(folder) / part).mkdir()
        stack = automation.create_or_select_stack(
            "bench",
            project_name="eksplan",
            program=program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=f"{folder}/work",
                env_vars={
                    "PULUMI_BACKEND_URL": f"file://{folder}/state",
                    "PULUMI_CONFIG_PASSPHRASE": "benchmark",
                    "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "PULUMI_HOME": f"{folder}/home",
                    "PATH": os.environ["PATH"],
                },
                pulumi_command=automation.PulumiCommand(root=str(pulumi_cli.build().parents[1])),
            ),
        )
        for _ in range(runs):
            started = time.perf_counter()
            resources = sum(stack.preview().change_summary.values())
            times.append(time.perf_counter() - started)
    bare, _ = once(BARE)
    median = statistics.median(times)
    row = [
        f"preview of production, {resources} resources",
        f"{median:.1f} s",
        f"{bare:.0f} ms",
        f"{median * 1000 / bare:.0f}",
        f"≤ {BOUND_SECONDS} s",
        f"{_megabytes(resource.RUSAGE_SELF):.0f} MB",
        f"{_megabytes(resource.RUSAGE_CHILDREN):.0f} MB",
    ]
    heads = ["run", "median", "bare", "ratio", "bound", "memory here", "of the engine"]
    click.echo(aligned(heads, [row], left=1))
    sys.exit(median > BOUND_SECONDS)


def _megabytes(who: int) -> float:
    scale = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB here
    return resource.getrusage(who).ru_maxrss * scale / 1e6


if __name__ == "__main__":
    main()
