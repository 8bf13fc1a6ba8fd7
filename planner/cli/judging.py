"""What a review is told beside the design: the day, a planned upgrade, thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from planner.cli import streams
from planner.cli.exits import CliError
from planner.cli.gather import gathered

if TYPE_CHECKING:
    from datetime import date

    from planner.catalog.model import Catalog
    from planner.design import Design
    from planner.diagnostics import Verdict
    from planner.review.rule import ReviewContext


@dataclass(frozen=True, slots=True)
class Judging:
    """The options of ``judging_options``."""

    target: str | None = None
    """Kubernetes version of a planned upgrade."""
    today: str | None = None
    """The day to judge by, ISO 8601; None takes the day that it is (UTC)."""
    parameter: tuple[str, ...] = ()
    """Thresholds as KEY=NUMBER."""

    def context(self, catalog: Catalog, history: tuple[Design, ...] = ()) -> ReviewContext:
        """What rules judge by. Raises CliError for a value that is none."""
        from planner.review.rule import context_of

        return context_of(
            catalog,
            today=self.day(),
            target=self._target(catalog),
            history=history,
            parameters=dict(_parameter(one) for one in self.parameter),
        )

    def day(self) -> date:
        """The day to judge by. Raises CliError for what is none."""
        from datetime import UTC, date, datetime

        if self.today is None:
            return datetime.now(UTC).date()
        try:
            return date.fromisoformat(self.today)
        except ValueError:
            raise CliError(f"--today {self.today}: write a day as 2026-11-28") from None

    def _target(self, catalog: Catalog) -> str | None:
        from planner.catalog.model import Version

        if self.target is None:
            return None
        try:
            return str(Version.parse(self.target))
        except ValueError:
            known = ", ".join(one.version for one in catalog.versions)
            raise CliError(f"--target {self.target}: no Kubernetes minor version; known are {known}") from None


def _parameter(text: str) -> tuple[str, int]:
    """KEY=NUMBER, of a key that some rule reads."""
    from planner.review.registry import ALL_RULES

    known = sorted({key for rule in ALL_RULES for key in rule.parameters})
    key, _, number = text.partition("=")
    if key not in known:
        raise CliError(f"--parameter {text}: no rule reads {key}; there are {', '.join(known)}")
    if not number.isascii() or not number.isdecimal():
        raise CliError(f"--parameter {text}: write a whole number, such as {key}=60")
    return key, int(number)


def tell_readiness(design: Design, verdict: Verdict, context: ReviewContext, *, drawn: bool) -> None:
    """With a target, say whether the cluster is ready for it: above a table, else as a note."""
    if context.target is None or design.cluster is None:
        return
    from planner.report.readiness import readiness_lines
    from planner.review.readiness import readiness

    ready = readiness(verdict, design, context.target)
    if drawn:
        streams.show(*readiness_lines(ready))
    else:
        streams.note(ready.heading)


judging_options = gathered(
    "judging",
    Judging,
    [
        click.option(
            "--target", metavar="VERSION", help="Kubernetes version of a planned upgrade: is it ready for it?"
        ),
        click.option(
            "--today",
            metavar="DATE",
            envvar="EKSPLAN_TODAY",
            help="The day to judge by, such as 2026-11-28, not today.",
        ),
        click.option(
            "--parameter", multiple=True, metavar="KEY=NUMBER", help="Another threshold for rules; may be repeated."
        ),
    ],
)
"""The options that say by what a design is judged; a command gets their values as ``judging``."""
