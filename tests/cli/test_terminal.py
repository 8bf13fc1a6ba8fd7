"""Colour and width on terminals and in pipes."""

from __future__ import annotations

import json
import sys

import click
import pytest

from planner.cli.main import COMMANDS, cli
from tests.cli.running import EXISTING, INFEASIBLE, MANY, MINIMAL, PRODUCTION, invoke, names, on_terminal, process
from tests.support.plans import spec_text

posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are Unix's")


@posix
@pytest.mark.parametrize("arguments", [["plan", "-f", MINIMAL], ["plan", "-f", INFEASIBLE]], ids=["tables", "errors"])
def test_colour_on_a_terminal_only_where_it_is_wanted(arguments: list[str]) -> None:
    assert "\x1b[" in on_terminal(*arguments).out
    for plain in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(*arguments, env=plain).out
    assert "\x1b" not in on_terminal("--color", "never", *arguments).out
    assert "\x1b[" in on_terminal("--color", "always", *arguments, env={"NO_COLOR": "1"}).out


@pytest.mark.parametrize("arguments", [*MANY, ["plan", "-f", INFEASIBLE], ["plan", "-f", "nowhere.yaml"]], ids=names)
def test_no_colour_in_pipes(arguments: list[str]) -> None:
    assert "\x1b" not in process(*arguments, env={"TERM": "xterm-256color"}).said


def test_colour_in_pipes_when_asked_for() -> None:
    assert "\x1b[" in process("--color", "always", "plan", "-f", MINIMAL).out
    assert "\x1b[" in process("--color", "always", "plan", "-f", INFEASIBLE).err


def test_json_is_never_coloured() -> None:
    json.loads(process("--color", "always", "plan", "-f", MINIMAL, "-o", "json").out)


@pytest.mark.parametrize("width", ["72", "80", "100", "200"])
@pytest.mark.parametrize("arguments", [["plan", "-f", PRODUCTION], ["review", "-f", EXISTING]], ids=["plan", "review"])
def test_tables_follow_the_width(arguments: list[str], width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    shown = invoke(*arguments).out.splitlines()
    assert max(len(line.rstrip()) for line in shown) <= int(width)


@pytest.mark.parametrize("width", ["0", "1", "40", "", "wide", "-5", "100000"])
def test_odd_widths_lose_nothing(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ran = invoke("plan", "-f", PRODUCTION)
    assert ran.code == 0
    for whole in ("10.32.96.112/28", "m7i.2xlarge", "apne2-az3", "8,187"):
        assert whole in ran.out


@pytest.mark.parametrize("length", [20, 30, 63])
@pytest.mark.parametrize("width", ["72", "80"])
def test_long_names_cut_no_numbers(width: str, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    text = spec_text(nodeGroups=[{"name": "g" * length, "instanceTypes": ["m7i-flex.2xlarge"], "maxSize": 100}])
    groups = invoke("plan", "-f", "-", given=text).out.partition("Node groups")[2].partition("One-way")[0]
    for whole in ("m7i-flex.2xlarge", "3/3/100", " 58", " 60"):
        assert f"{whole} " in groups or f"{whole}\n" in groups, whole
    answers = invoke("why", "-f", "-", given=text).out
    assert "58 pods" in answers
    assert "60 addresses" in " ".join(answers.split())


@pytest.mark.parametrize("length", [30, 60, 100])
def test_long_names_hide_no_columns(length: int) -> None:
    ran = invoke("plan", "-f", "-", "--details", given=spec_text(name="c" * length))
    if ran.code == 2:
        assert "metadata.name" in ran.err
        return
    for title, columns in (("Security groups", "group rule because flow"), ("IAM roles", "role trusted policies")):
        assert ran.out.partition(title)[2].split()[: len(columns.split())] == columns.split()


@posix
def test_a_terminal_without_a_size_loses_nothing() -> None:
    ran = on_terminal("plan", "-f", PRODUCTION, env={"COLUMNS": None})
    assert ran.code == 0
    assert "10.32.96.112/28" in ran.out


def every_command() -> list[list[str]]:
    """All commands, also those of groups."""
    found: list[list[str]] = [[]]
    for name in COMMANDS:
        found.append([name])
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            found += [[name, inner] for inner in command.commands]
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_help_fits_into_80_columns(command: list[str]) -> None:
    ran = invoke(*command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(" ".join(["Usage: eksplan", *command]))
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_help_says_what_the_list_of_commands_says() -> None:
    listed = invoke("--help").out
    for name, (_, line) in COMMANDS.items():
        assert line in listed
        assert line.rstrip(".") in " ".join(invoke(name, "--help").out.split())
