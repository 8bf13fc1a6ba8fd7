"""``eksplan forecast``"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog
from planner.cli.subjects import Choice

if TYPE_CHECKING:
    from planner.cli.subjects import Subject
    from planner.design import Design, Unknown
    from planner.review.blocks import Blocks
    from planner.review.forecast import Look


@click.command("forecast")
@click.argument("files", nargs=-1, required=True, metavar="SNAPSHOT...", type=click.Path(path_type=str))
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print the forecast.",
)
@click.option(
    "--within",
    type=click.IntRange(1, 3_650),
    metavar="DAYS",
    help="End with exit code 4 if a subnet runs out within so many days of the last snapshot.",
)
def command(files: tuple[str, ...], output: str, within: int | None) -> int:
    """When subnets run out of addresses, from snapshots.

    Two or more give each subnet and zone a date: a straight line through what was free at each snapshot, from the last count on; no date where the
    number does not fall. Snapshots of several clusters are told apart. Beside it: the /28 blocks that are
    still whole, for prefixes.
    """
    from planner.report import forecast as report
    from planner.review.forecast import forecast

    subjects = Choice(file=files).subjects(load_catalog(), as_json=output == "json")
    for one in subjects.judged:
        if one.design.planned or not one.taken:
            raise CliError(
                f"{one.file}: is no snapshot that says when it was taken; take two with `eksplan snapshot --out FILE`"
            )
    results, documents, shown = [], [], []
    for one, _ in subjects.latest():
        looks = _looks(one, subjects.judged)
        result = forecast(looks)
        blocks = _blocks(one.design)
        results.append((looks[-1], result))
        documents.append(report.plain(one.name, result, blocks))
        shown += [*report.tables(one.name, result, blocks), ""]
        if len(looks) < 2:
            streams.note(f"{one.name}: one snapshot only ({one.file}); a trend takes two")
    if output == "json":
        streams.document(json.dumps({"forecasts": documents}, indent=1, ensure_ascii=False))
    else:
        streams.show(*shown[:-1])
    if within is None:
        return Exit.CLEAN
    late = [
        one
        for look, result in results
        for one in result.subnets
        if one.exhausted is not None and (one.exhausted - look.moment.date()).days <= within
    ]
    return Exit.FINDINGS if late else Exit.CLEAN


def _blocks(design: Design) -> dict[str, Blocks | Unknown]:
    """The /28 blocks of every subnet; where interfaces could not be read, why."""
    from planner.design import Unknown
    from planner.review.blocks import blocks_of, taken_by_subnet

    taken = taken_by_subnet(design)
    if taken is None:
        return {}
    return {
        one.name: taken if isinstance(taken, Unknown) else blocks_of(one, taken.get(one.name, []))
        for one in design.subnets
    }


def _looks(one: Subject, judged: tuple[Subject, ...]) -> list[Look]:
    """Every snapshot of what this one is of, in the order of time."""
    from datetime import datetime

    from planner.cli.subjects import identity
    from planner.review.forecast import Look

    mine = [each for each in judged if identity(each.design) == identity(one.design)]
    return sorted(
        (Look(datetime.fromisoformat(each.taken), each.design) for each in mine), key=lambda look: look.moment
    )
