"""``eksplan outputs``"""

from __future__ import annotations

import json

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.provision import Asked, opened, output_option, stack_options


@click.command("outputs")
@stack_options
@output_option
def command(
    *,
    asked: Asked,
    output: str,
) -> int:
    """Show what a stack gives: the command for kubectl, ids of the VPC, subnets and groups."""
    from planner.deploy.engine import EngineError

    at = opened(asked, create=False)
    try:
        found = at.engine.outputs()
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    if output == "json":
        streams.document(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False))
        return Exit.CLEAN
    for name, value in sorted(found.items()):
        if isinstance(value, dict):
            streams.data(f"{name}:")
            for key, inner in sorted(value.items()):
                streams.data(f"  {key}: {inner}")
        else:
            streams.data(f"{name}: {value}")
    return Exit.CLEAN
