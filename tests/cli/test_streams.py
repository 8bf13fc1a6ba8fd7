"""Streams that are closed, full or read by nobody, and encodings that lack letters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, INFEASIBLE, MANY, MINIMAL, Ran, environment, names, process

posix = pytest.mark.skipif(sys.platform == "win32", reason="closed streams are Unix's")


def to_nobody(*arguments: str) -> Ran:
    """Run with a standard output whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *arguments], stdout=writer, stderr=subprocess.PIPE, env=environment({}), check=False
    )
    os.close(writer)
    return Ran(done.returncode, "", done.stderr.decode())


@posix
@pytest.mark.parametrize("arguments", MANY, ids=names)
def test_a_reader_that_has_gone_is_no_error(arguments: list[str]) -> None:
    ran = to_nobody(*arguments)
    assert "Traceback" not in ran.err
    assert "BrokenPipe" not in ran.err
    assert "bug" not in ran.err
    assert ran.code == 0


@posix
def test_a_reader_of_errors_that_has_gone_does_not_change_the_exit_code() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "plan", "-f", INFEASIBLE], stdout=subprocess.PIPE, stderr=writer, env=environment({}), check=False
    )
    os.close(writer)
    assert done.returncode == 3


@posix
@pytest.mark.parametrize(
    ("closed", "arguments", "code"),
    [
        ("<&-", "plan -f -", 2),
        ("<&-", f"plan -f {MINIMAL}", 0),
        ("<&-", "init", 0),
        ("2>&-", f"plan -f {INFEASIBLE}", 3),
        ("2>&-", "plan -f nowhere.yaml", 2),
        (">&-", "plan -f nowhere.yaml", 2),
    ],
    ids=["no input to read", "no input needed", "nobody to ask", "no errors, 3", "no errors, 2", "no output"],
)
def test_closed_streams_are_no_bug(closed: str, arguments: str, code: int) -> None:
    script = f'exec "$0" -c "$1" {arguments} {closed}'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable, COMMAND[2]], capture_output=True, env=environment({}), check=False
    )
    assert b"Traceback" not in done.stderr
    assert b"bug" not in done.stderr
    assert done.returncode == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [["plan", "-f", MINIMAL], ["max-pods", "m5.large"]], ids=["plan", "max-pods"])
def test_a_full_disk_is_no_bug(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, env=environment({}), check=False
        )
    assert done.returncode not in {0, 1}
    assert b"No space left" in done.stderr
    assert b"Please report" not in done.stderr


@pytest.mark.parametrize("arguments", [*MANY, ["plan", "-f", INFEASIBLE]], ids=names)
@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C locale", "ASCII", "Latin-1"],
)
def test_every_encoding_can_show_everything(variables: dict[str, str], arguments: list[str]) -> None:
    ran = process(*arguments, env=variables)
    assert ran.code == (3 if INFEASIBLE in arguments else 0)
    assert "Traceback" not in ran.err
    assert ran.said


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_file_name_that_is_no_text() -> None:
    name = b"caf\xe9.yaml"
    Path(os.fsdecode(name)).write_bytes(Path(MINIMAL).read_bytes().replace(b"us-east-1", b"us-east-9"))
    done = subprocess.run(
        [*COMMAND, "plan", "-f", name, "-o", "json"], capture_output=True, env=environment({}), check=False
    )
    assert done.returncode == 2
    assert b"region-unknown" in done.stderr
    assert json.loads(done.stdout)["kind"] == "Diagnostics"


def test_names_of_other_scripts_are_kept() -> None:
    Path("클러스터.yaml").write_bytes(Path(MINIMAL).read_bytes().replace(b"us-east-1", b"us-east-9"))
    ran = process("plan", "-f", "클러스터.yaml", env={"PYTHONUTF8": "1"})
    assert ran.err.startswith("클러스터.yaml:5:11: error[region-unknown]")
