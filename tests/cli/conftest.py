"""A folder and an environment of its own for every test of the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.running import quiet_environment


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, no cache and no variables of whoever runs the tests; an empty folder to work in."""
    for name in set(os.environ) - set(quiet_environment(tmp_path)):
        if name.startswith(("EKSPLAN_", "AWS_")):
            monkeypatch.delenv(name)
    for name, value in quiet_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
