"""A review as SARIF 2.1.0, for code scanning.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and for what GitHub reads
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any

from planner import __version__
from planner.diagnostics import Severity, printable
from planner.report.findings.document import json_text
from planner.report.findings.words import in_full
from planner.review.judged import Gone, Judged, Place, Review, described
from planner.review.pages import address_of, page_of
from planner.review.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "eksplanFinding/v1"
_LEVELS = {Severity.BLOCKER: "error", Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._~/")


def render(review: Review) -> str:
    """The SARIF log as JSON text."""
    return json_text(log(review))


def log(review: Review) -> dict[str, Any]:
    """The SARIF log: one run with a result for every finding, also those that were agreed to, and a
    notification for everything that could not be judged."""
    codes = sorted(
        {one.finding.rule for one in review.findings}
        | {one.rule for report in review.reports for one in report.not_evaluated}
        | {one.rule for one in review.gone}
    )
    index = {code: number for number, code in enumerate(codes)}
    scopes = {report.subject: report.scope for report in review.reports}
    results = [_result(one, index, scopes, review) for one in review.findings]
    results += [_absent(one, index) for one in review.gone]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "eksplan",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_descriptor(code, review.docs) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(review, index))}
                ],
                "results": results,
            }
        ],
    }


def _descriptor(code: str, docs: str) -> dict[str, Any]:
    """What a rule is, with its page in full: viewers show it beside the result."""
    rule = described(code)
    if rule is None:  # rules of fleets have no pages
        return {"id": code}
    descriptor: dict[str, Any] = {
        "id": code,
        "name": _pascal(rule),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": _about(rule)},
        "help": {"text": rule.doc.strip(), "markdown": rule.doc.strip()},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["eks", rule.group],
            "precision": {"high": "very-high", "medium": "medium", "low": "low"}[rule.confidence],
            "problem.severity": {"error": "error", "warning": "warning", "note": "recommendation"}[
                _LEVELS[rule.severity]
            ],
            "page": page_of(code),
            "since": rule.since,
            "notes": list(rule.notes),
        },
    }
    # SARIF asks for a whole address, which a page in the repository does not have by itself
    address = address_of(page_of(code), docs) if docs else rule.source
    if address:
        descriptor["helpUri"] = address
    return descriptor


def _pascal(rule: Rule) -> str:
    return "".join(part.title() for part in rule.name.split("-"))


def _about(rule: Rule) -> str:
    """The section on what the rule does, as one paragraph."""
    section = rule.doc.partition("## What it does\n")[2].partition("\n## ")[0]
    return " ".join(section.split()) or rule.title


def _result(one: Judged, index: dict[str, int], scopes: dict[str, str], review: Review) -> dict[str, Any]:
    finding = one.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "kind": "fail",
        "message": {"text": printable(f"{finding.resource}: {in_full(one)}")},
        "locations": [_location(one, scopes)],
        "partialFingerprints": {FINGERPRINT: one.fingerprint},
        "suppressions": [],
        "properties": {"severity": finding.severity.value, "confidence": one.confidence, "subject": one.subject},
    }
    if one.waiver is not None:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": printable(
                    f"{one.waiver.reason} ({one.waiver.owner}, until {one.waiver.expires.isoformat()})"
                ),
            }
        ]
    if review.compared:
        result["baselineState"] = "unchanged" if one.known else "new"
    return result


def _absent(gone: Gone, index: dict[str, int]) -> dict[str, Any]:
    return {
        "ruleId": gone.rule,
        "ruleIndex": index[gone.rule],
        "level": "none",
        "kind": "pass",
        "message": {"text": printable(f"{gone.resource}: no longer found")},
        "partialFingerprints": {FINGERPRINT: gone.fingerprint},
        "baselineState": "absent",
    }


def _location(one: Judged, scopes: dict[str, str]) -> dict[str, Any]:
    """File and line, or region and name where there is no file: code scanning takes no result without an address."""
    place = one.place
    name = place.field or place.id or one.finding.resource
    location: dict[str, Any] = {
        "logicalLocations": [
            {"name": printable(one.finding.resource), "fullyQualifiedName": printable(name), "kind": "resource"}
        ]
    }
    on_disk = place.file and not place.file.startswith("<")
    address = place.file if on_disk else scopes.get(one.subject, one.subject)
    location["physicalLocation"] = {
        "artifactLocation": {"uri": uri(printable(address))},
        **(_region(place) if on_disk else {}),
    }
    return location


def _region(place: Place) -> dict[str, Any]:
    return {"region": {"startLine": place.line, "startColumn": place.column}} if place.line else {}


def uri(file: str) -> str:
    """The address of a file: relative as it was given, whole for an absolute path."""
    encoded = "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogateescape"))
        for letter in file
    )
    return f"file://{encoded}" if encoded.startswith("/") else encoded


def _notifications(review: Review, index: dict[str, int]) -> Iterator[dict[str, Any]]:
    """What could not be judged, so that no viewer takes silence for a pass."""
    for report in review.reports:
        for one in report.not_evaluated:
            yield {
                "level": "warning",
                "message": {
                    "text": printable(f"{one.rule} not evaluated on {one.resource}: {one.reason} ({one.call})")
                },
                "associatedRule": {"id": one.rule, "index": index[one.rule]},
            }
