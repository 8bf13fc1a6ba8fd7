"""What a rule is: metadata, a check, and a docstring that is its documentation page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from planner.catalog.facts import Facts
from planner.catalog.model import InstanceTypes
from planner.design import Design, Unknown
from planner.diagnostics import Severity

T = TypeVar("T")


def known(value: T | Unknown) -> T:
    """A part of a design that a check has found to be known. Raises ValueError if it is not."""
    if isinstance(value, Unknown):
        raise ValueError(str(value))
    return value


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """Facts that rules judge by."""

    facts: Facts
    instance_types: InstanceTypes


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found on one resource. ``severity`` overrides the rule's own."""

    resource: str
    summary: str
    measured: str = ""
    limit: str = ""
    fix: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A resource that a check could not judge, because AWS did not let us see something."""

    resource: str
    unknown: Unknown


Outcome = Problem | Unseen
Check = Callable[[Design, ReviewContext], Iterable[Outcome]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    ``doc`` is the module's docstring in Markdown: a title, then the sections *What it does*, *Why
    it matters*, *How to fix* and *References*. A check yields nothing for what is fine.
    """

    code: str
    name: str
    severity: Severity
    source: str
    check: Check
    doc: str
    notes: tuple[str, ...] = ()
    since: str = "0.1.0"
    confidence: str = "high"
    """How sure a finding is: high, medium or low."""

    @property
    def group(self) -> str:
        """The letters of the code: VPC, CSN, NSN, LBS, RTE, SGR, ACL, API, IAM, EFS, NGP."""
        return self.code.rstrip("0123456789")

    @property
    def title(self) -> str:
        """First line of the page."""
        return self.doc.strip().partition("\n")[0]
