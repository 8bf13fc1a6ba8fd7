"""``eksplan refresh``"""

from __future__ import annotations

import json

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.provision import (
    Approval,
    Asked,
    Progress,
    agreed,
    approval_options,
    interruptible,
    opened,
    output_option,
    stack_options,
)


@click.command("refresh")
@stack_options
@approval_options
@click.option("--exit-code", is_flag=True, help="End with 4 when AWS differs from the state or the plan.")
@click.option("--look", is_flag=True, help="Only show what differs, and leave the state as it is.")
@output_option
def command(
    *,
    asked: Asked,
    approval: Approval,
    exit_code: bool,
    look: bool,
    output: str,
) -> int:
    """Show what differs in AWS from what the stack made, and read it into the state.

    Shows also what others added or changed beside the stack (rules, routes, tags, subnets, groups), for
    the whole of the cluster and its VPC is compared with the plan. Nothing in AWS is changed; `up`
    repairs what the stack made.
    """
    from planner.cli.drifted import look as compared
    from planner.deploy.drift import not_by_autoscalers
    from planner.deploy.engine import EngineError
    from planner.deploy.events import Listener
    from planner.deploy.steps import Action
    from planner.report import deployment as report
    from planner.report.simulation import paragraphs

    at = opened(asked, create=False, unlock=approval.unlock)
    listener = Listener()
    try:
        at.engine.refresh(listener, only_look=True, parallel=approval.parallel)
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    found = compared(at)
    differing = [one for one in listener.steps.values() if one.action in (Action.UPDATE, Action.DELETE)]
    drifted = not_by_autoscalers(differing, at.plan.name, found)
    if output == "json":
        content: dict[str, object] = {"drift": report.plain(drifted)}
        if found is not None:
            content |= report.plain_drift(found)
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        for line in report.changes(drifted):
            streams.data(line)
        streams.data(f"{len(drifted)} of {len(listener.steps)} resources differ from the state")
        if found is not None:
            streams.data(paragraphs(report.drift(found), streams.width()))
    if drifted and not look:
        agreed(f"Read {len(drifted)} differences into the state?", yes=approval.yes)
        with interruptible(f"Go on with: eksplan refresh -f {asked.file}"), Progress(len(drifted)):
            try:
                at.engine.refresh(Listener(), only_look=False, parallel=approval.parallel)
            except EngineError as error:
                raise CliError(str(error), Exit.AWS) from None
    differs = bool(drifted) or (found is not None and found.count > 0)
    return Exit.FINDINGS if exit_code and differs else Exit.CLEAN
