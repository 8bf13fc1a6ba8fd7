"""``eksplan waterfall``"""

from __future__ import annotations

import dataclasses
import json
import sys

import click

from planner.cli import streams
from planner.cli.drawing import drawing_option
from planner.cli.exits import CliError
from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option


@click.command("waterfall")
@spec_or_plan_option
@click.argument("subnet", required=False)
@drawing_option
def command(file: str, subnet: str | None, output: str) -> None:
    """Draw how each subnet came to its size.

    SUBNET is a tier and zone such as node.use1-az1, a tier, or a zone; all subnets without it.
    Every bar is a decision: `eksplan why` explains it.
    """
    from planner.report.pictures.waterfall import waterfalls

    plan = plan_from(file, load_catalog(), as_json=output == "json").plan
    found = waterfalls(plan, subnet)
    if not found:
        keys = ", ".join(one.key for one in waterfalls(plan))
        raise CliError(f"{subnet}: no such subnet; this plan has {keys}")
    if output == "svg":
        from planner.report.pictures.as_svg import waterfall_svg
        from planner.templates import render

        streams.document(waterfall_svg(found, f"{plan.name}: what the subnets are made of", render))
    elif output == "json":
        streams.document(json.dumps([dataclasses.asdict(one) for one in found], indent=1, ensure_ascii=False))
    else:
        from planner.report.pictures.on_terminal import draw_waterfalls

        streams.data(draw_waterfalls(found, width=streams.width(), colored=streams.colored(sys.stdout)))
