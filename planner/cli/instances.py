"""``eksplan instances``"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Literal

import click

from planner.capacity.instance_order import NUMBERS, by_name, by_nearness, by_number
from planner.capacity.instances import ANY, Filter, NodeSetup, Row, Span, asked
from planner.capacity.modes import MODES
from planner.catalog.model import Region
from planner.cli import known, streams
from planner.cli.exits import CliError
from planner.cli.inputs import load_catalog
from planner.cli.instance_search import Search
from planner.cli.ranges import GenerationType, RangeType, decimal, gib, mib, millicores, whole

_ORDERS = ("name", *NUMBERS)
_ACCELERATORS = ("none", "any", "nvidia", "neuron", "amd", "habana", "qualcomm", "fpga", "media")
_WILD = frozenset("*?[")


@click.command("instances")
@click.argument("names", nargs=-1, metavar="[NAME-PATTERN]...", shell_complete=known.complete_type)
@click.option("--vcpu", metavar="RANGE", type=RangeType(whole, "4-8"), default=ANY, help="vCPU.")
@click.option("--memory", metavar="RANGE", type=RangeType(gib, "16-64"), default=ANY, help="Memory in GiB.")
@click.option("--ratio", metavar="RANGE", type=RangeType(decimal, "4-8"), default=ANY, help="GiB for each vCPU.")
@click.option("--pods", metavar="RANGE", type=RangeType(whole, "58-110"), default=ANY, help="Pods per node.")
@click.option(
    "--allocatable-cpu",
    metavar="RANGE",
    type=RangeType(millicores, "1900m-4"),
    default=ANY,
    help="CPU that pods can use: millicores with an m (1900m), or cores.",
)
@click.option(
    "--allocatable-memory",
    metavar="RANGE",
    type=RangeType(mib, "6Gi-24Gi"),
    default=ANY,
    help="Memory that pods can use, such as 6Gi or 6000Mi.",
)
@click.option(
    "--price",
    metavar="RANGE",
    type=RangeType(decimal, "0.05-0.20"),
    default=ANY,
    help="US dollars an hour, on demand, Linux; needs --region and refreshed prices.",
)
@click.option("--arch", type=click.Choice(["x86_64", "arm64"]), help="Architecture.")
@click.option(
    "--generation",
    metavar="RANGE|current",
    type=GenerationType(),
    default=ANY,
    help="The number in the family's name (7 of m7i), or what EC2 calls current.",
)
@click.option(
    "--family",
    multiple=True,
    metavar="FAMILY",
    shell_complete=known.complete_family,
    help="Only this family, such as m7i; may be repeated.",
)
@click.option("--accelerator", type=click.Choice(_ACCELERATORS), help="Accelerators: a maker or kind, any or none.")
@click.option("--local-storage/--no-local-storage", default=None, help="With NVMe or other disks of its own, or not.")
@click.option("--burstable/--no-burstable", default=None, help="With CPU credits (t3), or without.")
@click.option("--bare-metal/--no-bare-metal", default=None, help="Bare metal, or virtual machines.")
@click.option("--nitro/--no-nitro", default=None, help="Nitro (prefixes, IPv6), or Xen.")
@click.option("--usage", type=click.Choice(["on-demand", "spot", "capacity-block"]), help="Can be bought so.")
@click.option("--trunk", is_flag=True, help="Can have security groups for pods.")
@click.option("--region", "region_name", metavar="REGION", shell_complete=known.complete_region, help="Offered there.")
@click.option("--zones", type=click.IntRange(1), metavar="N", help="Offered in at least N zones of the region.")
@click.option("--zone", multiple=True, metavar="ID", help="Offered in this zone of the region; may be repeated.")
@click.option(
    "--like",
    metavar="TYPE",
    shell_complete=known.complete_type,
    help="Like this type, nearest first: same vCPU, architecture and accelerators, memory within 10 %, as many pods.",
)
@click.option(
    "--mode",
    type=click.Choice(list(MODES)),
    default="secondary-ip",
    show_default=True,
    help="How pods get addresses.",
)
@click.option(
    "--os", type=click.Choice(["linux", "windows"]), default="linux", show_default=True, help="What nodes run."
)
@click.option(
    "--sort",
    metavar="[-]BY",
    type=click.Choice([sign + name for sign in ("", "-") for name in _ORDERS]),
    help=f"{', '.join(_ORDERS)}; with - in front descending. [default: name, or nearness to --like]",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Show the first N.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "csv", "names", "chart", "svg"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def command(
    *,
    names: tuple[str, ...],
    vcpu: Span,
    memory: Span,
    ratio: Span,
    pods: Span,
    allocatable_cpu: Span,
    allocatable_memory: Span,
    price: Span,
    arch: str | None,
    generation: Span | Literal["current"],
    family: tuple[str, ...],
    accelerator: str | None,
    local_storage: bool | None,
    burstable: bool | None,
    bare_metal: bool | None,
    nitro: bool | None,
    usage: str | None,
    trunk: bool,
    region_name: str | None,
    zones: int | None,
    zone: tuple[str, ...],
    like: str | None,
    mode: str,
    os: str,
    sort: str | None,
    limit: int | None,
    output: str,
) -> None:
    """Find instance types by what they are and what they carry.

    A NAME-PATTERN is a name or a shell pattern such as 'm7*.xlarge'. A RANGE is 4, 4-8, 4- or -8,
    with both ends in it. Pods and allocatable are those of a managed node group (on Linux: of
    AL2023). With ? the published tables of branch interfaces differ, or none knows the type.
    """
    catalog = load_catalog()
    known.check_names(
        [name for name in names if not _WILD & set(name)], catalog.instance_types, "instance type", catalog
    )
    known.check_names(family, known.families(catalog), "family", catalog)
    region = known.region(region_name, catalog) if region_name else None
    setup = _setup(mode, windows=os == "windows")
    search = Search(catalog, catalog.load_branches(), setup, mode)
    zone_ids = _zone_ids(region, zones, zone)
    if price != ANY or (sort or "").endswith("price"):
        _check_prices(region, setup)
    wanted = Filter(
        names=names,
        vcpu=vcpu,
        memory=memory,
        ratio=ratio,
        generation=ANY if generation == "current" else generation,
        current=generation == "current",
        arch=arch,
        family=family,
        accelerator=accelerator,
        local_storage=local_storage,
        burstable=burstable,
        bare_metal=bare_metal,
        nitro=nitro,
        usage=usage,
        trunk=trunk,
        region=region,
        zones=zones or 0,
        zone=zone_ids,
        pods=pods,
        allocatable_cpu=allocatable_cpu,
        allocatable_memory=allocatable_memory,
        price=price,
        like=search.row(like, region) if like else None,
    )
    found = search.find(wanted)
    rows = _ordered(found.rows, sort, wanted.like)[:limit]
    _print(rows, output, search, {*asked(wanted), (sort or "").lstrip("-")})
    for text in search.explained(found, wanted):
        streams.note(text)
    if output == "table" and rows:
        streams.note(_footnote(len(rows), len(found.rows), search, region))


def _setup(mode: str, *, windows: bool) -> NodeSetup:
    """The node to look at. Raises CliError for what Windows nodes cannot do on any type."""
    network = MODES[mode]
    if windows and (network.ipv6 or network.custom_networking or network.security_groups_for_pods):
        raise CliError(f"--mode {mode}: not on Windows nodes; use secondary-ip or prefix, or --os linux")
    return NodeSetup(network=network, windows=windows)


def _zone_ids(region: Region | None, zones: int | None, zone: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of zones. Raises CliError where what zones offer was asked for, and cannot be told."""
    if not (zones or zone):
        return ()
    asking = "--zones" if zones else "--zone"
    if region is None:
        raise CliError(f"{asking}: zones are those of a region; give --region as well")
    if not region.offerings:
        raise CliError(
            f"{asking}: the catalog of {region.retrieved} does not know what {region.name} offers; "
            f"`eksplan catalog refresh --region {region.name}` reads it"
        )
    ordinary = [one.id for one in region.zones if one.kind == "availability-zone"]
    if zones and zones > len(ordinary):
        raise CliError(f"--zones {zones}: {region.name} has {len(ordinary)}: {', '.join(ordinary)}")
    return tuple(_zone_id(one, region) for one in zone)


def _zone_id(text: str, region: Region) -> str:
    """A zone's id; its name will do where the catalog was read in the user's own account."""
    zone = region.zone(text)
    if zone is not None and (text == zone.id or region.zone_names_are_yours):
        return zone.id
    named = "" if zone is None else "a name, and names differ between accounts; "
    raise CliError(f"--zone {text}: {named}zones of {region.name} are {', '.join(one.id for one in region.zones)}")


def _check_prices(region: Region | None, setup: NodeSetup) -> None:
    """Raises CliError where no price is known."""
    if region is None:
        raise CliError("prices are those of a region; give --region as well (`eksplan catalog refresh` reads prices)")
    if setup.windows:
        raise CliError("the catalog's prices are those of Linux; leave --os windows or the price out")
    if not region.prices:
        raise CliError(
            f"the catalog knows no prices of {region.name}; `eksplan catalog refresh --region {region.name}` reads prices"
        )


def _ordered(rows: Sequence[Row], sort: str | None, like: Row | None) -> tuple[Row, ...]:
    if sort is None:
        return by_name(rows) if like is None else by_nearness(rows, like)
    name = sort.lstrip("-")
    descending = sort.startswith("-")
    return by_name(rows, descending=descending) if name == "name" else by_number(rows, name, descending=descending)


def _print(rows: Sequence[Row], output: str, search: Search, asked_for: set[str]) -> None:
    from planner.report.instances import csv_text, plain

    if output == "json":
        streams.document(json.dumps([plain(row) for row in rows], indent=1, ensure_ascii=False))
    elif output == "csv":
        streams.document(csv_text(rows))
    elif output == "table":
        from planner.report.instance_table import table

        streams.data(table(rows, width=streams.width(), asked=asked_for))
    elif output == "names":
        if rows:
            streams.data("\n".join(row.instance.name for row in rows))
    else:
        _draw(rows, output, search)


def _draw(rows: Sequence[Row], output: str, search: Search) -> None:
    """Pods per node as bars, on the terminal or as SVG."""
    from planner.report.chart import Bar, svg, terminal
    from planner.templates import render

    bars = [Bar(row.instance.name, row.pods.pods, row.pods.limiter) for row in rows]
    what = f"{search.mode}, {'Windows' if search.setup.windows else 'Linux'}"
    if output == "svg":
        subtitle = f"{what}; {len(rows):,} instance type{'s' * (len(rows) != 1)}; catalog of {search.catalog.retrieved}"
        streams.document(svg(bars, "Pods per node", subtitle, render))
    elif bars:
        chart = terminal(bars, width=streams.width(), colored=streams.colored(sys.stdout))
        streams.data(f"pods per node: {what}\n\n{chart}")


def _footnote(shown: int, found: int, search: Search, region: Region | None) -> str:
    parts = [
        f"{shown:,} of {found:,} instance types" if shown < found else f"{found:,} instance type{'s' * (found != 1)}",
        f"pods: {search.mode}, * the recommended cap binds",
        f"catalog of {search.catalog.retrieved}",
    ]
    if region and not region.offerings:
        parts.append(f"what {region.name} offers is not known: types of all regions (`eksplan catalog refresh`)")
    if region and not region.prices:
        parts.append(f"no prices of {region.name} (`eksplan catalog refresh` reads prices)")
    return "; ".join(parts)
