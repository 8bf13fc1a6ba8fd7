"""``eksplan preview``"""

from __future__ import annotations

import json

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.provision import Asked, opened, output_option, stack_options


@click.command("preview")
@stack_options
@click.option(
    "--refresh", is_flag=True, help="Compare with what AWS says now, and show what differs there from the plan."
)
@click.option(
    "--exit-code",
    is_flag=True,
    help="End with 4 when something would change or, with --refresh, AWS differs from the plan.",
)
@output_option
def command(
    *,
    asked: Asked,
    refresh: bool,
    exit_code: bool,
    output: str,
) -> int:
    """Show what `up` would make, change, replace and delete.

    Nothing is changed. The plan file is taken as it was reviewed; its digest is checked.
    """
    from planner.cli.drifted import look
    from planner.deploy.doors import passed
    from planner.deploy.engine import EngineError
    from planner.deploy.events import Listener
    from planner.deploy.steps import Action, losses
    from planner.report import deployment as report
    from planner.report.simulation import paragraphs

    at = opened(asked, create=True)
    listener = Listener()
    try:
        at.engine.preview(listener, refresh=refresh)
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    steps = tuple(listener.steps.values())
    doors = passed(at.plan.one_way_doors, steps)
    found = look(at) if refresh else None
    if output == "json":
        content: dict[str, object] = {"steps": report.plain(steps), "oneWayDoors": report.plain_doors(doors)}
        if found is not None:
            content |= report.plain_drift(found)
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        for line in report.changes(steps):
            streams.data(line)
        streams.data(report.summary(steps))
        for line in report.losses(losses(steps)):
            streams.data(f"one-way: {line}; `up` wants --replace NAME for it")
        more = [*report.doors(doors), *(report.drift(found) if found else ())]
        if more:
            streams.data(paragraphs(more, streams.width()))
    changed = any(one.action not in (Action.SAME, Action.READ, Action.REFRESH) for one in steps)
    differs = found is not None and found.count > 0
    return Exit.FINDINGS if exit_code and (changed or differs) else Exit.CLEAN
