"""Writes plan files: in one step, and never over something else than a plan."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from planner.cli.exits import CliError


def write_plan_file(text: str, out: Path, name: str, spec: str, kind: str) -> Path:
    """Write a plan's text to ``out`` (a folder gets a file called ``name``) and return where it is.

    ``spec`` is the file that was read. Raises CliError where it would take the place of something
    else than a plan of this ``kind``.
    """
    from planner.plan.file import looks_like_plan

    path = out / name if out.is_dir() else out
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_file() and not looks_like_plan(path.read_bytes(), kind):
            what = "is the spec itself" if spec != "-" and path.samefile(spec) else "is there already and is no plan"
            raise CliError(f"{path}: {what}; give --out another name")
        if path.exists() and not path.is_file():  # a pipe or a device
            path.write_text(text, "utf-8")
            return path
        fresh.write_text(text, "utf-8")
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise CliError(f"{path}: cannot be written: {error.strerror}") from None
    return path


def write_text(text: str, path: Path, inputs: Sequence[str] = ()) -> None:
    """Write a report in one step, over an older one if there is any.

    Raises CliError where it cannot be written, and where it would take the place of one of the ``inputs``.
    """
    if path.is_dir():
        raise CliError(f"{path}: is a folder; name a file in it")
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        for one in inputs:
            if path.exists() and one != "-" and Path(one).exists() and path.samefile(one):
                raise CliError(f"{path}: is what was read; give the report another name")
        if path.exists() and not path.is_file():  # a pipe or a device
            path.write_text(text, "utf-8", errors="backslashreplace")
            return
        fresh.write_text(text, "utf-8", errors="backslashreplace")
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise CliError(f"{path}: cannot be written: {error.strerror}") from None
