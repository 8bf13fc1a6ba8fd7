"""The question on a terminal whether Pulumi's installer shall bring its command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from planner.cli import provision
from planner.cli.exits import CliError, Exit


class Terminal:
    """A standard input that is a terminal."""

    @staticmethod
    def isatty() -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Questions that were asked, where pulumi is missing and a terminal is there; the answer is no."""
    questions: list[str] = []

    def confirm(question: str, **_: Any) -> bool:
        questions.append(question)
        return False

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("click.confirm", confirm)
    return questions


def test_no_installs_nothing(asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(automation.PulumiCommand, "install", lambda: pytest.fail("was not agreed to"))
    with pytest.raises(CliError, match="nothing was installed and nothing changed") as told:
        provision._pulumi(install=False)
    assert told.value.code == Exit.AWS
    (question,) = asked
    assert question.startswith(f"Install it now with Pulumi's own installer, into {tmp_path}/.pulumi/versions/")


def test_yes_installs(asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    command = object()
    monkeypatch.setattr(automation.PulumiCommand, "install", lambda: command)
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert provision._pulumi(install=False) is command
    assert "https://www.pulumi.com/docs/install/" in capsys.readouterr().err


def test_the_flag_is_not_asked(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    command = object()
    monkeypatch.setattr(automation.PulumiCommand, "install", lambda: command)
    assert provision._pulumi(install=True) is command
    assert asked == []
