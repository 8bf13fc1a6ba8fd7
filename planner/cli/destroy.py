"""``eksplan destroy``"""

from __future__ import annotations

import click

from planner.cli import streams
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
    stack_options,
)


@click.command("destroy")
@stack_options
@approval_options
def command(
    *,
    asked: Asked,
    approval: Approval,
) -> int:
    """Delete everything that the stack made.

    Refused while the plan has deletionProtection. What Kubernetes made by itself (load balancers,
    volumes) is not the stack's: delete Services and claims first.
    """
    from planner.deploy.checkpoint import is_behind
    from planner.deploy.engine import EngineError
    from planner.deploy.events import Listener
    from planner.report import deployment as report

    at = opened(asked, create=False, unlock=approval.unlock)
    if is_behind(at.engine.place):
        raise CliError(
            "the state was put back from an older copy, and AWS may have more than it knows, which would be left "
            f"behind. Run `eksplan up -f {asked.file}` first, which looks for it by name and tag",
            Exit.AWS,
        )
    cluster = at.plan.design.cluster
    if cluster is not None and cluster.deletion_protection is True:
        raise CliError(
            f"deletionProtection of {cluster.name} is on: EKS refuses to delete it. Set deletionProtection: false in the "
            "spec, plan again (--from this plan), and run `eksplan up` first",
            Exit.FINDINGS,
        )
    listener = Listener()
    try:
        held = at.engine.protected()
        if held:
            # the engine would delete everything else before it comes to these
            raise CliError(
                f"{', '.join(held)}: still protected, for the last `up` had deletionProtection: true. Run "
                f"`eksplan up -f {asked.file}` first, which lifts it",
                Exit.FINDINGS,
            )
        _refuse_leftovers(at, asked)
        at.engine.preview_destroy(listener)
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    steps = tuple(listener.steps.values())
    for line in report.changes(steps):
        streams.note(line)
    if not steps:
        streams.data(f"nothing to delete; {at.where}")
        return Exit.CLEAN
    agreed(f"Delete these {len(steps)} resources in account {at.account}, {at.plan.design.region}?", yes=approval.yes)
    again = f"Go on with: eksplan destroy -f {asked.file}"
    with interruptible(again), Progress(len(steps)) as progress:
        try:
            at.engine.destroy(Listener(progress.begin, progress.done, progress.failed), parallel=approval.parallel)
        except EngineError as error:
            raise CliError(f"{error}\nwhat is left is in the state. {again}", Exit.AWS) from None
    streams.data(f"{len(steps)} resources deleted; {at.where}")
    return Exit.CLEAN


def _refuse_leftovers(at: Opened, asked: Asked) -> None:
    """What a run that died made, and the state does not know, would stay for ever. Raises CliError."""
    from planner.observe.leftovers import leftovers

    pending = at.engine.pending()
    found = leftovers(at.session, at.plan.design.region, [one.key for one in pending])
    if found:
        named = ", ".join(f"{kind.rpartition(':')[2]} {name} ({identity})" for (kind, name), identity in found.items())
        raise CliError(
            f"a run ended while it made {named}, which the state does not know and `destroy` would leave behind. "
            f"Run `eksplan up -f {asked.file}` first, which takes it over",
            Exit.AWS,
        )
