"""``eksplan compare``"""

from __future__ import annotations

import json

import click

from planner.cli import streams
from planner.cli.exits import Exit
from planner.cli.inputs import file_option, load_catalog, read


@click.command("compare")
@file_option
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(file: str, output: str) -> int:
    """Every way to give pods their addresses, side by side.

    Secondary addresses, tuned warm targets, prefixes, custom networking and IPv6 for the same
    groups: pods and addresses of a node, what a zone's subnets need with and without the loss of a zone,
    EC2 calls when everything starts, whether a plan fits, trade-offs, and which one is recommended.
    """
    from planner.cli import problems
    from planner.plan.compare import compare
    from planner.report import comparison as report
    from planner.spec.load import load_text, place

    catalog = load_catalog()
    content, name = read(file)
    loaded = load_text(content, name, catalog.facts)
    problems.stop_if_wrong(loaded.diagnostics, as_json=output == "json")
    if loaded.document is None or loaded.source is None:
        raise AssertionError("an unusable spec without a diagnostic")
    found = compare(loaded.document, catalog)
    if isinstance(found, list):
        problems.stop_if_wrong(tuple(place(one, loaded.source) for one in found), as_json=output == "json")
        raise AssertionError("no comparison and no diagnostic")
    if output == "json":
        streams.document(json.dumps(report.plain(found), indent=1, ensure_ascii=False))
    else:
        streams.data(report.tables(found, streams.width()))
    return Exit.CLEAN
