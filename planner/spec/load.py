"""Text to a spec: every problem at once, each with file, line, column, limit and fix."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.catalog.facts import Facts
from planner.diagnostics import Diagnostic, Kind, Path
from planner.spec.check import check_document
from planner.spec.cluster import ClusterDocument
from planner.spec.errors import diagnostic_of
from planner.spec.source import Source, parse


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document (None if it could not be understood), its source, and all diagnostics."""

    document: ClusterDocument | None
    source: Source | None
    diagnostics: tuple[Diagnostic, ...]
    draft: ClusterDocument | None = None
    """What could be understood of a wrong document, so that more can be said about it in the same run."""

    @property
    def invalid(self) -> bool:
        """Whether any diagnostic says that the input is wrong."""
        return any(one.kind is Kind.INVALID for one in self.diagnostics)


_TEXT_FIELDS = {("spec", "version"), ("spec", "cni", "version")}
_TEXT_TABLES = {"labels", "tags"}


def keep_text(path: Path) -> bool:
    """Where a plain scalar stays as it is written: versions, modes, and the values of labels and tags."""
    if path in _TEXT_FIELDS:
        return True
    if len(path) >= 2 and path[-2] in _TEXT_TABLES:
        return True
    if path[:2] == ("spec", "efs"):
        return path[-1:] == ("permissions",)
    return path[:2] == ("spec", "addons") and path[-1:] == ("version",)


def load_text(content: bytes | str, file: str, facts: Facts) -> Loaded:
    """Read a cluster spec from YAML text. ``file`` is only named in messages."""
    source = parse(content, file, keep_text)
    if isinstance(source, Diagnostic):
        return Loaded(None, None, (source,))
    other = other_kind(source.data, "Cluster")
    if other is not None:
        return Loaded(None, source, (place(other, source),))
    document, diagnostics = understood(source, facts)
    placed = tuple(place(one, source) for one in diagnostics)
    ordered = tuple(sorted(placed, key=lambda one: (one.range or source.locate(()), one.code)))
    loaded = Loaded(document, source, ordered)
    return dataclasses.replace(loaded, document=None, draft=document) if loaded.invalid else loaded


_COMMANDS = {
    "Cluster": ("a cluster", "eksplan plan"),
    "Fleet": ("a fleet of clusters", "eksplan fleet plan"),
    "Plan": ("a plan", "eksplan review"),
    "FleetPlan": ("a fleet plan", "eksplan fleet review"),
}


def other_kind(data: Any, kind: str) -> Diagnostic | None:
    """What to say of a document that is not of ``kind`` but of another one that is known."""
    found = data.get("kind") if isinstance(data, Mapping) else None
    if found == kind or not isinstance(found, str) or found not in _COMMANDS:
        return None
    what, command = _COMMANDS[found]
    return Diagnostic(
        Kind.INVALID,
        "kind",
        f"this is {what}",
        path=("kind",),
        value=found,
        limit=kind,
        fix=f"use `{command} -f` for it",
    )


def understood(source: Source, facts: Facts) -> tuple[ClusterDocument | None, list[Diagnostic]]:
    """The document in a source, if it is one, and everything that is wrong with it, without places."""
    document, diagnostics, touched = _validated(source)
    if document is not None:
        diagnostics += [one for one in check_document(document, facts) if not _beside(one.path, touched)]
    return document, diagnostics


def place(diagnostic: Diagnostic, source: Source) -> Diagnostic:
    """The diagnostic with its place in the file filled in."""
    if diagnostic.range is not None:
        return diagnostic
    key = diagnostic.code in {"unknown-key", "missing"}
    return dataclasses.replace(diagnostic, range=source.locate(diagnostic.path, key=key))


def _validated(source: Source) -> tuple[ClusterDocument | None, list[Diagnostic], list[Path]]:
    """The document, diagnostics of its structure, and the paths that had to be left out.

    Wrong parts are taken out and the rest is validated again, so that the checks across fields
    can speak about the rest in the same run.
    """
    if not isinstance(source.data, Mapping):
        what = "a list" if isinstance(source.data, list) else "a single value"
        return (
            None,
            [
                Diagnostic(
                    Kind.INVALID,
                    "document",
                    f"the file holds {what} where a spec is a mapping",
                    limit="apiVersion, kind, metadata, spec",
                    fix="start with `apiVersion: eksplan/v1`, or run `eksplan init`",
                )
            ],
            [],
        )
    try:
        return _model(source.data), [], []
    except ValidationError as error:
        problems = error.errors(include_url=False)
    diagnostics = [diagnostic_of(one, source.data) for one in problems]
    shortened = _shortened(source.data, _too_long(problems, diagnostics))
    touched = [one.path for one in diagnostics]
    drop = set(touched) - _too_long(problems, diagnostics).keys()
    # what is left out may be required where it stood: then all around it goes, up to a key of a mapping
    for _ in range(_MOST_STEPS):
        try:
            return _model(_without(shortened, drop)), diagnostics, [*touched, *drop]
        except ValidationError:
            drop = {_around(path) for path in drop}
    return None, diagnostics, touched


_MOST_STEPS = 4


def _around(path: Path) -> Path:
    """The nearest key of a mapping above a path; lists keep their places."""
    above = path[:-1]
    while above and isinstance(above[-1], int):
        above = above[:-1]
    return above or path


def _too_long(problems: Sequence[Any], diagnostics: Sequence[Diagnostic]) -> dict[Path, int]:
    """Lists with too many items, by path, with how many may stand."""
    return {
        diagnostic.path: int(problem["ctx"]["max_length"])
        for problem, diagnostic in zip(problems, diagnostics, strict=True)
        if problem["type"] == "too_long"
    }


def _shortened(value: Any, most: Mapping[Path, int], path: Path = ()) -> Any:
    if isinstance(value, Mapping):
        return {key: _shortened(item, most, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        kept = value[: most.get(path, len(value))]
        return [_shortened(item, most, (*path, number)) for number, item in enumerate(kept)]
    return value


def _model(data: Any) -> ClusterDocument:
    return ClusterDocument.model_validate_json(json.dumps(data))


def _without(value: Any, drop: set[Path], path: Path = ()) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(item, drop, (*path, key)) for key, item in value.items() if (*path, key) not in drop}
    if isinstance(value, list):
        return [
            _without(item, drop, (*path, number)) for number, item in enumerate(value) if (*path, number) not in drop
        ]
    return value


#: Keys that say nothing about those beside them: without one of them the others are as right or wrong as before.
_HARMLESS = {
    *("taints", "labels", "tags", "minSize", "desiredSize", "disk", "update", "nodeRepair", "warmPool", "podsPerNode"),
    *("instanceTypes", "workloads", "accessEntries", "logTypes", "deletionProtection", "growthPercent"),
    *("loadBalancers", "scenarios", "quotas", "terminationGracePeriodSeconds", "readySeconds", "tolerations"),
}


def _beside(path: Path, touched: list[Path]) -> bool:
    """Whether a part that was left out could be the cause: it stands beside or below ``path``."""
    parent = path[:-1]
    return any(
        bad[: len(path)] == path or (bad[: len(parent)] == parent and not {*bad[len(parent) : len(path)]} & _HARMLESS)
        for bad in touched
    )
