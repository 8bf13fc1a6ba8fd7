"""Diagnostics (problems in what the user wrote) and findings (problems in a design)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters, most first."""

    BLOCKER = "blocker"  # AWS refuses it, or the cluster cannot work
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for a blocker, rising as severity falls; for sorting and ``--fail-on``."""
        return list(Severity).index(self)


class Kind(StrEnum):
    """What a diagnostic means for the exit code."""

    INVALID = "invalid"  # the input is wrong: exit code 2
    INFEASIBLE = "infeasible"  # the input is right and no plan can satisfy it: exit code 3
    NOTICE = "notice"  # a plan exists; the reader should know something


@dataclass(frozen=True, slots=True, order=True)
class SourceRange:
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Text that can neither steer a terminal nor pretend to be another line: control characters,
    changes of direction and halves of characters are written as escapes."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path for people: ``spec.nodeGroups[0].maxSize``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in what the user wrote: what is wrong, both numbers, and the fix.

    ``path`` leads to the field in the document; ``range`` is filled in once the file is known.
    """

    kind: Kind
    code: str
    summary: str
    path: Path = ()
    value: str = ""
    limit: str = ""
    fix: str = ""
    source: str = ""
    note: str = ""
    range: SourceRange | None = None

    @property
    def field(self) -> str:
        """The field's dotted path."""
        return dotted(self.path)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that a rule found in a design."""

    rule: str
    severity: Severity
    resource: str
    summary: str
    measured: str = ""
    limit: str = ""
    fix: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not judge a resource, with the call that AWS did not answer."""

    rule: str
    resource: str
    call: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a review says: findings, what could not be evaluated, and which rules passed."""

    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    passed: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = field(default=())
