"""What a rule is: metadata, a check, and a docstring that is its documentation page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from planner.catalog.facts import Facts
from planner.catalog.model import Catalog, InstanceTypes, KubernetesVersion, Version
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
    """What rules judge by, beside the design: facts, and what the caller knows of time and intent."""

    facts: Facts
    instance_types: InstanceTypes
    versions: tuple[KubernetesVersion, ...] = ()
    """The catalog's table of Kubernetes versions, for where EKS did not tell its own."""
    today: date | None = None
    """The day of the review; None judges a running cluster by the day on which it was observed, and
    leaves what depends on the day out of a plan."""
    target: str | None = None
    """Kubernetes version of an upgrade that is planned."""
    history: tuple[Design, ...] = ()
    """The same design as it was observed before."""
    parameters: Mapping[str, int] = field(default_factory=dict)
    """Thresholds of the user's own, by the key of the fact that they stand for."""

    def number(self, key: str) -> int:
        """A threshold: the user's own, else the fact of that key. Raises KeyError for an unknown key."""
        return self.parameters.get(key, self.facts.number(key))


def context_of(
    catalog: Catalog,
    *,
    today: date | None = None,
    target: str | None = None,
    history: tuple[Design, ...] = (),
    parameters: Mapping[str, int] | None = None,
) -> ReviewContext:
    """A context with everything that rules take from a catalog."""
    return ReviewContext(
        catalog.facts, catalog.instance_types, catalog.versions, today, target, history, parameters or {}
    )


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
    parameters: tuple[str, ...] = ()
    """Facts whose numbers a user may replace (``ReviewContext.parameters``)."""
    limits: tuple[str, ...] = ()
    """Keys of the facts that it judges by; its page shows them with units and sources."""
    kubernetes: tuple[str, str] = ("", "")
    """First and last Kubernetes minor version that it applies to; empty where there is no bound."""
    needs_cluster: bool = False
    """Whether it does not apply to a VPC without a cluster, beyond the groups about clusters."""

    @property
    def group(self) -> str:
        """The letters of the code: VPC, CSN, NSN, LBS, RTE, SGR, ACL, API, IAM, EFS, NGP."""
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
