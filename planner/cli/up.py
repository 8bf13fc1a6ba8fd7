"""``eksplan up``"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from planner.cli import streams
from planner.cli.adoption import adopt as adopted
from planner.cli.adoption import under_way
from planner.cli.exits import CliError, Exit
from planner.cli.provision import (
    Approval,
    Asked,
    Opened,
    Progress,
    agreed,
    approval_options,
    interruptible,
    opened,
    output_option,
    stack_options,
)

if TYPE_CHECKING:
    from planner.deploy.steps import Step


@click.command("up")
@stack_options
@approval_options
@click.option("--refresh", is_flag=True, help="Read what AWS says now first, so that drift is repaired.")
@click.option(
    "--replace",
    multiple=True,
    metavar="NAME",
    help="Agree that this resource is replaced or deleted, though it cannot be made again as it was; may be repeated.",
)
@click.option(
    "--adopt",
    is_flag=True,
    help="Take what a killed run made, and the state does not know, into the stack (found by name and tag).",
)
@click.option(
    "--skip-check", multiple=True, metavar="CHECK", help="Leave out one of the looks before; may be repeated."
)
@output_option
def command(
    *,
    asked: Asked,
    approval: Approval,
    refresh: bool,
    replace: tuple[str, ...],
    adopt: bool,
    skip_check: tuple[str, ...],
    output: str,
) -> int:
    """Make a reviewed plan real.

    Looks first (names that are taken, region, version, zones, types, AMIs, addresses, quotas), shows what would be
    done, asks, and does it. Whatever would be lost for good is refused unless --replace names it. A run
    that breaks off goes on with the same command.
    """
    from planner.deploy.checkpoint import is_behind
    from planner.deploy.doors import passed
    from planner.deploy.engine import EngineError
    from planner.deploy.steps import Action, unacknowledged
    from planner.report import deployment as report
    from planner.report.simulation import paragraphs

    _known_checks(skip_check)
    at = opened(asked, create=True, unlock=approval.unlock, adopt=adopt)
    take = adopt or is_behind(at.engine.place)
    try:
        pending = under_way(at)
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    _look(at, (*skip_check, *_NAMES) if take else skip_check)
    try:
        steps = _foresee(at, refresh=refresh, parallel=approval.parallel)
        if take and adopted(at, steps):
            steps = _foresee(at, refresh=refresh, parallel=approval.parallel)
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    for line in report.changes(steps):
        streams.note(line)
    streams.note(report.summary(steps))
    doors = report.doors(passed(at.plan.one_way_doors, steps))
    if doors:
        streams.note(paragraphs(doors, streams.width()))
    lost = unacknowledged(steps, replace)
    if lost:
        raise CliError(
            "this cannot be undone:\n  "
            + "\n  ".join(report.losses(lost))
            + "\nchange the plan, or agree by "
            + " ".join(f"--replace {one.name}" for one in lost),
            Exit.FINDINGS,
        )
    todo = [one for one in steps if one.action not in (Action.SAME, Action.READ, Action.REFRESH)]
    if todo:
        agreed(f"Make these {len(todo)} changes in account {at.account}, {at.plan.design.region}?", yes=approval.yes)
    done = _do(at, len(todo), asked, parallel=approval.parallel, refresh=refresh)
    _settle(at, pending=bool(pending))
    if output == "json":
        streams.document(json.dumps({"steps": report.plain(done), "outputs": at.engine.outputs()}, indent=1))
    else:
        streams.data(f"{len(todo)} changes made; {at.where}")
        for name, value in at.engine.outputs().items():
            if isinstance(value, str):
                streams.data(f"{name}: {value}")
    return Exit.CLEAN


def _do(at: Opened, total: int, asked: Asked, *, parallel: int | None, refresh: bool) -> tuple[Step, ...]:
    from planner.deploy.engine import EngineError
    from planner.deploy.events import Listener

    again = f"Go on with: eksplan up -f {asked.file}"
    with interruptible(again), Progress(total) as progress:
        listener = Listener(progress.begin, progress.done, progress.failed)
        try:
            at.engine.up(listener, refresh=refresh, parallel=parallel)
        except EngineError as error:
            raise CliError(f"{error}\nwhat was made before is in the state. {again}", Exit.AWS) from None
    return tuple(listener.steps.values())


def _settle(at: Opened, *, pending: bool) -> None:
    """After an `up` that ended well the state knows everything: nothing is pending, nothing behind."""
    from planner.deploy.checkpoint import caught_up
    from planner.deploy.engine import EngineError

    try:
        if pending:
            at.engine.clear_pending()
    except EngineError as error:
        raise CliError(f"everything is made, but the state cannot be written: {error}", Exit.AWS) from None
    caught_up(at.engine.place)


#: Looks for names that are taken: --adopt takes what has them.
_NAMES = ("cluster-name", "roles", "launch-templates", "log-groups")


def _foresee(at: Opened, *, refresh: bool, parallel: int | None) -> tuple[Step, ...]:
    from planner.deploy.events import Listener

    listener = Listener()
    at.engine.preview(listener, refresh=refresh, parallel=parallel)
    return tuple(listener.steps.values())


def _known_checks(names: tuple[str, ...]) -> None:
    from planner.deploy.preflight import CHECKS

    for name in names:
        if name not in CHECKS:
            raise click.UsageError(f"--skip-check {name}: there are {', '.join(CHECKS)}")


def _look(at: Opened, skipped: tuple[str, ...]) -> None:
    """The looks before. Raises CliError with everything that would fail."""
    from planner.cli.inputs import load_catalog
    from planner.deploy.engine import EngineError
    from planner.deploy.preflight import Subject, Verdict, preflight

    try:
        made = at.engine.names() | {name for _, name in at.engine.adopted}
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    found = preflight(Subject(at.plan, at.session, load_catalog().facts, made), skipped)
    for one in found:
        if one.verdict is Verdict.NOT_EVALUATED:
            streams.note(f"check {one.check}: not evaluated: {one.text}")
        elif one.verdict is Verdict.LATER:
            streams.note(f"check {one.check}: later: {one.text}")
    failed = [one for one in found if one.verdict is Verdict.FAILED]
    if failed:
        lines = [f"check {one.check}: {one.text}" for one in failed]
        names = " ".join(f"--skip-check {name}" for name in dict.fromkeys(one.check for one in failed))
        raise CliError("\n".join([*lines, f"mend this first, or go on all the same with {names}"]), Exit.AWS)
    streams.note(f"looked before: {len([one for one in found if one.verdict is Verdict.FINE])} checks fine")
