"""A review as JUnit XML: a suite for each cluster or VPC, a case for each rule that passed and each finding."""

from __future__ import annotations

import re

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from planner.diagnostics import NotEvaluated, printable
from planner.report.findings.words import in_full, said
from planner.review.judged import Judged, Report, Review
from planner.review.pages import address_of

#: What XML 1.0 cannot hold even as an entity, beyond what ``printable`` writes as an escape.
#: Source: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(review: Review) -> str:
    """The XML text. Findings that would not fail the review are cases that pass, with what was said."""
    root = JUnitXml("eksplan review")
    if review.expired:
        root.append(_suite("waivers", [_case(one, review) for one in review.expired]))  # type: ignore[no-untyped-call]
    for report in review.reports:
        root.append(_suite(report.subject, _cases(report, review)))  # type: ignore[no-untyped-call]
    root.update_statistics()  # type: ignore[no-untyped-call]
    text: str = root.tostring().decode("utf-8")  # type: ignore[no-untyped-call]
    return text if text.startswith("<?xml") else f'<?xml version="1.0" encoding="utf-8"?>\n{text}'


def _suite(name: str, cases: list[TestCase]) -> TestSuite:
    suite = TestSuite(_safe(name))
    suite.add_testcases(cases)
    return suite


def _cases(report: Report, review: Review) -> list[TestCase]:
    """Findings first, then what was not evaluated, then what passed."""
    cases = [_case(one, review) for one in report.findings]
    cases += [_unseen(one, report.subject) for one in report.not_evaluated]
    return cases + [TestCase(code, _safe(report.subject)) for code in report.passed]


def _case(one: Judged, review: Review) -> TestCase:
    case = TestCase(f"{one.finding.rule} {_safe(one.finding.resource)}", _safe(one.subject))
    if one.waiver is not None:
        case.result = [Skipped(_safe(f"waived: {one.waiver.reason} ({one.waiver.owner}, until {one.waiver.expires})"))]
    elif one.known:
        case.result = [Skipped("known: the baseline has it")]
    elif review.is_failure(one):
        failure = Failure(_safe(said(one)), one.finding.severity.value)
        failure.text = _safe(
            f"{in_full(one)}\nat {one.place}\n{address_of(one.help, review.docs)}".replace("\nat \n", "\n")
        )
        case.result = [failure]
    else:
        case.system_out = _safe(f"{one.finding.severity}: {in_full(one)}")
    return case


def _unseen(one: NotEvaluated, subject: str) -> TestCase:
    case = TestCase(f"{one.rule} {_safe(one.resource)}", _safe(subject))
    case.result = [Skipped(_safe(f"not evaluated: {one.reason} ({one.call})"))]
    return case


def _safe(text: str) -> str:
    lines = (printable(line) for line in text.split("\n"))
    return _NO_XML.sub(lambda found: f"\\x{ord(found[0]):x}", "\n".join(lines))
