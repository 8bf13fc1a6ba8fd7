"""``eksplan pack``"""

from __future__ import annotations

import fnmatch
import json
import time
from pathlib import Path

import click

from planner.catalog.model import Catalog
from planner.cli import known, streams
from planner.cli.exits import CliError, Exit, SilentExit
from planner.cli.inputs import file_option, load_catalog, read

#: Seconds to search when nobody says otherwise.
_SECONDS = 18
_WILD = frozenset("*?[")
_MOST_TYPES = 400


@click.command("pack")
@file_option
@click.option(
    "--types",
    multiple=True,
    metavar="NAME-PATTERN",
    shell_complete=known.complete_type,
    help="Choose from these types (names or patterns such as 'm7i.*') instead of the spec's node groups; may be repeated.",
)
@click.option("--zones", type=click.IntRange(1, 6), metavar="N", help="Zones to pack into; those of the spec if none.")
@click.option(
    "--zone-loss",
    type=click.IntRange(0, 5),
    metavar="N",
    help="Zones that may fail; tolerateZoneLoss of the spec if none.",
)
@click.option(
    "--prices",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="US dollars an hour by instance type, as a JSON object or as CSV lines: type,price.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0),
    default=_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Stop searching then; Ctrl-C stops earlier and keeps the best nodes found.",
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
    file: str,
    types: tuple[str, ...],
    zones: int | None,
    zone_loss: int | None,
    prices: Path | None,
    time_limit: float,
    output: str,
) -> None:
    """The cheapest set of nodes that carries the declared workloads.

    Chosen from the types of the spec's node groups, else from general, compute and memory types of
    current generations up to 32 vCPU. It is compared with a lower bound that no set of nodes can beat, with
    first-fit-decreasing (as Karpenter packs) and with the best single type. Where prices are not
    known a resource weight is minimised instead: what Fargate asks for the same vCPU and memory.
    """
    from planner.capacity.packing.model import Budget
    from planner.cli import problems
    from planner.plan.pack import Asked, pack_document
    from planner.spec.load import load_text, place

    catalog = load_catalog()
    content, name = read(file)
    loaded = load_text(content, name, catalog.facts)
    if loaded.document is None or loaded.source is None:
        problems.stop_if_wrong(loaded.diagnostics, as_json=output == "json")
        raise AssertionError("an unusable spec without a diagnostic")
    problems.stop_if_wrong(loaded.diagnostics, as_json=output == "json")
    begun = time.monotonic()
    asked = Asked(
        types=_types(types, catalog),
        zones=zones,
        lost=zone_loss,
        prices=_prices(prices) if prices else None,
    )
    if zones is not None and zone_loss is not None and zone_loss >= zones:
        raise CliError(f"--zone-loss {zone_loss}: of {zones} zones none would be left; use {zones - 1} or less")
    budget = Budget(rounds=5_000, seconds_left=lambda: time_limit - (time.monotonic() - begun))
    packed = pack_document(
        loaded.document,
        catalog,
        asked,
        budget,
        lambda problem: streams.note(
            f"packing {sum(one.replicas for one in problem.pods):,} pods onto {len(problem.nodes)} kinds of nodes, "
            f"{time_limit:g} seconds at most (Ctrl-C keeps the best so far)"
        ),
    )
    if isinstance(packed, tuple):
        placed = tuple(place(one, loaded.source) for one in packed)
        problems.stop_if_wrong(placed, as_json=output == "json")
        raise AssertionError("no packing and no diagnostic")
    from planner.report import packing as report

    if output == "json":
        streams.document(json.dumps(report.plain(packed), indent=1, ensure_ascii=False))
    else:
        streams.data(report.table(packed))
    unpriced = packed.kinds.unpriced
    if unpriced:
        some = ", ".join(unpriced[:3]) + (f" and {len(unpriced) - 3} more" if len(unpriced) > 3 else "")
        streams.note(
            f"prices unknown ({some}): minimised the resource weight, not dollars; `eksplan catalog refresh` or --prices gives prices"
        )
    if packed.packing.interrupted:
        streams.note("interrupted: the best nodes found so far")
        raise SilentExit(Exit.INTERRUPTED)


def _types(patterns: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    """The types that patterns name. Raises CliError for names that nobody knows, patterns that match
    nothing, and more types than a search can take."""
    exact = [one for one in patterns if not _WILD & set(one)]
    known.check_names(exact, catalog.instance_types, "instance type", catalog)
    found: dict[str, None] = {}
    for pattern in patterns:
        matches = fnmatch.filter(catalog.instance_types, pattern)
        if not matches:
            raise CliError(
                f"--types {pattern}: matches no instance type; `eksplan instances '{pattern}'` shows what does"
            )
        found.update(dict.fromkeys(matches))
    if len(found) > _MOST_TYPES:
        raise CliError(f"--types: {len(found):,} types, at most {_MOST_TYPES}; give narrower patterns")
    return tuple(found)


def _prices(file: Path) -> dict[str, float]:
    """Prices from a file. Raises CliError for one that holds none."""
    content, name = read(str(file))
    try:
        text = content.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            raw = json.loads(text)
        else:
            lines = [line.split(",") for line in text.splitlines() if line.strip()]
            if lines and "." not in lines[0][0]:
                lines = lines[1:]  # a head: every instance type has a dot
            raw = {key.strip(): value for key, value in lines}
        prices = {str(key): float(value) for key, value in raw.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise CliError(
            f'{name}: no prices: {error}; write {{"m7i.large": 0.1008}} or lines such as m7i.large,0.1008'
        ) from None
    if not prices:
        raise CliError(f'{name}: no prices in it; write {{"m7i.large": 0.1008}} or lines such as m7i.large,0.1008')
    wrong = [key for key, value in prices.items() if not 0 < value < 10_000]
    if wrong:
        raise CliError(f"{name}: {wrong[0]}: {prices[wrong[0]]:g} dollars an hour; a price is above 0 and below 10,000")
    return prices
