"""The JSON document of a review: its shape, its schema, its text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from planner.diagnostics import Severity
from planner.plan.plain import plain
from planner.plan.schema import schema_of
from planner.review.judged import Gone, Judged, Place, Review, described
from planner.review.pages import address_of

API_VERSION = "eksplan/v1"
KIND = "Findings"
SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class WaiverRecord:
    """Who agreed to live with a finding, why, and until which day (ISO 8601)."""

    reason: str
    owner: str
    expires: str


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding in the document. ``state`` is new, known (the baseline has it) or waived."""

    rule: str
    name: str
    severity: Severity
    confidence: str
    since: str
    subject: str
    resource: str
    summary: str
    measured: str
    limit: str
    fix: str
    source: str
    help: str
    notes: tuple[str, ...]
    fingerprint: str
    state: str
    location: Place
    waiver: WaiverRecord | None


@dataclass(frozen=True, slots=True)
class UnseenRecord:
    """A rule that could not judge a resource, with the call that AWS did not answer."""

    rule: str
    subject: str
    resource: str
    call: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnusedWaiver:
    """A waiver that waived nothing."""

    rule: str
    resource: str
    owner: str
    expires: str
    line: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Rules that passed, failed, were not evaluated or not applicable; findings by state and severity."""

    passed: int
    failed: int
    not_evaluated: int
    not_applicable: int
    new: int
    known: int
    waived: int
    gone: int
    blockers: int
    errors: int
    warnings: int
    infos: int


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """One cluster or VPC that was reviewed, with the rules that it passed and failed."""

    name: str
    scope: str
    failed: tuple[str, ...]
    passed: tuple[str, ...]
    not_evaluated: tuple[str, ...]
    not_applicable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingsDocument:
    """A review. ``passed`` are rules that every subject passed, ``not_applicable`` those that applied to none."""

    failed: bool
    counts: Counts
    subjects: tuple[SubjectRecord, ...]
    findings: tuple[FindingRecord, ...]
    waived: tuple[FindingRecord, ...]
    not_evaluated: tuple[UnseenRecord, ...]
    passed: tuple[str, ...]
    not_applicable: tuple[str, ...]
    gone: tuple[Gone, ...]
    unused_waivers: tuple[UnusedWaiver, ...]


def document(review: Review) -> FindingsDocument:
    """The review as a document."""
    unseen = tuple(
        UnseenRecord(one.rule, report.subject, one.resource, one.call, one.reason)
        for report in review.reports
        for one in report.not_evaluated
    )
    return FindingsDocument(
        review.failed,
        counts(review),
        tuple(
            SubjectRecord(
                one.subject,
                one.scope,
                one.failed,
                one.passed,
                tuple(sorted({each.rule for each in one.not_evaluated})),
                one.not_applicable,
            )
            for one in review.reports
        ),
        tuple(_record(one, review.docs) for one in review.findings if not one.waiver),
        tuple(_record(one, review.docs) for one in review.waived),
        unseen,
        passed_by_all(review),
        _applied_to_none(review),
        review.gone,
        tuple(
            UnusedWaiver(one.rule, one.resource, one.owner, one.expires.isoformat(), one.range.line if one.range else 0)
            for one in review.unused
        ),
    )


def counts(review: Review) -> Counts:
    """How many of everything; rules are counted once, however many subjects they judged."""
    counting = review.counting
    severities = [sum(1 for one in counting if one.finding.severity is severity) for severity in Severity]
    return Counts(
        len(passed_by_all(review)),
        len({one.finding.rule for one in counting}),
        len({one.rule for report in review.reports for one in report.not_evaluated}),
        len(_applied_to_none(review)),
        len(counting),
        len(review.known),
        len(review.waived),
        len(review.gone),
        *severities,
    )


def passed_by_all(review: Review) -> tuple[str, ...]:
    """Rules that at least one subject passed, and that said nothing of any other."""
    spoken = {one.finding.rule for one in review.findings}
    spoken |= {one.rule for report in review.reports for one in report.not_evaluated}
    return tuple(sorted({code for report in review.reports for code in report.passed} - spoken))


def _applied_to_none(review: Review) -> tuple[str, ...]:
    spoken = {one.finding.rule for one in review.findings}
    spoken |= {one.rule for report in review.reports for one in report.not_evaluated}
    spoken |= {code for report in review.reports for code in report.passed}
    return tuple(sorted({code for report in review.reports for code in report.not_applicable} - spoken))


def _record(one: Judged, docs: str) -> FindingRecord:
    finding, waiver = one.finding, one.waiver
    rule = described(finding.rule)
    return FindingRecord(
        finding.rule,
        rule.name if rule else finding.rule.lower(),
        finding.severity,
        one.confidence,
        one.since,
        one.subject,
        finding.resource,
        finding.summary,
        finding.measured,
        finding.limit,
        finding.fix,
        finding.source,
        address_of(one.help, docs),
        finding.notes,
        one.fingerprint,
        one.state,
        one.place,
        WaiverRecord(waiver.reason, waiver.owner, waiver.expires.isoformat()) if waiver else None,
    )


def render(review: Review) -> str:
    """The document as JSON text."""
    head = {"apiVersion": API_VERSION, "kind": KIND, "schema": SCHEMA_VERSION}
    return json_text({**head, **plain(document(review))})


#: What JSON may hold as it is, and what steers a terminal or hides text all the same.
_STEERING = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def json_text(data: Any) -> str:
    """JSON that is safe to show: characters that steer a terminal are written as escapes."""
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def findings_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``eksplan review -o json``."""
    schema = schema_of(FindingsDocument)
    properties = {
        "apiVersion": {"const": API_VERSION},
        "kind": {"const": KIND},
        "schema": {"const": SCHEMA_VERSION},
        **schema["properties"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:eksplan:schema:v2:findings",
        **schema,
        "title": "Findings",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
