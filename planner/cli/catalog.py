"""``eksplan catalog``"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import textwrap
from typing import Self

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.inputs import load_catalog
from planner.cli.live import NO_REGION, open_session

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


@click.group("catalog")
def command() -> None:
    """Show or refresh the dated facts."""


@command.command("show")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def show(output: str) -> None:
    """Where the facts come from and how old they are."""
    from planner.catalog import store

    catalog = load_catalog()
    entries = store.parts(store.current_folder())
    today = dt.datetime.now(tz=dt.UTC).date()
    if output == "json":
        document = {
            "digest": catalog.digest,
            "retrieved": catalog.retrieved,
            "origin": catalog.origin,
            "instanceTypes": len(catalog.instance_types),
            "regions": list(catalog.region_names),
            "versions": [version.version for version in catalog.versions],
            "files": entries,
        }
        streams.document(json.dumps(document, indent=1, sort_keys=True))
        return
    regions = sorted({entry["retrieved"] for name, entry in entries.items() if name.startswith("regions/")})
    rows = [
        [name, entry["retrieved"], _age(entry["retrieved"], today), entry["source"]]
        for name, entry in sorted(entries.items())
        if not name.startswith("regions/")
    ]
    rows.append(
        [
            f"{len(catalog.region_names)} regions",
            " to ".join(dict.fromkeys([regions[0], regions[-1]])),
            _age(regions[0], today),
            "zones, offerings, endpoint services",
        ]
    )
    from planner.report.columns import aligned

    streams.data(aligned(["part", "read on", "age", "source"], _folded(rows, streams.width()), left=4))
    streams.data(
        f"\n{len(catalog.instance_types):,} instance types; Kubernetes {', '.join(version.version for version in catalog.versions)}"
    )
    streams.data(f"origin: {catalog.origin}\ndigest: {catalog.digest}")
    if not any(catalog.load_region(name).prices for name in catalog.region_names):
        streams.data("prices: none (a refresh with permission for pricing:GetProducts reads them)")


def _folded(rows: list[list[str]], width: int) -> list[list[str]]:
    """Rows whose last cell goes on in rows of its own where the line would be too long."""
    room = max(width - sum(max(len(row[number]) + 2 for row in rows) for number in range(3)), 20)
    return [
        [*(row[:3] if number == 0 else ("", "", "")), line]
        for row in rows
        for number, line in enumerate(textwrap.wrap(row[3], room))
    ]


def _age(day: str, today: dt.date) -> str:
    text = day if len(day) == 10 else f"{day}-01"
    return f"{(today - dt.date.fromisoformat(text)).days} days"


@command.command("refresh")
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    help="Region to read; may be repeated. The profile's region when not given.",
)
@click.option("--profile", metavar="NAME", envvar="AWS_PROFILE", help="AWS profile, as in the AWS CLI.")
@click.option("--no-prices", is_flag=True, help="Leave prices out.")
def refresh(regions: tuple[str, ...], profile: str | None, no_prices: bool) -> int:
    """Read instance types, zones, offerings, versions and prices from AWS.

    Read-only: ec2:DescribeInstanceTypes, DescribeInstanceTypeOfferings, DescribeAvailabilityZones,
    DescribeVpcEndpointServices; eks:DescribeClusterVersions; pricing:GetProducts. A failed refresh
    keeps the old data.
    """
    from botocore.exceptions import BotoCoreError

    from planner.catalog.folder import CatalogError
    from planner.catalog.refresh import RefreshError, refresh

    session = open_session(profile)
    wanted = regions or tuple(filter(None, [session.region_name]))
    for name in wanted:
        if not _REGION.fullmatch(name):
            raise click.UsageError(f"{name!r} is no region name such as eu-west-1")
    if not wanted:
        raise CliError(NO_REGION)
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    try:
        with _Progress() as progress:
            result = refresh(session, wanted, today, with_prices=not no_prices, progress=progress)
    except RefreshError as error:
        raise CliError(f"{error}; the old catalog stays in use", Exit.AWS) from None
    except BotoCoreError as error:
        raise CliError(f"AWS: {error}; the old catalog stays in use", Exit.AWS) from None
    except (OSError, CatalogError) as error:
        raise CliError(f"catalog cannot be written: {error}; the old catalog stays in use", Exit.AWS) from None
    for part in result.kept:
        streams.note(f"kept as it was: {part}")
    streams.note(
        f"{result.instance_types:,} instance types, regions {', '.join(result.regions)}: {result.folder} ({result.digest})"
    )
    return Exit.CLEAN


class _Progress:
    """What is being read: a spinner on a terminal, plain lines elsewhere."""

    def __enter__(self) -> Self:
        self._status = None
        if streams.colored(sys.stderr):
            from rich.console import Console

            self._status = Console(stderr=True).status("reading AWS")
            self._status.start()
        return self

    def __call__(self, message: str) -> None:
        if self._status is not None:
            self._status.update(message)
        else:
            streams.note(message)

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
