"""Flag over environment over project file over user file over default."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.running import GROUPS, HEAD, MINIMAL, invoke, invoke_spec

STARTS = {"table": "hello: Kubernetes", "json": "{", "yaml": "apiVersion:", "markdown": "# Plan of hello"}


def form(*arguments: str) -> str:
    """The form in which a plan is printed."""
    ran = invoke("plan", "-f", MINIMAL, *arguments)
    assert ran.code == 0, ran.err
    (found,) = [name for name, start in STARTS.items() if ran.out.startswith(start)]
    return found


def project(text: str) -> None:
    """Write the project's settings."""
    Path("eksplan.toml").write_text(text, "utf-8")


def user(text: str) -> None:
    """Write the user's settings."""
    path = Path(os.environ["XDG_CONFIG_HOME"], "eksplan", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


def test_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert form() == "table"
    user('[plan]\noutput = "markdown"\n')
    assert form() == "markdown"
    project('[plan]\noutput = "yaml"\n')
    assert form() == "yaml"
    monkeypatch.setenv("EKSPLAN_PLAN_OUTPUT", "json")
    assert form() == "json"
    assert form("-o", "table") == "table"


def test_files_are_merged_key_by_key() -> None:
    user('[plan]\noutput = "yaml"\nfail-on = "warning"\n')
    project('[plan]\noutput = "json"\n')
    ran = invoke_spec(HEAD + "  nat: single\n" + GROUPS)
    assert ran.out.startswith("{")
    assert ran.code == 4


def test_keys_are_long_options_as_the_user_writes_them() -> None:
    project('[review]\nfail-on = "warning"\nignore = ["RTE003"]\n')
    ran = invoke_spec(HEAD + "  nat: single\n" + GROUPS, command="review")
    assert ran.code == 0
    assert "RTE003" not in ran.out
    project('[max-pods]\nmode = ["prefix"]\n')
    assert "secondary-ip" not in invoke("max-pods", "m5.large").out


def test_commands_of_a_group() -> None:
    project('[catalog.show]\noutput = "json"\n')
    assert invoke("catalog", "show").out.startswith("{")


def test_flags_of_other_commands_are_left_alone() -> None:
    project('[review]\noutput = "json"\n')
    assert form() == "table"


@pytest.mark.parametrize(
    ("variable", "arguments", "expected"),
    [
        ("EKSPLAN_PLAN_OUTPUT", ["plan", "-f", MINIMAL], "{"),
        ("EKSPLAN_WHY_OUTPUT", ["why", "-f", MINIMAL], "["),
        ("EKSPLAN_REVIEW_OUTPUT", ["review", "-f", MINIMAL], "{"),
        ("EKSPLAN_MAX_PODS_OUTPUT", ["max-pods", "m5.large"], "["),
        ("EKSPLAN_CATALOG_SHOW_OUTPUT", ["catalog", "show"], "{"),
    ],
)
def test_every_output_option_has_its_variable(
    variable: str, arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "json")
    ran = invoke(*arguments)
    assert ran.code == 0
    assert ran.out.startswith(expected)


def test_a_list_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKSPLAN_REVIEW_IGNORE", "RTE003 API")
    monkeypatch.setenv("EKSPLAN_REVIEW_FAIL_ON", "warning")
    assert invoke_spec(HEAD + "  nat: single\n" + GROUPS, command="review").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("garbage", "eksplan.toml"),
        ("[plan]\noutput = \n", "eksplan.toml"),
        ('[plan]\noutput = "jsn"\n', "json"),
        ("[plan]\noutput = 5\n", "json"),
        ('[plan]\noutputs = "json"\n', "did you mean output?"),
        ('[plann]\noutput = "json"\n', "did you mean plan?"),
        ("plan = 5\n", "[plan]"),
        ('[catalog.shwo]\noutput = "json"\n', "eksplan.toml"),
    ],
)
def test_wrong_settings_are_said_not_ignored(text: str, message: str) -> None:
    project(text)
    ran = invoke("catalog", "show") if "catalog" in text else invoke("plan", "-f", MINIMAL)
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_settings_that_are_not_text_are_said() -> None:
    Path("eksplan.toml").write_bytes(b"\xff\xfe")
    ran = invoke("plan", "-f", MINIMAL)
    assert ran.code == 2
    assert "eksplan.toml" in ran.err


def test_help_comes_whatever_the_settings_say() -> None:
    project("garbage")
    assert invoke("--help").code == 0
    assert invoke("plan", "--help").code == 0
    assert invoke("--version").code == 0


@pytest.mark.parametrize("value", ["0", "false", ""])
def test_debug_can_be_switched_off_by_its_variable(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("an accident")

    monkeypatch.setattr("planner.plan.build.build", broken)
    monkeypatch.setenv("EKSPLAN_DEBUG", value)
    ran = invoke("plan", "-f", MINIMAL)
    assert ran.code == 1
    assert "Traceback" not in ran.err
