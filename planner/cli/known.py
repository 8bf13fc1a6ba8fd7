"""Names that the catalog knows: the nearest for a misspelt one, and what a shell may complete."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import click

from planner.catalog.model import Catalog, InstanceType, Region
from planner.catalog.nearest import nearest_names
from planner.cli.exits import CliError
from planner.cli.inputs import load_catalog

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _completer(names: Callable[[Catalog], Iterable[str]]) -> Completer:
    """Completes the names that a catalog gives; a damaged catalog completes nothing."""

    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
        try:
            return [name for name in names(load_catalog()) if name.startswith(incomplete)]
        except CliError:
            return []

    return complete


def families(catalog: Catalog) -> tuple[str, ...]:
    """All families, such as ``m7i``, sorted."""
    return tuple(sorted({name.partition(".")[0] for name in catalog.instance_types}))


complete_type = _completer(lambda catalog: catalog.instance_types)
complete_family = _completer(families)
complete_region = _completer(lambda catalog: catalog.region_names)


def check_names(names: Iterable[str], known: Collection[str], what: str, catalog: Catalog) -> None:
    """Raises CliError for names that nobody knows, all at once, each with the nearest ones."""
    unknown = []
    for name in names:
        if name in known:
            continue
        near = nearest_names(name.lower(), known)
        unknown.append(f"{name}: no such {what}" + (f"; did you mean {', '.join(near)}?" if near else "."))
    if unknown:
        raise CliError(
            f"{' '.join(unknown)} The catalog of {catalog.retrieved} knows {len(known):,}; "
            "`eksplan catalog refresh` reads newer ones"
        )


def instance_type(name: str, catalog: Catalog) -> InstanceType:
    """An instance type by name. Raises CliError with the nearest names."""
    check_names([name], catalog.instance_types, "instance type", catalog)
    return catalog.instance_types[name]


def region(name: str, catalog: Catalog) -> Region:
    """A region by name. Raises CliError with the nearest names."""
    check_names([name], catalog.region_names, "region", catalog)
    return catalog.load_region(name)
