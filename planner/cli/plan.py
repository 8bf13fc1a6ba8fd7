"""``eksplan plan``"""

from __future__ import annotations

import json
from pathlib import Path

import click

from planner.cli import output
from planner.cli.exits import CliError, Exit
from planner.cli.findings import FAIL_ON, fails
from planner.cli.inputs import file_option, load_catalog, plan_from_spec, read
from planner.plan.model import Plan


@click.command("plan")
@file_option
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["table", "json", "yaml", "markdown"]),
    default="table",
    show_default=True,
    help="How to print the plan.",
)
@click.option(
    "--out",
    metavar="FILE|DIR",
    type=click.Path(path_type=Path),
    help="Write the plan file here (a folder gets NAME.plan.json).",
)
@click.option("--details", is_flag=True, help="Also show every consumer of addresses, every rule and every role.")
@FAIL_ON
def command(file: str, form: str, out: Path | None, details: bool, fail_on: str) -> int:
    """Plan a cluster from a spec, and review the plan.

    Prints addresses, subnets, node groups, security groups, findings and the choices that can
    never be changed. The same spec and catalog give the same bytes.
    """
    content, name = read(file)
    planned = plan_from_spec(content, name, load_catalog(), as_json=form == "json")
    plan = planned.plan
    if out is not None:
        path = _write(plan, out)
        output.note(f"plan written to {path} ({plan.digest})")
    _print(plan, form, details=details)
    return Exit.FINDINGS if fails(plan.verdict, fail_on) else Exit.CLEAN


def _write(plan: Plan, out: Path) -> Path:
    from planner.plan.file import write_text

    path = out / f"{plan.name}.plan.json" if out.is_dir() else out
    try:
        path.write_text(write_text(plan), "utf-8")
    except OSError as error:
        raise CliError(f"{path}: cannot be written: {error.strerror}") from None
    return path


def _print(plan: Plan, form: str, *, details: bool) -> None:
    if form == "table":
        from planner.report.text import plan_tables

        output.show(*plan_tables(plan, details=details))
    elif form == "markdown":
        from planner.report.markdown import plan_markdown

        output.data(plan_markdown(plan))
    elif form == "json":
        from planner.plan.file import write_text

        output.data(write_text(plan))
    else:
        import yaml

        from planner.plan.file import write_text

        output.data(yaml.safe_dump(json.loads(write_text(plan)), sort_keys=True, allow_unicode=True, width=120))
