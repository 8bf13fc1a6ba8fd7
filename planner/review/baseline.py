"""Findings that were there before: written once, known from then on.

A baseline counts: where it has a fingerprint once and a review meets it twice, one of them is new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from planner.review.identity import LENGTH
from planner.review.judged import Gone, Report, judged_in_full

API_VERSION = "eksplan/v1"
KIND = "Baseline"
KEYS = ("fingerprint", "rule", "scope", "resource")


class BaselineError(ValueError):
    """A file that is no baseline, with what is wrong."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of an earlier review."""

    entries: tuple[Gone, ...]

    @property
    def counted(self) -> Counter[str]:
        """How often each fingerprint is known."""
        return Counter(one.fingerprint for one in self.entries)

    def gone(self, reports: Sequence[Report]) -> tuple[Gone, ...]:
        """Entries that the reports do not have any more.

        Only of subjects that were reviewed and of rules that could judge all of them: what was not
        looked at, or not let be seen, is not gone.
        """
        there = Counter(one.fingerprint for report in reports for one in report.findings)
        scopes = {report.scope: report for report in reports}
        missing: list[Gone] = []
        for entry in self.entries:
            if there[entry.fingerprint] > 0:
                there[entry.fingerprint] -= 1
                continue
            report = scopes.get(entry.scope)
            if report is not None and entry.rule in judged_in_full([report]):
                missing.append(entry)
        return tuple(missing)


def written(reports: Iterable[Report]) -> str:
    """The text of a baseline that knows all findings of these reports but the waived ones, which
    must not be known for ever."""
    entries = sorted(
        (one.finding.rule, one.finding.resource, report.scope, one.fingerprint)
        for report in reports
        for one in report.findings
        if one.waiver is None
    )
    listed = [
        {"fingerprint": digits, "resource": resource, "rule": rule, "scope": scope}
        for rule, resource, scope, digits in entries
    ]
    document = {"apiVersion": API_VERSION, "kind": KIND, "findings": listed}
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def read(content: bytes, name: str) -> Baseline:
    """A baseline from the bytes of a file. Raises BaselineError for anything else."""
    try:
        data: Any = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{name}: is no baseline: {error}; `--write-baseline {name}` writes one") from None
    if not isinstance(data, dict) or data.get("kind") != KIND or data.get("apiVersion") != API_VERSION:
        raise BaselineError(f"{name}: is no baseline ({API_VERSION}, {KIND}); `--write-baseline FILE` writes one")
    found = data.get("findings")
    if not isinstance(found, list):
        raise BaselineError(f"{name}: a baseline has a list of findings; write it anew with `--write-baseline {name}`")
    return Baseline(tuple(_entry(one, number, name) for number, one in enumerate(found)))


def _entry(one: Any, number: int, name: str) -> Gone:
    if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in KEYS):
        raise BaselineError(f"{name}: findings[{number}] needs the texts {', '.join(KEYS)}; write the baseline anew")
    if len(one["fingerprint"]) != LENGTH:
        raise BaselineError(
            f"{name}: findings[{number}].fingerprint has {len(one['fingerprint'])} digits, {LENGTH} are needed; "
            "write the baseline anew"
        )
    return Gone(one["fingerprint"], one["rule"], one["resource"], one["scope"])
