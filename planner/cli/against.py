"""``--against PLAN``: how what runs differs from the plan that made it, in the design's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from planner.cli import streams
from planner.cli.exits import CliError
from planner.cli.inputs import plan_file

if TYPE_CHECKING:
    from planner.catalog.facts import Facts
    from planner.deploy.drift import Drift
    from planner.design import Design

AGAINST = click.option(
    "--against",
    metavar="PLAN",
    type=click.Path(path_type=str),
    help="Also show how a running cluster, or a snapshot of it, differs from this plan file; differences fail like findings.",
)


def compared(file: str, found: Design, facts: Facts) -> Drift:
    """How an observed design differs from the plan in a file.

    Raises CliError for a file that is no plan, a design that is itself planned, and a plan of another
    cluster or region.
    """
    from planner.deploy.drift import drift

    plan = plan_file(file)
    if found.planned:
        raise CliError("--against compares what runs: give --cluster, --vpc or a snapshot beside it")
    there, wanted = _place(found), _place(plan.design)
    if there != wanted:
        raise CliError(f"--against {file}: the plan is of {wanted}, and this is {there}")
    return drift(plan.design, found, facts)


def tell_drift(file: str | None, designs: Sequence[Design], facts: Facts, *, drawn: bool) -> bool:
    """With a plan ``file`` say how the one of these that it is of differs; whether it does. ``drawn`` says
    so on standard output, else it is a note. Raises CliError as ``compared`` does, and where none is of the plan."""
    if file is None:
        return False
    from planner.report import deployment
    from planner.report.simulation import paragraphs

    wanted = _place(plan_file(file).design)
    mine = [one for one in designs if _place(one) == wanted and not one.planned]
    drift = compared(file, (mine or list(designs))[-1], facts)
    text = paragraphs(deployment.drift(drift), streams.width())
    if drawn:
        streams.data(f"{text}\n")
    else:
        streams.note(text)
    return drift.count > 0


def _place(design: Design) -> str:
    """Cluster and region."""
    return f"cluster {design.cluster.name if design.cluster else '(none)'} in {design.region}"
