"""Options that every review has: formats, what fails, waivers, baselines, severities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.findings import FAIL_ON
from planner.cli.gather import gathered
from planner.cli.inputs import read
from planner.cli.writing import write_text
from planner.diagnostics import Severity

if TYPE_CHECKING:
    from datetime import date

    from planner.review.baseline import Baseline
    from planner.review.judged import Report, Review, Waiver
    from planner.review.rule import Rule

_FILE = click.Path(allow_dash=True, path_type=str)

FORMATS = {
    "table": "planner.report.findings.table",
    "json": "planner.report.findings.document",
    "sarif": "planner.report.findings.sarif",
    "junit": "planner.report.findings.junit",
    "markdown": "planner.report.findings.pull_request",
    "github": "planner.report.findings.github",
    "html": "planner.report.findings.page",
    "csv": "planner.report.findings.table_csv",
}
"""Formats by name, with the module whose ``render`` writes each (a table is drawn)."""


def today() -> date:
    """The day by UTC, for waivers that expire."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a run of a review is asked to choose, to agree to, and to write."""

    output: tuple[str, ...] = ("table",)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    waivers: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    docs_url: str = ""
    fail_on: str = Severity.ERROR.value

    @property
    def as_json(self) -> bool:
        """Whether standard output gets JSON, so that diagnostics go there as well."""
        return "json" in self.output

    def rules(self) -> tuple[Rule, ...]:
        """The rules to judge by. Raises CliError for one that nobody knows, and where none is left."""
        from planner.review.registry import ALL_RULES

        for code in (*self.select, *self.ignore):
            if not any(code.upper() in (rule.code, rule.group) for rule in ALL_RULES):
                groups = ", ".join(dict.fromkeys(rule.group for rule in ALL_RULES))
                raise CliError(f"{code}: no such rule or group; groups are {groups}, `eksplan explain rules` lists all")
        selected = {code.upper() for code in self.select}
        ignored = {code.upper() for code in self.ignore}
        rules = tuple(
            rule
            for rule in ALL_RULES
            if (not selected or {rule.code, rule.group} & selected) and not {rule.code, rule.group} & ignored
        )
        if not rules:
            raise CliError("--select and --ignore leave no rule; `eksplan explain rules` lists all")
        return rules

    def prepared(self) -> Prepared:
        """Everything read and checked that can be wrong before anything is judged. Raises CliError and
        SilentExit."""
        return Prepared(
            self,
            _targets(self.output),
            self.rules(),
            _severities(self.severity),
            _waivers(self.waivers),
            _baseline(self.baseline),
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A choice whose files were read."""

    asked: Verdicts
    targets: tuple[tuple[str, str], ...]
    """Formats, each with the file that it goes to; - is standard output."""
    rules: tuple[Rule, ...]
    severities: dict[str, Severity]
    waivers: tuple[Waiver, ...]
    baseline: Baseline | None

    @property
    def drawn(self) -> tuple[str, ...]:
        """The formats that go to standard output."""
        return tuple(form for form, file in self.targets if file == "-")

    def finish(self, reports: Sequence[Report], inputs: Sequence[str] = (), day: date | None = None) -> int:
        """Settle, write every format and the baseline, and return the exit code. ``inputs`` are files that
        were read and must not be written over; ``day`` is the day of waivers, today if not given. Raises CliError where a file cannot be written."""
        import dataclasses

        from planner.review import baseline
        from planner.review.settle import settle, with_severities

        given = with_severities(reports, self.severities)
        review = settle(given, self.waivers, self.baseline, day or today())
        fail_on = None if self.asked.fail_on == "never" else Severity(self.asked.fail_on)
        review = dataclasses.replace(review, fail_on=fail_on, docs=self.asked.docs_url)
        kept = [*inputs, *(one for one in (self.asked.waivers, self.asked.baseline) if one)]
        for form, file in self.targets:
            for one, name in _parts(form, file, review):
                _write(form, name, one, kept)
        if self.asked.write_baseline:
            _write_baseline(self.asked.write_baseline, baseline.written(review.reports))
        return Exit.FINDINGS if review.failed else Exit.CLEAN


def verdict_options(*, choose: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a review; a command gets their values as ``verdicts``. ``choose`` lets the rules be
    chosen and their severities be changed."""
    codes = "(VPC001, CSN)"
    options = [
        click.option(
            "-o",
            "--output",
            multiple=True,
            default=["table"],
            show_default="table",
            metavar="FORMAT[=FILE]",
            help="How to print the findings, or into which file (a folder gets one for each cluster and VPC); "
            f"may be repeated: {', '.join(FORMATS)}.",
        ),
        click.option(
            "--select", multiple=True, metavar="CODE", help=f"Only these rules or groups {codes}; may be repeated."
        ),
        click.option("--ignore", multiple=True, metavar="CODE", help="Not these rules or groups; may be repeated."),
        click.option(
            "--severity",
            multiple=True,
            metavar="CODE=SEVERITY",
            help="Another severity for a rule's findings; may be repeated.",
        ),
        click.option(
            "--waivers", type=_FILE, metavar="FILE", help="Findings that were agreed to: rule, resource, until when."
        ),
        click.option("--baseline", type=_FILE, metavar="FILE", help="Findings of before, which do not fail."),
        click.option("--write-baseline", type=_FILE, metavar="FILE", help="Write the findings of now as a baseline."),
        click.option(
            "--docs-url",
            default="",
            metavar="URL",
            callback=_https,
            help="Where docs/reference/rules is published, for links to the rules' pages.",
        ),
        FAIL_ON,
    ]
    if not choose:
        del options[1:4]
    return gathered("verdicts", Verdicts, options)


def _https(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """An address that reports may link to. Raises click's BadParameter for any other."""
    if value and (not re.fullmatch(r"https://[^\s\"'<>\\^`{|}]+", value) or not value.isascii()):
        raise click.BadParameter("give an address that begins with https://, without blanks or quotes")
    return value


def _targets(output: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each format with where it goes. Raises CliError for an unknown format, and for two in one place."""
    targets: list[tuple[str, str]] = []
    for one in output:
        form, equals, file = one.partition("=")
        if form not in FORMATS:
            raise CliError(f"-o {one}: no such format; there are {', '.join(FORMATS)}")
        if equals and not file:
            raise CliError(f"-o {one}: name a file after the =, or leave both out")
        place = file or "-"
        taken = next((other for other, where in targets if where == place), None)
        if taken is not None:
            where = "standard output" if place == "-" else place
            raise CliError(f"-o {one}: {where} gets {taken} already; give it a file of its own, as -o {form}=FILE")
        targets.append((form, place))
    return tuple(targets)


def _severities(given: Sequence[str]) -> dict[str, Severity]:
    """Severities by code. Raises CliError for what is no rule or no severity."""
    from planner.review.registry import rule_by_code

    found: dict[str, Severity] = {}
    for one in given:
        code, _, word = one.partition("=")
        rule = rule_by_code(code)
        if rule is None:
            raise CliError(f"--severity {one}: no such rule; `eksplan explain rules` lists all")
        if word not in set(Severity):
            raise CliError(f"--severity {one}: give CODE=SEVERITY with one of {', '.join(Severity)}")
        found[rule.code] = Severity(word)
    return found


def _waivers(file: str | None) -> tuple[Waiver, ...]:
    if file is None:
        return ()
    from planner.cli import problems
    from planner.review.waivers import read_waivers

    content, name = read(file, "docs/reviewing.md shows how one looks")
    found, wrong = read_waivers(content, name)
    problems.stop_if_wrong(wrong)
    return found


def _baseline(file: str | None) -> Baseline | None:
    if file is None:
        return None
    from planner.review.baseline import BaselineError
    from planner.review.baseline import read as read_baseline

    content, name = read(file, "`eksplan review --write-baseline FILE` writes one")
    try:
        return read_baseline(content, name)
    except BaselineError as error:
        raise CliError(str(error)) from None


def _write_baseline(file: str, text: str) -> None:
    """Write a baseline, over an older one but over nothing else."""
    if Path(file).is_file():
        _baseline(file)
    write_text(text, Path(file))
    streams.note(f"baseline written: {file}")


SUFFIXES = {
    "table": "txt",
    "json": "json",
    "sarif": "sarif",
    "junit": "xml",
    "markdown": "md",
    "github": "txt",
    "html": "html",
    "csv": "csv",
}
"""Endings of files, by format."""


def _parts(form: str, file: str, review: Review) -> Iterator[tuple[Review, str]]:
    """The whole review for a file; for a folder one of each subject, in a file that is called after it."""
    if file == "-" or not Path(file).is_dir():
        yield review, file
        return
    import dataclasses

    for one in review.reports:
        name = re.sub(r"[^\w.-]", "_", one.subject)
        alone = dataclasses.replace(review, reports=(one,), expired=(), unused=(), gone=())
        yield alone, str(Path(file) / f"{name}.{SUFFIXES[form]}")


def _write(form: str, file: str, review: Review, inputs: Sequence[str]) -> None:
    if form == "table":
        from planner.report.findings.table import tables

        if file == "-":
            streams.show(*tables(review))
        else:
            write_text(streams.drawn(*tables(review)), Path(file), inputs)
        return
    import importlib

    text: str = importlib.import_module(FORMATS[form]).render(review)
    if file == "-":
        streams.document(text)
    else:
        write_text(text if text.endswith("\n") else f"{text}\n", Path(file), inputs)
