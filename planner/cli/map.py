"""``eksplan map``"""

from __future__ import annotations

import json
import sys

import click

from planner.cli import streams
from planner.cli.drawing import drawing_option
from planner.cli.inputs import load_catalog, plan_from, spec_or_plan_option


@click.command("map")
@spec_or_plan_option
@drawing_option
def command(file: str, output: str) -> None:
    """Draw which addresses of the VPC are used, planned, free.

    Told apart are addresses that others use, planned ones, CIDR reservations for prefixes, what is
    left in subnets, and what no subnet has.
    """
    from planner.report.pictures.address_map import Use, address_map

    plan = plan_from(file, load_catalog(), as_json=output == "json").plan
    blocks = address_map(plan)
    if output == "svg":
        from planner.report.pictures.as_svg import map_svg
        from planner.templates import render

        streams.document(map_svg(blocks, f"{plan.name}: addresses of the VPC", render))
    elif output == "json":
        content = [
            {
                "cidr": str(block.cidr),
                "amounts": {use.name.lower(): block.amount(use) for use in Use},
                "subnets": [
                    {
                        "name": one.name,
                        "cidr": str(one.cidr),
                        "tier": one.tier,
                        "zone": one.zone,
                        "amounts": {use.name.lower(): one.amount(use) for use in Use if use is not Use.FREE},
                    }
                    for one in block.subnets
                ],
            }
            for block in blocks
        ]
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        from planner.report.pictures.on_terminal import draw_map

        streams.data(draw_map(blocks, width=streams.width(), colored=streams.colored(sys.stdout)))
