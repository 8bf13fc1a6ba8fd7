"""``eksplan update --control-plane``"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from planner.cli import problems, streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import plan_from

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.plan.updates.subject import Asked


def control_plane(file: str, target: str, catalog: Catalog, asked: Asked, output: str, *, keep_nodes: bool) -> int:
    """Show the way of a plan's cluster to another version; returns the exit code."""
    from planner.plan.scenarios.of_plan import world_of_plan
    from planner.plan.updates.control_plane import NoWayError, way
    from planner.plan.updates.subject import subjects_of_plan
    from planner.plan.updates.update import update
    from planner.report.simulation import paragraphs
    from planner.report.update.control_plane import lines, plain

    if output == "svg":
        raise click.UsageError("--control-plane has no picture; use -o table or -o json")
    plan = plan_from(file, catalog, as_json=output == "json").plan
    world = world_of_plan(plan)
    subjects = subjects_of_plan(plan, world, catalog, asked)
    if isinstance(subjects, list):
        problems.stop_if_wrong(tuple(subjects), as_json=output == "json")
        raise AssertionError("no groups and no diagnostic")
    updates = [update(one, world, asked, catalog.facts) for one in subjects]
    try:
        found = way(plan, target, updates, catalog, keep_nodes=keep_nodes)
    except NoWayError as error:
        raise CliError(f"--control-plane {target}: {error}") from None
    if output == "json":
        streams.document(json.dumps(plain(plan.name, found), indent=1, ensure_ascii=False))
    else:
        streams.data(paragraphs(lines(found), streams.width()))
    return Exit.CLEAN if found.works else Exit.INFEASIBLE
