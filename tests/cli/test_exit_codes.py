"""Exit codes: 0 clean, 1 a bug, 2 input, 3 no plan, 4 findings, 5 AWS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.main import COMMANDS
from tests.cli.running import GROUPS, HEAD, INFEASIBLE, MINIMAL, SPEC, environment, invoke, invoke_spec, process
from tests.support.plans import EXAMPLES, FEASIBLE

ONE_NAT = HEAD + "  nat: single\n" + GROUPS
"""A spec with findings: two zones reach the internet through a third."""


@pytest.mark.parametrize("name", FEASIBLE)
@pytest.mark.parametrize("command", ["plan", "review", "why"])
def test_0_clean(command: str, name: str) -> None:
    ran = invoke(command, "-f", str(EXAMPLES / f"{name}.yaml"))
    assert ran.code == 0
    assert ran.out


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["-h"], *([name, "--help"] for name in COMMANDS)])
def test_0_help_and_version(arguments: list[str]) -> None:
    ran = invoke(*arguments)
    assert ran.code == 0
    assert ran.err == ""


def broken(*_: object, **__: object) -> object:
    raise ZeroDivisionError("an accident")


def test_1_a_bug_asks_to_be_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.plan.build.build", broken)
    ran = invoke("plan", "-f", MINIMAL)
    assert ran.code == 1
    assert "ZeroDivisionError: an accident" in ran.err
    assert "report" in ran.err
    assert "--debug" in ran.err
    assert "Traceback" not in ran.said
    assert ran.out == ""


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_1_a_bug_shows_a_traceback_only_when_asked(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.plan.build.build", broken)
    if how == "variable":
        monkeypatch.setenv("EKSPLAN_DEBUG", "1")
    ran = invoke(*(["--debug"] if how == "flag" else []), "plan", "-f", MINIMAL)
    assert ran.code == 1
    assert "Traceback (most recent call last)" in ran.err
    assert "in broken" in ran.err


def test_an_expected_failure_shows_no_traceback_even_with_debug() -> None:
    ran = invoke("--debug", "plan", "-f", "nowhere.yaml")
    assert ran.code == 2
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Usage"),
        (["plan"], "'-f'"),
        (["plan", "-f"], "requires an argument"),
        (["plan", "-f", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["plan", "-f", "."], "is a folder"),
        (["plan", "-f", f"{MINIMAL}/x"], "cannot be read"),
        (["plan", "-f", MINIMAL, "-o", "JSON"], "'json'"),
        (["plan", "-f", MINIMAL, "--fail-on", "everything"], "'blocker'"),
        (["plan", "-f", MINIMAL, "extra"], "unexpected extra argument"),
        (["pln", "-f", MINIMAL], "Did you mean 'plan'"),
        (["catalog"], "Usage"),
        (["catalog", "shwo"], "Did you mean 'show'"),
        (["schema", "specs"], "'spec'"),
        (["completion", "powershell"], "'bash'"),
        (["--nonsense"], "No such option"),
    ],
    ids=" ".join,
)
def test_2_usage(arguments: list[str], message: str) -> None:
    ran = invoke(*arguments)
    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("command", ["plan", "why", "review"])
def test_3_no_plan_can_satisfy_it(command: str) -> None:
    ran = invoke(command, "-f", INFEASIBLE)
    assert ran.code == 3
    assert f"{INFEASIBLE}:10:11: infeasible[addresses]" in ran.err
    assert ran.out == ""


def test_2_wins_over_3() -> None:
    ran = invoke_spec(HEAD + "  vpc: {cidr: 10.0.0.0/28}\n  nothing: 1\n" + GROUPS)
    assert ran.code == 2


@pytest.mark.parametrize("command", ["plan", "review"])
@pytest.mark.parametrize(
    ("limit", "code"), [(None, 0), ("blocker", 0), ("error", 0), ("warning", 4), ("info", 4), ("never", 0)]
)
def test_4_findings_at_or_above_the_limit(command: str, limit: str | None, code: int) -> None:
    ran = invoke_spec(ONE_NAT, *(["--fail-on", limit] if limit else []), command=command)
    assert ran.code == code
    assert "RTE003" in ran.out
    assert ran.err == ""


def test_4_still_prints_and_writes_the_plan() -> None:
    ran = invoke_spec(ONE_NAT, "--fail-on", "warning", "-o", "json", "--out", "made.json")
    assert ran.code == 4
    assert Path("made.json").read_text("utf-8") == ran.out


def test_5_no_credentials() -> None:
    ran = invoke("catalog", "refresh", "--region", "us-east-1")
    assert ran.code == 5
    assert "ec2:DescribeInstanceTypes in us-east-1" in ran.err


def test_130_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.plan.build.build", interrupt)
    ran = invoke("plan", "-f", MINIMAL)
    assert ran.code == 130
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan", "-f", MINIMAL], 0),
        (["plan", "-f", "nowhere.yaml"], 2),
        (["plan", "-f", INFEASIBLE], 3),
        (["plan", "-f", "one-nat.yaml", "--fail-on", "warning"], 4),
        (["catalog", "refresh", "--region", "us-east-1"], 5),
    ],
    ids=["0", "2", "3", "4", "5"],
)
def test_the_process_ends_with_the_same_codes(arguments: list[str], code: int) -> None:
    Path("one-nat.yaml").write_text(ONE_NAT, "utf-8")
    ran = process(*arguments)
    assert ran.code == code
    assert "Traceback" not in ran.said


@pytest.mark.parametrize("how", ["module", "script"])
def test_other_ways_to_start_it(how: str) -> None:
    script = Path(sys.executable).with_name("eksplan")
    if how == "script" and not script.exists():
        pytest.skip("the script is not installed beside this Python")
    start = [str(script)] if how == "script" else [sys.executable, "-m", "planner.cli.main"]
    done = subprocess.run(
        [*start, "plan", "-f", "-"], input=SPEC.encode(), capture_output=True, env=environment({}), check=False
    )
    assert done.returncode == 0
    assert b"VPC 10.0.0.0/16" in done.stdout
