"""Golden plans: every example, as plan file and as it is shown at 80 columns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from planner.cli.main import run
from tests.support.plans import CLUSTER_EXAMPLES, EXAMPLES, FEASIBLE


class TextFile(SingleFileSnapshotExtension):
    """One readable file for each snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


def output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(EXAMPLES.parent)
    code = run(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_all_examples_are_covered() -> None:
    assert {path.stem for path in CLUSTER_EXAMPLES} == {*FEASIBLE, "infeasible"}


@pytest.mark.parametrize("name", FEASIBLE)
def test_plan_file(name: str, golden: SnapshotAssertion, capsys: Any, monkeypatch: Any) -> None:
    code, out, _ = output(capsys, monkeypatch, "plan", "-f", f"examples/{name}.yaml", "-o", "json")
    assert code == 0
    document = json.loads(out)
    # the catalog's digest changes with every new fact; the golden plan is about the plan
    assert document.pop("digest").startswith("sha256:")
    document["catalog"] = "the embedded one"
    assert json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) == golden


@pytest.mark.parametrize("name", FEASIBLE)
def test_what_is_shown(name: str, golden: SnapshotAssertion, capsys: Any, monkeypatch: Any) -> None:
    code, out, _ = output(capsys, monkeypatch, "plan", "-f", f"examples/{name}.yaml")
    assert code == 0
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80
    shown = [line.rstrip() for line in out.splitlines() if not line.startswith("catalog of")]
    assert "\n".join(shown) == golden


def test_infeasible_says_every_reason(golden: SnapshotAssertion, capsys: Any, monkeypatch: Any) -> None:
    code, out, err = output(capsys, monkeypatch, "plan", "-f", "examples/infeasible.yaml")
    assert code == 3
    assert out == ""
    assert err == golden


def test_click_runner_agrees_with_the_process() -> None:
    """The exit codes above come from ``run``; the click command itself ends with the same."""
    from planner.cli.main import cli

    result = CliRunner().invoke(cli, ["plan", "-f", str(EXAMPLES / "minimal.yaml")])
    assert result.exit_code == 0
