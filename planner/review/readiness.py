"""Whether a cluster is ready for a Kubernetes version: one verdict, from the rules that an upgrade depends on.

Addresses for the control plane's new interfaces and for surge nodes, versions and their skew, AMIs, add-ons,
insights, and the health of what is to be changed.
Source: https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.design import Design
from planner.diagnostics import Finding, NotEvaluated, Severity, Verdict

ASPECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("addresses", ("CSN002", "CSN003", "CSN007", "CSN010", "CAP002", "CAP004")),
    ("versions", ("UPG001", "UPG002", "NGP002", "NGP003", "ADD007")),
    ("AMIs", ("NGP004",)),
    ("add-ons", ("ADD001", "ADD003", "ADD005", "ADD006")),
    ("insights", ("UPG003", "UPG004")),
    ("health", ("API008", "NGP001", "NGP020", "NGP024")),
)
"""What an upgrade depends on, and the rules that judge it."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The verdict for one cluster and version. It is ready where nothing stands against it and everything
    could be seen."""

    cluster: str
    version: str
    target: str
    against: tuple[Finding, ...]
    """Errors and blockers, the worst first."""
    beside: tuple[Finding, ...]
    """Warnings and information, which do not stand against it."""
    unseen: tuple[NotEvaluated, ...]
    planned: bool = False
    """Whether a plan was judged, of which insights and versions of add-ons show only once it runs."""

    @property
    def state(self) -> str:
        """``ready``, ``not ready``, or ``not proven ready`` where something could not be seen."""
        return "not ready" if self.against else "not proven ready" if self.unseen else "ready"

    @property
    def heading(self) -> str:
        """One line for people."""
        counts = [
            f"{len(some)} {what}"
            for some, what in ((self.against, "against it"), (self.unseen, "not evaluated"), (self.beside, "to know"))
            if some
        ]
        told = "".join(f", {one}" for one in counts)
        return f"{self.cluster} ({self.version}): {self.state} for {self.target}{' as planned' if self.planned else ''}{told}"


def readiness(verdict: Verdict, design: Design, target: str) -> Readiness:
    """What a verdict says about the upgrade. The verdict must come from a review of the design with that target.
    Raises ValueError without a cluster."""
    if design.cluster is None:
        raise ValueError("no cluster, no upgrade")
    codes = {code for _, rules in ASPECTS for code in rules}
    mine = [one for one in verdict.findings if one.rule in codes]
    limit = Severity.ERROR.rank
    return Readiness(
        design.cluster.name,
        design.cluster.version,
        target,
        against=tuple(one for one in mine if one.severity.rank <= limit),
        beside=tuple(one for one in mine if one.severity.rank > limit),
        unseen=tuple(one for one in verdict.not_evaluated if one.rule in codes),
        planned=design.planned,
    )
