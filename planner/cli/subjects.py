"""What `review` judges: specs, plan files and snapshots, and what runs in AWS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.gather import gathered
from planner.cli.inputs import plan_from, read
from planner.cli.reading import Reader, Reading, Unread
from planner.diagnostics import printable

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.design import Design
    from planner.observe.raw import Raw
    from planner.review.judged import Report
    from planner.review.rule import Rule
    from planner.spec.source import Source


@dataclass(frozen=True, slots=True)
class Subject:
    """A design to judge, with the name that a report calls it."""

    name: str
    design: Design
    source: Source | None = None
    file: str = ""
    """The file that it was read from; empty for what runs."""
    taken: str = ""
    """When AWS was asked, as an ISO time; empty for a plan."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Everything to judge, and what could not be read."""

    judged: tuple[Subject, ...]
    unread: tuple[Unread, ...] = ()

    def latest(self) -> list[tuple[Subject, tuple[Design, ...]]]:
        """Each cluster or VPC as it was seen last, with how it was seen before, the oldest first.

        Several snapshots of one are one subject with a history; specs and plans have none.
        """
        seen: dict[tuple[str, ...], list[Subject]] = {}
        for number, one in enumerate(self.judged):
            key = (str(number),) if one.design.planned or not one.taken else identity(one.design)
            seen.setdefault(key, []).append(one)
        ordered = [sorted(many, key=lambda one: one.taken) for many in seen.values()]
        return [(many[-1], tuple(one.design for one in many[:-1])) for many in ordered]

    def unread_reports(self, rules: tuple[Rule, ...]) -> list[Report]:
        """A report for each that could not be read: no rule was evaluated, and none passed."""
        from planner.diagnostics import NotEvaluated
        from planner.review.judged import Report

        return [
            Report(
                one.what,
                one.what,
                (),
                tuple(NotEvaluated(rule.code, one.what, one.call, one.reason) for rule in rules),
                (),
                (),
            )
            for one in self.unread
        ]


@dataclass(frozen=True, slots=True)
class Choice(Reading):
    """What the command line chose to judge: files, or what is to be read from AWS."""

    file: tuple[str, ...] = ()

    def subjects(self, catalog: Catalog, *, as_json: bool = False) -> Subjects:
        """Read everything. Raises CliError for a wrong choice, and where nothing could be read at all."""
        if bool(self.file) == self.wanted:
            raise CliError(
                "review wants -f FILE (spec, plan or snapshot), or --cluster, --vpc-id or --all; one of both"
            )
        if self.file and self.keep is not None:
            raise CliError("--keep keeps what is read from AWS; it goes with --cluster, --vpc-id or --all")
        if self.file:
            return Subjects(tuple(_from_file(one, catalog, as_json=as_json) for one in self.file))
        return subjects_of(*self.read())

    def read(self) -> tuple[list[Raw], list[Unread]]:
        """What runs in AWS, and what could not be read. Raises CliError where nothing could."""
        reader = Reader(self)
        reader.read()
        if not reader.raws:
            reasons = "; ".join(f"{one.what}: {one.reason}" for one in reader.unread)
            if not reasons:
                raise CliError("there is no cluster and no VPC with EKS's tags here; give other --region or --profile")
            raise CliError(f"nothing could be read: {reasons}", Exit.AWS)
        return reader.raws, reader.unread


def subjects_of(raws: list[Raw], unread: list[Unread]) -> Subjects:
    """Designs of raw answers. One that cannot be understood is told, and the rest stays."""
    from planner.observe.parse import NotObservedError
    from planner.observe.understood import understood

    several = Counter(raw.subject for raw in raws)
    found, failed = [], list(unread)
    for raw in raws:
        name = raw.subject if several[raw.subject] == 1 else f"{raw.account}/{raw.region}/{raw.subject}".lstrip("/")
        try:
            found.append(Subject(name, understood(raw), taken=raw.taken))
        except NotObservedError as error:
            streams.note(printable(f"not read: {error}"))
            failed.append(Unread(name, "eks:DescribeCluster" if raw.cluster else "ec2:DescribeVpcs", str(error)))
    if not found:
        raise CliError(f"nothing could be read: {'; '.join(one.reason for one in failed)}", Exit.AWS)
    return Subjects(tuple(found), tuple(failed))


def identity(design: Design) -> tuple[str, ...]:
    """What a running cluster or VPC is known by, from one snapshot to the next."""
    cluster = design.cluster
    return (design.region, (cluster.arn or cluster.name) if cluster else "", design.vpc.id or design.vpc.name)


def _from_file(file: str, catalog: Catalog, *, as_json: bool) -> Subject:
    """A spec, a plan file or a snapshot, by what is in it."""
    from planner.observe.parse import NotObservedError
    from planner.observe.snapshot import KIND, SnapshotError, read_snapshot
    from planner.observe.understood import understood
    from planner.plan.file import looks_like_plan

    shown = "<stdin>" if file == "-" else file
    content, name = read(file)
    if not looks_like_plan(content, KIND) and not _broken_snapshot(content):
        planned = plan_from(file, catalog, as_json=as_json, content=content)
        return Subject(planned.plan.name, planned.plan.design, planned.source, shown)
    try:
        raw = read_snapshot(content, name)
        return Subject(raw.subject, understood(raw), None, shown, raw.taken)
    except SnapshotError as error:
        raise CliError(str(error)) from None
    except NotObservedError as error:
        raise CliError(f"{name}: nothing to judge: {error}") from None


def _broken_snapshot(content: bytes) -> bool:
    """Whether this begins as a snapshot does and breaks off."""
    return content.lstrip()[:1] == b"{" and b'"answers"' in content[:400]


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what to judge; a command gets their values as ``choice``."""
    decorate = gathered(
        "choice",
        Choice,
        [
            click.option(
                "-f",
                "--file",
                "file",
                multiple=True,
                metavar="FILE",
                type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
                help="Spec (YAML), plan file or snapshot (JSON) to read, - for standard input; may be repeated.",
            ),
            *live_choice(),
        ],
    )
    result: Callable[..., Any] = decorate(command)
    return result


def live_choice() -> list[Callable[..., Any]]:
    """Options that say what to read from AWS, and as whom."""
    seconds = click.IntRange(1, 86_400)
    return [
        click.option(
            "--cluster", "clusters", multiple=True, metavar="NAME", help="A running cluster; may be repeated."
        ),
        click.option(
            "--vpc-id", "vpcs", multiple=True, metavar="ID", help="A VPC, whatever runs in it; may be repeated."
        ),
        click.option("--all", "everything", is_flag=True, help="Every cluster, and every VPC with EKS's tags."),
        click.option(
            "--region",
            "regions",
            multiple=True,
            metavar="REGION",
            envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
            help="Region to look in; may be repeated.",
        ),
        click.option(
            "--profile",
            "profiles",
            multiple=True,
            metavar="NAME",
            envvar="AWS_PROFILE",
            help="AWS profile, as in the AWS CLI; may be repeated.",
        ),
        click.option(
            "--role-arn", "roles", multiple=True, metavar="ARN", help="Role to take on first; may be repeated."
        ),
        click.option("--external-id", metavar="ID", help="External id that the trust policy of --role-arn asks for."),
        click.option(
            "--keep",
            metavar="DIR",
            help="Folder of snapshots: what lies there is not read again, what is read is put there. "
            "A run that broke off goes on so.",
        ),
        click.option("--timeout", type=seconds, metavar="SECONDS", help="Longest wait for one answer of AWS."),
        click.option("--max-time", type=seconds, metavar="SECONDS", help="After this no more is asked of AWS."),
        click.option(
            "--concurrency",
            type=click.IntRange(1, 32),
            default=4,
            show_default=True,
            metavar="N",
            help="Clusters and VPCs of one account to read at the same time.",
        ),
    ]
