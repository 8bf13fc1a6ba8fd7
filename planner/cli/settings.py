"""Defaults from files: ``eksplan.toml`` in the current folder, then the user's own.

    [plan]
    output = "markdown"

Flags and ``EKSPLAN_*`` variables win over both; docs/commands.md tells the order.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from planner.cli.exits import CliError

PROJECT_FILE = "eksplan.toml"


def defaults_of(name: str, command: click.Command, commands: Collection[str]) -> dict[str, Any]:
    """Defaults of a command's options by parameter name, the project's over the user's.

    Raises CliError for a file that is not TOML, or that has a command or option nobody knows.
    """
    merged: dict[str, Any] = {}
    for path in (_user_file(), Path(PROJECT_FILE)):
        if not path.is_file():
            continue
        settings = _read(path)
        for section in settings:
            _check(section, commands, f"{path}: no command is called")
        _merge(merged, _checked(settings.get(name, {}), path, name, command))
    return merged


def _checked(section: object, path: Path, name: str, command: click.Command) -> dict[str, Any]:
    """A command's table with parameter names for keys; a group's tables in turn."""
    if not isinstance(section, dict):
        raise CliError(f"{path}: {name} must be a table such as [{name}], not {section!r}")
    if isinstance(command, click.Group):
        for inner in section:
            _check(inner, command.commands, f"{path}: `eksplan {name}` has no command")
        return {
            inner: _checked(value, path, f"{name}.{inner}", command.commands[inner]) for inner, value in section.items()
        }
    options = {
        option.lstrip("-"): parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name
        for option in parameter.opts
        if option.startswith("--")
    }
    found: dict[str, Any] = {}
    for key, value in section.items():
        plain = key.replace("_", "-")
        _check(plain, options, f"{path}: `eksplan {name.replace('.', ' ')}` has no option")
        found[str(options[plain])] = value
    return found


def _merge(under: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(under.get(key), dict):
            _merge(under[key], value)
        else:
            under[key] = value


def _check(given: str, known: Collection[str], problem: str) -> None:
    if given not in known:
        near = difflib.get_close_matches(given, known, n=1)
        raise CliError(
            f"{problem} {given}; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}")
        )


def _user_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "eksplan" / "config.toml"


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CliError(f"{path}: not usable as settings: {error}") from None
