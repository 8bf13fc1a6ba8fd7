"""Reads what ``-f`` names (a file, or ``-`` for standard input): a spec or a plan file."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.exits import CliError

if TYPE_CHECKING:
    from planner.catalog.model import Catalog
    from planner.diagnostics import Diagnostic
    from planner.plan.model import Plan
    from planner.spec.source import Source

file_option = click.option(
    "-f",
    "--file",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
    help="Spec (YAML) to read; - for standard input.",
)

spec_or_plan_option = click.option(
    "-f",
    "--file",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=True, allow_dash=True, path_type=str),
    help="Spec (YAML) or plan file (JSON) to read; - for standard input.",
)


def load_catalog() -> Catalog:
    """The catalog in use. Raises CliError if it is damaged."""
    from planner.catalog import store
    from planner.catalog.folder import CatalogError

    try:
        return store.load()
    except CatalogError as error:
        raise CliError(str(error)) from error


PLAN_FILES = "`eksplan plan -f SPEC --out FILE` writes a plan file"
"""Where plan files come from."""


def read(file: str, otherwise: str = "`eksplan init` writes a starter spec") -> tuple[bytes, str]:
    """Content and shown name of a file or standard input. Raises CliError if it cannot be read; ``otherwise``
    says where such a file comes from."""
    if file == "-":
        if sys.stdin is None:
            raise CliError("-: standard input is closed; give a file, or pipe a spec in")
        return sys.stdin.buffer.read(), "<stdin>"
    path = Path(file)
    try:
        return path.read_bytes(), file
    except FileNotFoundError:
        raise CliError(f"{file}: no such file; {otherwise}") from None
    except IsADirectoryError:
        raise CliError(f"{file}: is a folder; give a file in it") from None
    except OSError as error:
        raise CliError(f"{file}: cannot be read: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the notices that came with it."""

    plan: Plan
    notices: tuple[Diagnostic, ...]
    source: Source | None = None
    """The spec that the plan was made of just now, with its lines; None for a plan file."""


def plan_from_spec(
    content: bytes, name: str, catalog: Catalog, *, as_json: bool = False, previous: Plan | None = None
) -> Planned:
    """Plan and review a spec, after a previous plan if there is one. Shows all diagnostics; raises
    SilentExit if there is no plan."""
    import dataclasses

    from planner.cli import problems
    from planner.plan.build import build
    from planner.plan.early import problems_beside
    from planner.plan.file import looks_like_plan, sealed
    from planner.review.engine import review
    from planner.review.rule import context_of
    from planner.spec.load import load_text, place
    from planner.templates import render

    if looks_like_plan(content):
        raise CliError(f"{name}: is a plan, and a plan is made of a spec; `eksplan review -f {name}` judges a plan")
    loaded = load_text(content, name, catalog.facts)
    if loaded.document is None or loaded.source is None:
        more: list[Diagnostic] = []
        if loaded.draft is not None and loaded.source is not None:
            more = [place(one, loaded.source) for one in problems_beside(loaded.draft, catalog, loaded.diagnostics)]
        problems.stop_if_wrong(_in_order((*loaded.diagnostics, *more)), as_json=as_json)
        raise AssertionError("an unusable spec without a diagnostic")
    result = build(loaded.document, catalog, render, previous)
    placed = [place(one, loaded.source) for one in result.diagnostics]
    everything = _in_order((*loaded.diagnostics, *placed))
    problems.stop_if_wrong(everything, as_json=as_json)
    if result.plan is None:
        raise AssertionError("no plan and no diagnostic")
    verdict = review(result.plan.design, context_of(catalog))
    return Planned(sealed(dataclasses.replace(result.plan, verdict=verdict)), everything, loaded.source)


def _in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By their places in the file."""
    return tuple(
        sorted(diagnostics, key=lambda one: ((one.range.line, one.range.column) if one.range else (0, 0), one.code))
    )


def plan_file(file: str) -> Plan:
    """A plan from a plan file. Raises CliError if it is none."""
    from planner.plan.file import PlanFileError, read_text

    content, name = read(file, PLAN_FILES)
    try:
        return read_text(content, name)
    except PlanFileError as error:
        raise CliError(str(error)) from None


def plan_from(file: str, catalog: Catalog, *, as_json: bool = False, content: bytes | None = None) -> Planned:
    """A plan from a spec or from a plan file (checked against its digest, never planned anew); ``content``
    where the file was read already."""
    from planner.plan.file import PlanFileError, looks_like_plan, read_text

    name = "<stdin>" if file == "-" else file
    if content is None:
        content, name = read(file)
    if looks_like_plan(content):
        try:
            return Planned(read_text(content, name), ())
        except PlanFileError as error:
            raise CliError(str(error)) from None
    return plan_from_spec(content, name, catalog, as_json=as_json)
