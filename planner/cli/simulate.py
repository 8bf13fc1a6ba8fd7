"""``eksplan simulate``"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog, plan_from
from planner.cli.live import Live, live_options

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.plan.model import Plan
    from planner.plan.scenarios.moves import Move
    from planner.plan.scenarios.world import World
    from planner.spec.network import ScenariosSpec

SCENARIOS = ("all-max", "zone-loss", "update", "update-all", "growth", "fragmentation", "bad-day")


@click.command("simulate")
@click.option(
    "-f",
    "--file",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
    help="Spec (YAML) or plan file (JSON) to read; - for standard input.",
)
@live_options()
@click.option(
    "--scenario",
    "names",
    multiple=True,
    type=click.Choice(SCENARIOS),
    help="Play only this one; may be repeated.",
)
@click.option(
    "--require",
    "require",
    multiple=True,
    type=click.Choice(SCENARIOS),
    help="Must fit, beside those that the spec requires; may be repeated.",
)
@click.option(
    "--growth", type=click.IntRange(0, 100), metavar="PERCENT", help="Growth a month; the spec's when not given."
)
@click.option("--months", type=click.IntRange(1, 120), metavar="N", help="Months to last; the spec's when not given.")
@click.option(
    "--growth-from",
    type=click.Choice(["desired", "max"]),
    default="desired",
    show_default=True,
    help="Sizes that growth begins with.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day of growth (YYYY-MM-DD): shows the date on which addresses run out.",
)
@click.option("--lost-zone", metavar="ZONE", help="Zone of the timeline; the first when not given.")
@click.option(
    "--unhealthy",
    type=click.IntRange(1, 100),
    default=100,
    show_default=True,
    metavar="PERCENT",
    help="Nodes of that zone which fall silent.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(
    *,
    file: str | None,
    live: Live,
    names: tuple[str, ...],
    require: tuple[str, ...],
    growth: int | None,
    months: int | None,
    growth_from: str,
    start: dt.datetime | None,
    lost_zone: str | None,
    unhealthy: int,
    output: str,
) -> int:
    """Play bad days on a plan or a running cluster.

    Do the addresses suffice? Every group at its maximum; a zone lost (with the timeline of what happens when, and which
    declared pods find room elsewhere); each group
    updated, and all at once; growth month by month; single addresses scattered over the /28 blocks;
    and a bad mix of these. For each: fits or breaks, where it breaks first, how many nodes and
    pods fit, what to change.

    Ends with 3 when a required scenario does not fit.
    """
    from planner.plan.scenarios.play import Growth, play
    from planner.plan.scenarios.zone_loss import remarks, timeline
    from planner.report import simulation

    catalog = load_catalog()
    if (file is None) == (live.cluster is None):
        raise click.UsageError("give either --file or --cluster")
    plan = _plan(file, catalog, output) if file else None
    world, asked = _of_plan(plan) if plan else _of_cluster(live, catalog)
    required = tuple(name for name in SCENARIOS if name in {*asked.require, *require})
    growing = Growth(
        asked.growth_percent_per_month if growth is None else growth,
        asked.months if months is None else months,
        catalog.facts.number("nodes.cluster_max"),
        growth_from == "max",
    )
    if lost_zone is not None and lost_zone not in world.zones:
        raise CliError(f"--lost-zone {lost_zone}: no zone of {world.name}; it has {', '.join(world.zones)}")
    played = play(world, growing, (*names, *required) if names else SCENARIOS)
    shown = not names or "zone-loss" in names
    zone = lost_zone or world.zones[0]
    told = shown and (len(world.zones) > 1 or unhealthy < 100)
    moments = timeline(world, zone, catalog.facts, unhealthy) if told else ()
    moved = _moves(plan, world, zone, unhealthy, catalog) if told and plan else ()
    last = next((one.months for one in played if one.name == "growth" and one.months is not None), None)
    exhausted = _after(start, last + 1).isoformat() if start is not None and last is not None else None
    broken = [one.name for one in played if one.name in required and not one.fits]
    if output == "json":
        content = simulation.plain(world, played, required, moments, exhausted, moved)
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        streams.data(simulation.table(played, required))
        streams.data("")
        streams.data(simulation.paragraphs(simulation.details(played), streams.width()))
        if moments:
            happens = f"{zone} is lost" if unhealthy == 100 else f"{unhealthy} % of {zone} fall silent"
            streams.data(f"\nIf {happens}, with every group at its maximum:")
            lines = simulation.moments(moments, remarks(world, catalog.facts, zone, unhealthy))
            streams.data(simulation.paragraphs(lines, streams.width()))
        if moved:
            streams.data(
                f"\nDeclared pods on those nodes, with groups at their desired size:\n{simulation.moved(moved)}"
            )
            why = [f"  {one.workload}: {one.why}" for one in moved if one.why]
            streams.data(simulation.paragraphs(why, streams.width()))
        if exhausted:
            streams.data(f"\naddresses run out in the month that begins on {exhausted}")
        if required:
            streams.data(f"\n* required: {'all fit' if not broken else ', '.join(broken) + ' do not fit'}")
    return Exit.INFEASIBLE if broken else Exit.CLEAN


def _plan(file: str, catalog: Catalog, output: str) -> Plan:
    return plan_from(file, catalog, as_json=output == "json").plan


def _of_plan(plan: Plan) -> tuple[World, ScenariosSpec]:
    from planner.plan.scenarios.of_plan import world_of_plan
    from planner.spec.network import ScenariosSpec

    asked = ScenariosSpec.model_validate_json(json.dumps(plan.spec["spec"].get("scenarios", {})))
    return world_of_plan(plan), asked


def _moves(plan: Plan, world: World, zone: str, percent: int, catalog: Catalog) -> tuple[Move, ...]:
    """Moves of declared pods; none where the catalog no longer knows the types of an old plan."""
    from planner.plan.loads import carried
    from planner.plan.scenarios.moves import moves

    if not plan.spec["spec"].get("workloads"):
        return ()
    loads = carried(plan, catalog)
    return () if isinstance(loads, list) else moves(world, loads, zone, catalog.facts, percent)


def _of_cluster(live: Live, catalog: Catalog) -> tuple[World, ScenariosSpec]:
    from planner.plan.scenarios.of_design import UnseenError, world_of_design
    from planner.spec.network import ScenariosSpec

    try:
        return world_of_design(live.observe(), catalog.instance_types, catalog.facts), ScenariosSpec()
    except UnseenError as error:
        raise CliError(f"{live.cluster} cannot be simulated: {error}", Exit.AWS) from None


def _after(start: dt.datetime, months: int) -> dt.date:
    """The same day so many months later (the last of a shorter month)."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date(year, month, min(start.day, (following - dt.timedelta(days=1)).day))
