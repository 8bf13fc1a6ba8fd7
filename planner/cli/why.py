"""``eksplan why``"""

from __future__ import annotations

import difflib
import json

import click

from planner.cli import streams
from planner.cli.exits import CliError
from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option


@click.command("why")
@spec_or_plan_option
@click.argument("decision", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
def command(file: str, decision: str | None, output: str) -> None:
    """Show how each number of a plan came to be.

    DECISION is an id such as subnet.node.apne2-az1, or the beginning of some ids such as subnet.
    Without it the decisions are listed with their values.
    """
    from planner.plan.plain import plain
    from planner.report.text import decision_list, decision_text

    plan = plan_from(file, load_catalog(), as_json=output == "json").plan
    chosen = plan.decisions
    if decision is not None:
        exact = tuple(one for one in chosen if one.id == decision)
        chosen = exact or tuple(one for one in chosen if one.id.startswith(f"{decision}."))
        if not chosen:
            ids = [one.id for one in plan.decisions]
            near = difflib.get_close_matches(decision, [*ids, *{one.partition(".")[0] for one in ids}], n=3, cutoff=0.4)
            hint = f"did you mean {', '.join(near)}? " if near else ""
            raise CliError(f"{decision}: no such decision; {hint}`eksplan why -f {file}` lists all {len(ids)}")
    if output == "json":
        streams.document(json.dumps([plain(one) for one in chosen], indent=1, sort_keys=True, ensure_ascii=False))
    elif decision is None:
        streams.data(decision_list(chosen, streams.width()))
    else:
        streams.data("\n\n".join(decision_text(one, streams.width()) for one in chosen))
