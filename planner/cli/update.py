"""``eksplan update``"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from planner.cli import problems, streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog, plan_from
from planner.cli.live import Live, live_options

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.plan.scenarios.world import World
    from planner.plan.updates.recommend import Recommendation
    from planner.plan.updates.subject import Asked, Subject
    from planner.plan.updates.update import Update

_SECONDS = click.IntRange(0, 86_400)


@click.command("update")
@click.option(
    "-f",
    "--file",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
    help="Spec (YAML) or plan file (JSON) to read; - for standard input.",
)
@click.argument("group", required=False)
@live_options(seen="read from AWS without its pods")
@click.option("--control-plane", "target", metavar="VERSION", help="Plan the way of the whole cluster to this version.")
@click.option(
    "--keep-nodes", is_flag=True, help="With --control-plane: nodes stay at their version as long as that is allowed."
)
@click.option("--delete", is_flag=True, help="Instead of an update: GROUP is deleted. Where do its pods go?")
@click.option("--strategy", type=click.Choice(["default", "minimal"]), help="Instead of the group's own.")
@click.option(
    "--max-unavailable", type=click.IntRange(1, 100), metavar="N", help="Nodes at once, instead of the group's own."
)
@click.option("--force", is_flag=True, help="Delete pods that are not drained in time.")
@click.option(
    "--nodes",
    default="desired",
    show_default=True,
    metavar="SIZE",
    help="Nodes when the update begins: desired, max, or a number (of GROUP).",
)
@click.option("--lost-zone", metavar="ZONE", help="A zone that is lost: the same surge falls on the others.")
@click.option("--autoscaler", is_flag=True, help="The Cluster Autoscaler scales up during the scale-down.")
@click.option("--setup-seconds", "setup", type=_SECONDS, metavar="N", help="Assumed: launch template and group.")
@click.option("--boot-seconds", "boot", type=_SECONDS, metavar="N", help="Assumed: launch of a node until Ready.")
@click.option("--terminate-seconds", "terminate", type=_SECONDS, metavar="N", help="Assumed: end of a node.")
@click.option("--step-seconds", "step", type=_SECONDS, metavar="N", help="Assumed: each node of the scale-down.")
@click.option(
    "--ready-seconds",
    "ready",
    type=_SECONDS,
    metavar="N",
    help="Assumed: a pod until ready, where readySeconds is not set.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "svg"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(
    *,
    file: str | None,
    group: str | None,
    live: Live,
    target: str | None,
    keep_nodes: bool,
    delete: bool,
    strategy: str | None,
    max_unavailable: int | None,
    force: bool,
    nodes: str,
    lost_zone: str | None,
    autoscaler: bool,
    output: str,
    **seconds: int | None,
) -> int:
    """Play a version update of node groups or of the whole cluster.

    GROUP is a managed node group; all of them, one after the other, without it. For each: rounds,
    expected and worst time, the most nodes in all and in each zone, the most addresses in each
    subnet, pods that keep nodes from draining, and which maxUnavailable would do.

    With --control-plane: the order of control plane, add-ons and nodes, one minor version at a time,
    with version skew, free addresses, support dates and the way back. With --delete: where the pods
    of GROUP find room.

    Ends with 3 when an update cannot succeed as planned.
    """
    from planner.nodegroups.updates.model import Strategy, timings
    from planner.plan.updates.recommend import recommend
    from planner.plan.updates.subject import Asked
    from planner.plan.updates.update import update

    if (file is None) == (live.cluster is None):
        raise click.UsageError("give either --file or --cluster")
    if keep_nodes and not target:
        raise click.UsageError("--keep-nodes goes with --control-plane")
    catalog = load_catalog()
    times = timings(catalog.facts, {key: value for key, value in seconds.items() if value is not None})
    asked = Asked(
        timings=times,
        nodes=_size(nodes, group),
        lost=frozenset([lost_zone] if lost_zone else []),
        strategy=Strategy(strategy.upper()) if strategy else None,
        at_once=max_unavailable,
        force=force,
        autoscaler=autoscaler,
    )
    if delete:
        if file is None or group is None or target or output == "svg":
            raise click.UsageError("--delete reads --file, takes one GROUP and has no picture")
        return _delete(file, group, catalog, output)
    if target is not None:
        from planner.cli.update_control_plane import control_plane

        if file is None or group:
            raise click.UsageError("--control-plane reads --file, and takes no GROUP")
        return control_plane(file, target, catalog, asked, output, keep_nodes=keep_nodes)
    world, subjects = _of_file(file, catalog, asked, output) if file else _of_cluster(live, catalog, asked)
    if lost_zone is not None and lost_zone not in world.zones:
        raise CliError(f"--lost-zone {lost_zone}: no zone of {world.name}; it has {', '.join(world.zones)}")
    chosen = [one for one in subjects if group in (None, one.group.name)]
    if not chosen:
        names = _names(one.group.name for one in subjects)
        raise CliError(f"{group or world.name}: no such managed node group; {world.name} has {names}")
    played = [update(one, world, asked, catalog.facts) for one in chosen]
    found = [(one, recommend(one, world, asked, catalog.facts)) for one in played]
    _show(world, found, asked, catalog, output)
    return Exit.CLEAN if all(one.works for one in played) else Exit.INFEASIBLE


def _delete(file: str, group: str, catalog: Catalog, output: str) -> int:
    """Show the deletion of a group; returns the exit code."""
    import dataclasses

    from planner.plan.loads import carried
    from planner.plan.scenarios.of_plan import world_of_plan
    from planner.plan.updates.delete import SOURCE, deletion
    from planner.report.update.text import deleted

    plan = plan_from(file, catalog, as_json=output == "json").plan
    loads = carried(plan, catalog)
    if isinstance(loads, list):
        problems.stop_if_wrong(tuple(loads), as_json=output == "json")
        raise AssertionError("no groups and no diagnostic")
    if group not in {one.name for one in loads}:
        raise CliError(f"{group}: no such managed node group; {plan.name} has {_names(one.name for one in loads)}")
    found = deletion(world_of_plan(plan), loads, group)
    if output == "json":
        content = dataclasses.asdict(found) | {"succeeds": found.works, "source": SOURCE, "note": "N22"}
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        streams.data(deleted(found, streams.width()))
    return Exit.CLEAN if found.works else Exit.INFEASIBLE


def _names(found: Iterable[str]) -> str:
    return ", ".join(found) or "none"


def _size(text: str, group: str | None) -> str | int:
    if text in ("desired", "max"):
        return text
    if not text.isdecimal() or int(text) > 5_000:
        raise click.UsageError(f"--nodes {text}: neither desired, max nor a number up to 5,000")
    if group is None:
        raise click.UsageError(f"--nodes {text}: a number goes with one GROUP")
    return int(text)


def _of_file(file: str, catalog: Catalog, asked: Asked, output: str) -> tuple[World, tuple[Subject, ...]]:
    from planner.plan.scenarios.of_plan import world_of_plan
    from planner.plan.updates.subject import subjects_of_plan

    plan = plan_from(file, catalog, as_json=output == "json").plan
    world = world_of_plan(plan)
    subjects = subjects_of_plan(plan, world, catalog, asked)
    if isinstance(subjects, list):
        problems.stop_if_wrong(tuple(subjects), as_json=output == "json")
        raise AssertionError("no groups and no diagnostic")
    return world, subjects


def _of_cluster(live: Live, catalog: Catalog, asked: Asked) -> tuple[World, tuple[Subject, ...]]:
    from planner.plan.scenarios.of_design import UnseenError, world_of_design
    from planner.plan.updates.subject import subjects_of_design

    design = live.observe()
    try:
        world = world_of_design(design, catalog.instance_types, catalog.facts)
    except UnseenError as error:
        raise CliError(f"{live.cluster} cannot be simulated: {error}", Exit.AWS) from None
    return world, subjects_of_design(design, world, catalog.facts, asked)


def _show(
    world: World, found: list[tuple[Update, Recommendation]], asked: Asked, catalog: Catalog, output: str
) -> None:
    if output == "json":
        from planner.report.update.plain import plain

        content = plain(world.name, world.subject, found, asked.timings, catalog.facts)
        streams.document(json.dumps(content, indent=1, ensure_ascii=False))
        return
    if output == "svg":
        from planner.report.update.picture import picture
        from planner.templates import render

        streams.document(picture([one for one, _ in found], f"{world.name}: update of its node groups", render))
        return
    from planner.report.simulation import paragraphs
    from planner.report.update import text

    width = streams.width()
    for one, recommendation in found:
        streams.data(paragraphs([text.head(one)], width))
        streams.data(text.timeline(one.trials[0], width))
        streams.data(paragraphs(text.summary(one), width))
        if not one.subject.pods_known:
            streams.data(
                paragraphs(["  the pods of a running cluster are not read: drains are taken to be instant"], width)
            )
        streams.data(text.addresses(one))
        streams.data(paragraphs(text.troubles(one.troubles), width))
        streams.data(text.recommendation(recommendation, width))
        streams.data("")
    whole = text.together([one for one, _ in found])
    if whole:
        streams.data(whole)
    streams.data(paragraphs(text.assumptions(asked.timings), width))
