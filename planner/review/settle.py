"""Holds a verdict against what was agreed before: waivers with a last day, and a baseline."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

from planner.diagnostics import Finding, Severity
from planner.review.baseline import Baseline
from planner.review.judged import Judged, Place, Report, Review, Waiver, judged, judged_in_full
from planner.review.waiver_rule import EXPIRED


def settle(
    reports: Sequence[Report],
    waivers: Sequence[Waiver] = (),
    baseline: Baseline | None = None,
    today: date | None = None,
) -> Review:
    """The reports with what is waived and known marked; expired waivers become findings of their own.

    ``today`` is needed where there are waivers; a waiver holds to the end of its last day. Raises
    ValueError without it.
    """
    if waivers and today is None:
        raise ValueError("waivers hold until a day: today must be known")
    valid = [one for one in waivers if today is not None and one.expires >= today]
    expired = [one for one in waivers if today is not None and one.expires < today]
    used: set[int] = set()
    left = Counter(baseline.counted if baseline else {})
    settled = [_settled(report, valid, used, left) for report in reports]
    return Review(
        tuple(settled),
        tuple(_expired(one, today) for one in expired if today is not None),
        tuple(one for number, one in enumerate(valid) if number not in used and one.rule in judged_in_full(settled)),
        baseline.gone(settled) if baseline else (),
        compared=baseline is not None,
    )


def _settled(report: Report, waivers: Sequence[Waiver], used: set[int], left: Counter[str]) -> Report:
    """The report with its findings marked. What a waiver holds for takes its place in the baseline too."""
    marked: list[Judged] = []
    for one in report.findings:
        known = left[one.fingerprint] > 0
        left[one.fingerprint] -= known
        holding = [number for number, waiver in enumerate(waivers) if _holds(waiver, one)]
        used.update(holding)
        waiver = waivers[holding[0]] if holding else None
        marked.append(dataclasses.replace(one, known=known, waiver=waiver) if known or waiver else one)
    return dataclasses.replace(report, findings=tuple(marked))


def _holds(waiver: Waiver, one: Judged) -> bool:
    return (
        waiver.rule == one.finding.rule
        and fnmatchcase(one.finding.resource, waiver.resource)
        and fnmatchcase(one.subject, waiver.subject)
    )


def _expired(waiver: Waiver, today: date) -> Judged:
    """A waiver that ran out, as a finding."""
    at = waiver.range
    finding = Finding(
        EXPIRED.code,
        EXPIRED.severity,
        f"{waiver.rule} {waiver.resource}",
        "a waiver has expired",
        measured=f"expired {waiver.expires}, owner {waiver.owner}: {waiver.reason}",
        limit=f"{today} or later",
        fix=f"fix what it waives and remove it, or agree with {waiver.owner} on a new day",
    )
    return judged(finding, "waivers", "waivers", Place(at.file, at.line, at.column, "expires") if at else Place())


def with_severities(reports: Iterable[Report], severities: Mapping[str, Severity]) -> tuple[Report, ...]:
    """The reports with other severities for the findings of some rules, in the order of the worst first."""
    return tuple(
        dataclasses.replace(
            report,
            findings=tuple(
                sorted((_graver(one, severities) for one in report.findings), key=lambda one: one.finding.severity.rank)
            ),
        )
        for report in reports
    )


def _graver(one: Judged, severities: Mapping[str, Severity]) -> Judged:
    wanted = severities.get(one.finding.rule)
    if wanted is None:
        return one
    return dataclasses.replace(one, finding=dataclasses.replace(one.finding, severity=wanted))
