"""Runs the command line: in this process, in one of its own, or on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner

from planner.cli import streams
from planner.cli.main import main
from tests.support.plans import EXAMPLES, ROOT

MINIMAL = str(EXAMPLES / "minimal.yaml")
PRODUCTION = str(EXAMPLES / "production.yaml")
INFEASIBLE = str(EXAMPLES / "infeasible.yaml")
FLEET = str(EXAMPLES / "fleet.yaml")
EXISTING = str(EXAMPLES / "existing-vpc.yaml")

COMMAND = (sys.executable, "-c", "from planner.cli.main import main; main()")

HEAD = """\
apiVersion: eksplan/v1
kind: Cluster
metadata: {name: test}
spec:
  region: us-east-1
"""
GROUPS = "  nodeGroups:\n    - {name: general, instanceTypes: [m5.large], maxSize: 3}\n"
SPEC = HEAD + GROUPS
"""The smallest sound spec; HEAD + extra fields + GROUPS makes others."""


MANY = [
    ["plan", "-f", MINIMAL],
    ["plan", "-f", PRODUCTION, "-o", "json"],
    ["plan", "-f", PRODUCTION, "-o", "markdown"],
    ["why", "-f", PRODUCTION],
    ["why", "-f", PRODUCTION, "nodes.web"],
    ["review", "-f", EXISTING],
    ["max-pods", "m5.large"],
    ["max-pods", "--all"],
    ["instances", "--family", "m5", "--vcpu", "-8"],
    ["instances", "m5.*", "-o", "chart"],
    ["compare", "-f", MINIMAL],
    ["simulate", "-f", MINIMAL],
    ["update", "-f", PRODUCTION],
    ["map", "-f", PRODUCTION],
    ["reach", "-f", MINIMAL],
    ["waterfall", "-f", MINIMAL],
    ["user-data", "-f", PRODUCTION, "-o", "json"],
    ["fleet", "plan", "-f", FLEET],
    ["explain", "notes"],
    ["schema", "spec"],
    ["catalog", "show"],
    ["--help"],
    ["plan", "--help"],
]
"""A run of every command that only shows something."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that was written."""
        return self.out + self.err


def names(arguments: list[str]) -> str:
    """Arguments as the name of a test."""
    return " ".join(Path(one).name for one in arguments)


def quiet_environment(folder: Path) -> dict[str, str]:
    """Variables that keep a run away from the user's own files and from the network."""
    return {
        "EKSPLAN_CATALOG": "embedded",
        "EKSPLAN_CACHE_DIR": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "HOME": str(folder),
        "COLUMNS": "80",
        "EKSPLAN_TODAY": "2026-11-28",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-aws-credentials"),
    }


@click.command(add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def _whole(arguments: tuple[str, ...]) -> None:
    """The whole command line, with its own handling of errors."""
    main(list(arguments))


def invoke(*arguments: str, given: str | bytes = b"") -> Ran:
    """Run in this process; ``given`` is standard input."""
    try:
        result = CliRunner().invoke(_whole, ["--", *arguments], input=given)
    finally:
        streams.set_color("auto")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def invoke_spec(text: str | bytes, *arguments: str, command: str = "plan", name: str = "spec.yaml") -> Ran:
    """Write a spec and run a command on it."""
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return invoke(command, "-f", name, *arguments)


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """This process's variables with changes; None removes one."""
    merged: dict[str, str | None] = {**os.environ, "PYTHONPATH": str(ROOT), **changes}
    return {name: value for name, value in merged.items() if value is not None}


def process(*arguments: str, given: bytes = b"", env: Mapping[str, str | None] | None = None) -> Ran:
    """Run in a process of its own, with pipes for its three streams."""
    done = subprocess.run(
        [*COMMAND, *arguments], input=given, capture_output=True, env=environment(env or {}), check=False, timeout=60
    )
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def on_terminal(*arguments: str, typed: str = "", env: Mapping[str, str | None] | None = None) -> Ran:
    """Run on a pseudo terminal: what it shows is in ``out``."""
    import pty  # not on Windows

    leader, follower = pty.openpty()
    started = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment({"TERM": "xterm-256color", **(env or {})}),
        start_new_session=True,
    )
    os.close(follower)
    if typed:
        os.write(leader, typed.encode())
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # nobody holds the other end any more
            break
        if not part:
            break
        shown += part
    os.close(leader)
    return Ran(started.wait(timeout=60), shown.decode(errors="replace").replace("\r\n", "\n"), "")
