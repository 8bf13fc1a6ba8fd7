"""What AWS holds beside a plan, for `refresh` and `preview --refresh`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog
from planner.cli.provision import Opened

if TYPE_CHECKING:
    from planner.deploy.drift import Drift


def look(at: Opened) -> Drift | None:
    """How AWS differs from the plan; None before the stack has made its cluster. What cannot be read is in
    the answer as not evaluated. Raises CliError where the state cannot be read."""
    from botocore.exceptions import BotoCoreError

    from planner.deploy.drift import Drift, drift
    from planner.deploy.engine import EngineError
    from planner.observe.collect import collect
    from planner.observe.parse import NotObservedError, parse

    design = at.plan.design
    try:
        made = at.engine.names()
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    if design.cluster is None or design.cluster.name not in made:
        return None
    try:
        found = parse(collect(at.session, design.region, design.cluster.name))
    except (NotObservedError, BotoCoreError) as error:
        return Drift((), unseen=(str(error),))
    return drift(design, found, load_catalog().facts)
