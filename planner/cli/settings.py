"""Defaults from files: ``eksplan.toml`` in the current folder, then the user's own.

    [plan]
    output = "markdown"

Flags and ``EKSPLAN_*`` variables win over both. Source of the order: docs/cli.md.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from planner.cli.exits import CliError

PROJECT_FILE = "eksplan.toml"


def default_map() -> dict[str, Any]:
    """Defaults of options by command, the project's over the user's. Raises CliError for a file
    that is not TOML."""
    merged: dict[str, Any] = {}
    for path in (_user_file(), Path(PROJECT_FILE)):
        if path.is_file():
            for command, options in _read(path).items():
                if isinstance(options, dict):
                    merged.setdefault(command, {}).update(options)
    return merged


def _user_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "eksplan" / "config.toml"


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CliError(f"{path}: not usable as settings: {error}") from None
