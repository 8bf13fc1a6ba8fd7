"""``eksplan plan``"""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from planner.cli import streams
from planner.cli.exits import Exit
from planner.cli.findings import FAIL_ON, fails
from planner.cli.inputs import file_option, load_catalog, plan_file, plan_from_spec, read
from planner.cli.writing import write_plan_file
from planner.plan.model import Plan


def target(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Path | None:
    """Where to write to: not standard output, and no folder that is not there."""
    if value == "-":
        raise click.BadParameter("a plan file for standard output is what `-o json` prints")
    if value and value.endswith(("/", os.sep)) and not Path(value).is_dir():
        raise click.BadParameter(f"{value}: no such folder; make it first")
    return Path(value) if value else None


@click.command("plan")
@file_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "yaml", "markdown"]),
    default="table",
    show_default=True,
    help="How to print the plan.",
)
@click.option(
    "--out",
    metavar="FILE|DIR",
    callback=target,
    help="Write the plan file here (a folder gets NAME.plan.json).",
)
@click.option(
    "--from",
    "previous",
    metavar="PLAN",
    type=click.Path(dir_okay=True, allow_dash=False, path_type=str),
    help="Plan after this plan file: no block and no subnet of it moves.",
)
@click.option("--details", is_flag=True, help="Also show every consumer of addresses, every rule and every role.")
@FAIL_ON
def command(file: str, output: str, out: Path | None, previous: str | None, details: bool, fail_on: str) -> int:
    """Plan a cluster from a spec, and review the plan.

    Prints addresses, subnets, node groups, security groups, findings and the choices that can
    never be changed. The same spec and catalog give the same bytes. To change a cluster that
    is there, give the plan that made it with --from.
    """
    content, name = read(file)
    earlier = plan_file(previous) if previous else None
    planned = plan_from_spec(content, name, load_catalog(), as_json=output == "json", previous=earlier)
    plan = planned.plan
    if out is not None:
        from planner.plan.file import KIND, write_text

        path = write_plan_file(write_text(plan), out, f"{plan.name}.plan.json", file, KIND)
        streams.note(f"plan written to {path} ({plan.digest})")
    _print(plan, output, details=details)
    return Exit.FINDINGS if fails(plan.verdict, fail_on) else Exit.CLEAN


def _print(plan: Plan, output: str, *, details: bool) -> None:
    if output == "table":
        from planner.report.text import plan_tables

        streams.show(*plan_tables(plan, details=details))
    elif output == "markdown":
        from planner.report.markdown import plan_markdown

        streams.document(plan_markdown(plan))
    elif output == "json":
        from planner.plan.file import write_text

        streams.document(write_text(plan))
    else:
        import yaml

        from planner.plan.file import write_text

        streams.document(yaml.safe_dump(json.loads(write_text(plan)), sort_keys=True, allow_unicode=True, width=120))
