"""What a rule is: metadata, a check, and a docstring that is its documentation page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from planner.catalog.facts import Facts
from planner.catalog.model import InstanceTypes, Version
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


#: Groups of rules about a cluster, its add-ons, its nodes and their roles.
_OF_CLUSTERS = frozenset({"CSN", "API", "NGP", "NSN", "CAP", "UPG", "ADD", "IAM"})

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
    limits: tuple[str, ...] = ()
    """Keys of the facts that it judges by; its page shows them with units and sources."""
    kubernetes: tuple[str, str] = ("", "")
    """First and last Kubernetes minor version that it applies to; empty where there is no bound."""
    needs_cluster: bool = False
    """Whether it does not apply to a VPC without a cluster, beyond the groups about clusters."""

    @property
    def group(self) -> str:
        """The letters of the code: VPC, CSN, NSN, LBS, RTE, SGR, ACL, API, NGP."""
        return self.code.rstrip("0123456789")

    @property
    def of_cluster(self) -> bool:
        """Whether it is about a cluster or its nodes, and does not apply to a VPC without one."""
        return self.needs_cluster or self.group in _OF_CLUSTERS

    def applies_to(self, version: str) -> bool:
        """Whether a Kubernetes version is in its range; one that cannot be read is."""
        first, last = self.kubernetes
        try:
            given = Version.parse(version)
        except ValueError:
            return True
        return (not first or given >= Version.parse(first)) and (not last or given <= Version.parse(last))

    @property
    def title(self) -> str:
        """First line of the page."""
        return self.doc.strip().partition("\n")[0]
