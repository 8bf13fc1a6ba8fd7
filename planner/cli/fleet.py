"""``eksplan fleet``"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog, read
from planner.cli.plan import target
from planner.cli.verdicts import Verdicts, verdict_options
from planner.cli.writing import write_plan_file

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.diagnostics import Verdict
    from planner.plan.fleet.build import Changes, FleetResult
    from planner.plan.fleet.model import FleetPlan
    from planner.spec.fleet.load import LoadedFleet


Function = TypeVar("Function", bound=Callable[..., Any])


@click.group("fleet")
def command() -> None:
    """Plan and judge the addresses of many clusters."""


def _file_option(what: str) -> Callable[[Function], Function]:
    return click.option(
        "-f",
        "--file",
        "file",
        required=True,
        metavar="FILE",
        type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
        help=f"{what}; - for standard input.",
    )


@command.command("plan")
@_file_option("Fleet (YAML) to read")
@click.option(
    "--from",
    "earlier",
    metavar="PLAN",
    type=click.Path(dir_okay=False, path_type=str),
    help="Fleet plan file (JSON) whose blocks and subnets stay where they are.",
)
@click.option(
    "--move",
    multiple=True,
    metavar="NAME",
    help="With --from: choose new blocks for this cluster; may be repeated.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print the plan.",
)
@click.option(
    "--out",
    metavar="FILE|DIR",
    callback=target,
    help="Write the fleet plan file here (a folder gets NAME.fleet.json).",
)
@click.option(
    "--specs",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the spec of every cluster with its blocks filled in to DIR/CLUSTER.yaml.",
)
def plan(
    file: str, earlier: str | None, move: tuple[str, ...], output: str, out: Path | None, specs: Path | None
) -> int:
    """Give every cluster of a fleet its VPC, pod and service blocks and its subnets.

    Nothing overlaps that must be told apart: the clusters, VPCs that are there already, and
    networks to avoid. Clusters are served in the order of the file, so that one added at the end
    moves none; with --from, nothing moves that the earlier plan has.
    """
    from planner.plan.fleet.file import KIND, to_document, write_text

    if move and earlier is None:
        raise click.UsageError("--move speaks of an earlier plan; give it with --from")
    catalog = load_catalog()
    content, name = read(file)
    previous = _previous(earlier) if earlier is not None else None
    _check_moved(move, previous)
    loaded, result = _planned(content, name, catalog, previous, move, as_json=output == "json")
    found = result.plan
    if found is None:
        raise AssertionError("no fleet plan and no diagnostic")
    if result.changes is not None:
        streams.note(_changes_text(result.changes))
    document = to_document(found)
    text = write_text(document) if out is not None or output == "json" else ""
    if out is not None:
        path = write_plan_file(text, out, f"{found.name}.fleet.json", file, KIND)
        streams.note(f"fleet plan written to {path} ({document['digest']})")
    if specs is not None:
        from planner.cli.fleet_specs import write_specs

        write_specs(specs, loaded, found, catalog)
    _print(found, str(document["digest"]), text, output)
    return Exit.CLEAN


def _previous(file: str) -> FleetPlan:
    from planner.plan.file import PlanFileError
    from planner.plan.fleet.file import read_text

    content, name = read(file)
    try:
        return read_text(content, name)
    except PlanFileError as error:
        raise CliError(str(error)) from None


def _check_moved(move: tuple[str, ...], previous: FleetPlan | None) -> None:
    """Raises CliError for clusters that the earlier plan does not have."""
    if previous is None:
        return
    from planner.catalog.nearest import nearest_names

    names = {one.name for one in previous.clusters}
    for name in move:
        if name not in names:
            near = nearest_names(name, names)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise CliError(f"--move {name}: the earlier plan has no such cluster{hint}")


def _planned(
    content: bytes,
    name: str,
    catalog: Catalog,
    previous: FleetPlan | None = None,
    move: tuple[str, ...] = (),
    *,
    as_json: bool,
) -> tuple[LoadedFleet, FleetResult]:
    """Load and plan. Shows all diagnostics; raises SilentExit if there is no plan."""
    from planner.cli import problems
    from planner.plan.fleet.build import build_fleet
    from planner.spec.fleet.load import load_fleet
    from planner.spec.load import place

    loaded = load_fleet(content, name, catalog.facts)
    if loaded.document is None or loaded.source is None:
        problems.stop_if_wrong(loaded.diagnostics, as_json=as_json)
        raise AssertionError("an unusable fleet without a diagnostic")
    result = build_fleet(loaded, catalog, previous, move)
    source = loaded.source
    everything = {place(one, source): None for one in (*loaded.diagnostics, *result.diagnostics)}
    ordered = sorted(everything, key=lambda one: (one.range or source.locate(()), one.code))
    problems.stop_if_wrong(ordered, as_json=as_json)
    return loaded, result


def _changes_text(changes: Changes) -> str:
    parts = [f"{changes.kept:,} clusters stay where they are"]
    for word, names in (("new", changes.new), ("gone", changes.removed), ("moved to another VPC block", changes.moved)):
        if names:
            some = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
            parts.append(f"{len(names):,} {word} ({some})")
    return "; ".join(parts)


def _print(found: FleetPlan, digest: str, text: str, output: str) -> None:
    import dataclasses

    from planner.report.fleet import fleet_csv, fleet_table

    if output == "json":
        streams.document(text)
    elif output == "csv":
        streams.document(fleet_csv(found))
    else:
        streams.data(fleet_table(dataclasses.replace(found, digest=digest), streams.width()))


@command.command("review")
@_file_option("Fleet (YAML) or fleet plan file (JSON) to read")
@verdict_options(choose=False)
def review(file: str, verdicts: Verdicts) -> int:
    """Judge the addresses of a fleet or of a fleet plan file.

    Overlaps with who and whom, VPCs outside their pools, AWS's rules for every VPC's blocks. Of a
    fleet the blocks that its file gives are judged; if nothing is wrong with them, the fleet is
    planned and the plan is judged.
    """
    from planner.plan.file import looks_like_plan
    from planner.plan.fleet.file import KIND
    from planner.review.judged import Place, report

    prepared = verdicts.prepared()
    catalog = load_catalog()
    content, name = read(file)
    if looks_like_plan(content, KIND):
        verdict, fleet = _of_plan(content, name, catalog)
    else:
        verdict, fleet = _of_fleet(content, name, catalog, as_json=verdicts.as_json)
    return prepared.finish([report(verdict, fleet, f"fleet/{fleet}", lambda _: Place(name))], [file])


def _of_plan(content: bytes, name: str, catalog: Catalog) -> tuple[Verdict, str]:
    from planner.plan.file import PlanFileError
    from planner.plan.fleet.file import read_text
    from planner.plan.fleet.review import review_fleet

    try:
        found = read_text(content, name)
    except PlanFileError as error:
        raise CliError(str(error)) from None
    return review_fleet(found, catalog.facts), found.name


def _of_fleet(content: bytes, name: str, catalog: Catalog, *, as_json: bool) -> tuple[Verdict, str]:
    from planner.cli import problems
    from planner.plan.fleet.given import review_given
    from planner.plan.fleet.review import review_fleet
    from planner.spec.fleet.load import load_fleet

    loaded = load_fleet(content, name, catalog.facts)
    if loaded.document is None:
        problems.stop_if_wrong(loaded.diagnostics, as_json=as_json)
        raise AssertionError("an unusable fleet without a diagnostic")
    fleet = loaded.document.metadata.name
    verdict = review_given(loaded, catalog.facts)
    if verdict.findings:
        return verdict, fleet
    _, result = _planned(content, name, catalog, as_json=as_json)
    if result.plan is None:
        raise AssertionError("no fleet plan and no diagnostic")
    return review_fleet(result.plan, catalog.facts), fleet
