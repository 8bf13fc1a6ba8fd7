"""A verdict with everything around it: where each finding stands, which one it is, who waived it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from planner.diagnostics import Finding, NotEvaluated, Severity, SourceRange, Verdict
from planner.review.identity import fingerprint
from planner.review.pages import page_of
from planner.review.registry import rule_by_code
from planner.review.rule import Rule
from planner.review.waiver_rule import EXPIRED


@dataclass(frozen=True, slots=True)
class Place:
    """Where the resource of a finding stands: in a file, as a field of a spec, as a resource of AWS.

    Line and column count from 1 and are 0 where they are not known; what else is not known is empty.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    field: str = ""
    """Dotted path in the spec: ``spec.nodeGroups[0].maxSize``."""
    id: str = ""
    """ARN, or the id where AWS shows no ARN."""

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return f"{self.file} {self.field}".strip() if self.field else self.id or self.file


Locate = Callable[[Finding], Place]


@dataclass(frozen=True, slots=True)
class Waiver:
    """An agreement to live with findings of a rule on some resources until a day."""

    rule: str
    resource: str
    """Pattern as in a shell: ``hello-*``."""
    reason: str
    owner: str
    expires: date
    """The last day on which it holds."""
    subject: str = "*"
    """Pattern of what was reviewed, by name."""
    range: SourceRange | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its place and identity, and whether anybody has agreed to it."""

    finding: Finding
    subject: str
    """Name of the cluster or VPC that was reviewed."""
    fingerprint: str
    place: Place
    confidence: str
    since: str
    help: str
    """Where the rule's page lies in the repository; empty for a rule without one."""
    known: bool = False
    """Whether the baseline has it."""
    waiver: Waiver | None = None

    @property
    def counts(self) -> bool:
        """Whether it may fail a review: nobody waived it and no baseline knows it."""
        return self.waiver is None and not self.known

    @property
    def state(self) -> str:
        """``waived``, ``known`` or ``new``."""
        return "waived" if self.waiver else "known" if self.known else "new"


@dataclass(frozen=True, slots=True)
class Report:
    """What a review says of one cluster or VPC."""

    subject: str
    scope: str
    findings: tuple[Judged, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    passed: tuple[str, ...]
    not_applicable: tuple[str, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Rules with a finding that counts, sorted."""
        return tuple(sorted({one.finding.rule for one in self.findings if one.counts}))


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding of the baseline that this review did not meet again."""

    fingerprint: str
    rule: str
    resource: str
    scope: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that one run says: of each subject, of waivers, and against the baseline."""

    reports: tuple[Report, ...]
    expired: tuple[Judged, ...] = ()
    """Waivers that have run out, as findings of their own."""
    unused: tuple[Waiver, ...] = ()
    """Waivers that waived nothing."""
    gone: tuple[Gone, ...] = ()
    compared: bool = False
    """Whether there was a baseline."""
    docs: str = ""
    """Address below which the rules' pages are found; empty where they are only in the repository."""
    fail_on: Severity | None = Severity.ERROR
    """From which severity on findings fail the review; None never."""

    @property
    def findings(self) -> tuple[Judged, ...]:
        """Every finding of every subject, expired waivers first, then the worst."""
        found = [one for report in self.reports for one in report.findings]
        return (*self.expired, *sorted(found, key=lambda one: one.finding.severity.rank))

    @property
    def counting(self) -> tuple[Judged, ...]:
        """Findings that nobody has agreed to."""
        return tuple(one for one in self.findings if one.counts)

    @property
    def waived(self) -> tuple[Judged, ...]:
        """Findings that a waiver holds for."""
        return tuple(one for one in self.findings if one.waiver)

    @property
    def known(self) -> tuple[Judged, ...]:
        """Findings that the baseline has, and no waiver."""
        return tuple(one for one in self.findings if one.known and not one.waiver)

    def is_failure(self, one: Judged) -> bool:
        """Whether this finding fails the review. An expired waiver does at every severity but never."""
        if self.fail_on is None or not one.counts:
            return False
        return one.finding.rule == EXPIRED.code or one.finding.severity.rank <= self.fail_on.rank

    @property
    def failed(self) -> bool:
        """Whether any finding fails the review."""
        return any(map(self.is_failure, self.findings))


def described(code: str) -> Rule | None:
    """The rule of a finding: of the catalogue, or that about waivers; None for rules of fleets."""
    return EXPIRED if code in (EXPIRED.code, EXPIRED.name) else rule_by_code(code)


def judged(finding: Finding, subject: str, scope: str, place: Place) -> Judged:
    """A finding with its identity and what its rule says about it."""
    rule = described(finding.rule)
    return Judged(
        finding,
        subject,
        fingerprint(finding, scope),
        place,
        rule.confidence if rule else "high",
        rule.since if rule else "0.1.0",
        page_of(finding.rule) if rule else "",
    )


def report(verdict: Verdict, subject: str, scope: str, locate: Locate) -> Report:
    """The verdict on one subject, each finding with its place and identity."""
    return Report(
        subject,
        scope,
        tuple(judged(one, subject, scope, locate(one)) for one in verdict.findings),
        verdict.not_evaluated,
        verdict.passed,
        verdict.not_applicable,
    )


def judged_in_full(reports: Iterable[Report]) -> frozenset[str]:
    """Codes of the rules that said something of a subject and were let see everything everywhere."""
    codes: set[str] = set()
    unseen: set[str] = set()
    for one in reports:
        codes.update(one.passed, one.not_applicable)
        codes.update(found.finding.rule for found in one.findings)
        unseen.update(each.rule for each in one.not_evaluated)
    return frozenset(codes - unseen)
