"""The search of ``eksplan instances``, and what it says when types are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.capacity.instances import Filter, Found, NodeSetup, Row, cannot, find, removals, row_of
from planner.catalog.model import BranchTable, Catalog, Region
from planner.cli import known
from planner.cli.exits import CliError

#: Options whose name is not that of the field of Filter.
_OPTIONS = {"names": "NAME-PATTERN", "current": "--generation current"}


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched, and for which nodes; ``mode`` is the setup's network by name."""

    catalog: Catalog
    branches: BranchTable
    setup: NodeSetup
    mode: str

    def row(self, name: str, region: Region | None) -> Row:
        """One type by name. Raises CliError where nobody knows it, or it cannot be set up so."""
        instance = known.instance_type(name, self.catalog)
        reason = cannot(instance, self.setup, self.catalog.facts)
        if reason:
            raise CliError(reason)
        return row_of(instance, self.setup, self.catalog.facts, self.branches, region)

    def find(self, wanted: Filter) -> Found:
        """The types that meet a filter."""
        return find(self.catalog.instance_types.values(), wanted, self.setup, self.catalog.facts, self.branches)

    def explained(self, found: Found, wanted: Filter) -> Iterator[str]:
        """How many types cannot be set up so, with the reason of the first; why nothing is left."""
        if found.impossible:
            first = self.catalog.instance_types[found.impossible[0]]
            number = len(found.impossible)
            what = f"{self.mode} on Windows" if self.setup.windows else self.mode
            yield (
                f"left out: {number:,} type{'s' * (number > 1)} that cannot do {what}; "
                f"{'such as: ' * (number > 1)}{cannot(first, self.setup, self.catalog.facts)}"
            )
        if not found.rows:
            yield self._nothing(wanted)

    def _nothing(self, wanted: Filter) -> str:
        counts = removals(self.catalog.instance_types.values(), wanted, self.setup, self.catalog.facts, self.branches)
        if not counts or not counts[0].removed:
            return "no instance type is left"
        most = counts[0]
        text = f"{_option(most.name, wanted)} leaves out the most, {most.removed:,} of {most.of:,}"
        without = replace(wanted, **{most.name: getattr(Filter(), most.name)})
        left = len(self.find(without).rows) if len(counts) > 1 else 0
        return f"no instance type is left; {text}" + (f"; without it {left:,} would be left" if left else "")


def _option(name: str, wanted: Filter) -> str:
    """A field of a filter as the option that sets it."""
    if name in _OPTIONS:
        return _OPTIONS[name]
    return f"--{'no-' * (getattr(wanted, name) is False)}{name.replace('_', '-')}"
