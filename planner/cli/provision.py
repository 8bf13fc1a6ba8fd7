"""What the commands that run Pulumi share: options, the opened stack, who is asked, how progress is told."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import click

from planner.cli import streams
from planner.cli.exits import CliError, Exit
from planner.cli.gather import gathered

if TYPE_CHECKING:
    from boto3.session import Session

    from planner.deploy.engine import Engine
    from planner.deploy.steps import Step
    from planner.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Asked:
    """The shared options of one call."""

    file: str
    stack: str | None
    backend: str | None
    passphrase_file: str | None
    profile: str | None
    install_pulumi: bool
    """Whether Pulumi's own installer may bring the command without a question."""


@dataclass(frozen=True, slots=True)
class Approval:
    """How one call that changes something goes about it."""

    yes: bool
    parallel: int | None
    """Resources at once; None leaves it to Pulumi."""
    unlock: bool


stack_options = gathered(
    "asked",
    Asked,
    (
        click.option(
            "-f",
            "--file",
            "file",
            required=True,
            metavar="PLAN",
            type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
            help="Plan file (`eksplan plan --out`); - for standard input. It is applied as it was reviewed.",
        ),
        click.option("--stack", metavar="NAME", help="Name of the Pulumi stack; the cluster's when not given."),
        click.option(
            "--backend",
            metavar="URL",
            help="Where the state lives: any Pulumi backend. PULUMI_BACKEND_URL, or a folder of your own account's data, when not given.",
        ),
        click.option(
            "--passphrase-file",
            metavar="FILE",
            type=click.Path(exists=True, dir_okay=False, path_type=str),
            help="File with the passphrase of the backend's secrets; PULUMI_CONFIG_PASSPHRASE otherwise, or none.",
        ),
        click.option("--profile", metavar="NAME", envvar="AWS_PROFILE", help="AWS profile, as in the AWS CLI."),
        click.option(
            "--install-pulumi", is_flag=True, help="If the pulumi command is missing, run Pulumi's own installer."
        ),
    ),
)
"""The options of every command that opens a stack; the command gets ``asked``."""

approval_options = gathered(
    "approval",
    Approval,
    (
        click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal."),
        click.option("--parallel", type=click.IntRange(1, 100), metavar="N", help="Resources at once."),
        click.option("--unlock", is_flag=True, help="First give free a stack that a killed run left locked."),
    ),
)
"""The options of commands that change something; the command gets ``approval``."""

output_option = click.option(
    "-o", "--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan, its stack, and the account that it is for."""

    plan: Plan
    engine: Engine
    session: Session
    account: str
    where: str
    """The stack and its backend, for messages."""


def opened(asked: Asked, *, create: bool, unlock: bool = False, adopt: bool = False) -> Opened:
    """Read the plan, find out whose account it is, open the stack, and say all three.

    Raises CliError: 2 for a file that is no plan, 5 where credentials, Pulumi or the backend fail.
    """
    import platformdirs

    from planner.cli.inputs import PLAN_FILES, read
    from planner.cli.live import open_session
    from planner.deploy.checkpoint import mend
    from planner.deploy.engine import EngineError, open_engine, require_sdk
    from planner.deploy.place import place_of
    from planner.deploy.sizes import Settled, settled
    from planner.plan.file import PlanFileError, looks_like_plan, read_text

    content, name = read(asked.file, PLAN_FILES)
    if not looks_like_plan(content):
        raise CliError(
            f"{name}: is no plan file; `eksplan plan -f SPEC --out FILE` writes one, and what it says is applied"
        )
    try:
        plan = read_text(content, name)
    except PlanFileError as error:
        raise CliError(str(error)) from None
    try:
        require_sdk()
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    session = open_session(asked.profile, plan.design.region)
    account = _account(session)
    place = place_of(
        asked.stack or plan.name,
        asked.backend,
        plan.design.region,
        asked.profile,
        asked.passphrase_file,
        platformdirs.user_data_path("eksplan"),
    )
    where = f"stack {place.stack} in {place.backend}"
    streams.note(f"account {account}, region {plan.design.region}; {where}; plan {plan.digest[:19]}")
    pulumi = _pulumi(install=asked.install_pulumi)
    now = settled(plan.design, session) if create else Settled(plan.design)
    for line in now.told:
        streams.note(line)
    try:
        for line in mend(place, unlock=unlock, adopt=adopt):
            streams.note(f"mended: {line}")
        engine = open_engine(now.design, place, create=create, command=pulumi)
        if unlock:
            engine.unlock()
    except EngineError as error:
        raise CliError(str(error), Exit.AWS) from None
    return Opened(plan, engine, session, account, where)


def _account(session: Session) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(session.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise CliError(f"AWS credentials: {error}", Exit.AWS) from None


def _pulumi(*, install: bool) -> Any:
    """The Pulumi command; where it is not there, ``install`` or a terminal's yes has Pulumi's installer bring it."""
    from planner.deploy.engine import NoPulumiError, find_pulumi, install_pulumi, installer_folder

    try:
        return find_pulumi()
    except NoPulumiError as error:
        told = f"{error}; install it from https://www.pulumi.com/docs/install/"
    if not install:
        if not (sys.stdin is not None and sys.stdin.isatty()):
            raise CliError(
                f"{told}, or give --install-pulumi to have Pulumi's own installer put it into {installer_folder()}",
                Exit.AWS,
            )
        streams.note(told)
        if not click.confirm(f"Install it now with Pulumi's own installer, into {installer_folder()}?", err=True):
            raise CliError("nothing was installed and nothing changed", Exit.AWS)
    streams.note(f"Pulumi's installer downloads the command into {installer_folder()}")
    try:
        return install_pulumi()
    except NoPulumiError as failed:
        raise CliError(f"{failed}; install it by hand: https://www.pulumi.com/docs/install/", Exit.AWS) from None


def agreed(question: str, *, yes: bool) -> None:
    """Ask before a change. Raises CliError where nobody can answer, and where the answer is no."""
    if yes:
        return
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise CliError(f"{question} There is no terminal to answer on: give --yes")
    if not click.confirm(question, err=True):
        raise CliError("nothing was changed", Exit.INTERRUPTED)


class Progress:
    """Tells what the engine does: a bar on terminals, a line for each finished resource elsewhere."""

    def __init__(self, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._begun: dict[str, float] = {}
        self._bar = None
        if sys.stderr is not None and sys.stderr.isatty() and streams.colored(sys.stderr):
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=streams.console(sys.stderr),
                transient=True,
            )
            self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def begin(self, step: Step) -> None:
        """A resource is begun."""
        self._begun.setdefault(step.name, time.monotonic())
        if self._bar and step.action != "same":
            self._bar.update(self._task, description=f"{step.action} {step.short_kind} {step.name}"[:48])

    def done(self, step: Step) -> None:
        """A resource is finished."""
        if step.action == "same":
            return
        if self._bar:
            self._bar.advance(self._task)
        else:
            streams.note(f"{step.action} {step.short_kind} {step.name} ({self._seconds(step):.1f} s)")

    def failed(self, step: Step) -> None:
        """A resource could not be made."""
        streams.note(f"FAILED {step.action} {step.short_kind} {step.name} ({self._seconds(step):.1f} s)")

    def _seconds(self, step: Step) -> float:
        return time.monotonic() - self._begun.get(step.name, time.monotonic())


@contextlib.contextmanager
def interruptible(how_to_go_on: str) -> Iterator[None]:
    """Ctrl-C, SIGTERM and the end of the terminal are passed on to the engine, which stops after what it is at;
    we wait for it. A second one makes it stop at once, a third ends us too. Raises CliError (130, or 143) once the
    engine has stopped."""
    from planner.deploy.command import interrupt

    heard: list[int] = []

    def stop(number: int, _frame: object) -> None:
        heard.append(number)
        if len(heard) == 1:
            streams.note("stopping: the engine finishes what it is at (Ctrl-C again stops it at once)")
        elif len(heard) == 2:
            streams.note("stopping at once: what is under way may be made without the state knowing")
        else:
            raise KeyboardInterrupt
        interrupt()

    before: dict[int, Any] = {}
    with contextlib.suppress(ValueError):  # not the main thread: the caller's own handlers stay
        for number in _STOPS:
            before[number] = signal.signal(number, stop)
    broken = False
    try:
        yield
    except CliError:
        if not heard:
            raise
        broken = True
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if broken:  # else it had finished before the engine could stop
        code = Exit.INTERRUPTED if heard[0] == signal.SIGINT else Exit.TERMINATED
        raise CliError(f"interrupted; what was made is in the state. {how_to_go_on}", code)


_STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
