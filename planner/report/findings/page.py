"""A review as one HTML page: no script, nothing fetched, light and dark."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from planner.diagnostics import printable
from planner.report.findings.closing import closing_line, title_of
from planner.report.findings.document import counts, passed_by_all
from planner.report.findings.words import said
from planner.review.judged import Judged, Review, described
from planner.review.pages import address_of
from planner.templates import render as render_template

_TEMPLATE = "reports/findings.html.j2"
_STYLE = "reports/findings.css.j2"


def render(review: Review) -> str:
    """The page. Its policy allows the one style sheet in it, by its digest, and nothing else."""
    from markupsafe import Markup

    style = render_template(_STYLE, {})
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return render_template(
        _TEMPLATE,
        {
            "title": printable(f"eksplan {title_of(review)}"),
            "closing": printable(closing_line(review)),
            "verdict": "fails" if review.failed else "passes",
            # our own file, which has to stay as it is for its digest
            "style": Markup(style),  # noqa: S704
            "style_hash": f"sha256-{digest}",
            "tiles": _tiles(review),
            "findings": [_finding(one, review.docs) for one in review.counting],
            "sections": _sections(review),
            "passed": [(code, rule.title) for code in passed_by_all(review) if (rule := described(code))],
        },
    )


def _tiles(review: Review) -> list[tuple[str, int]]:
    found = counts(review)
    tiles = [
        ("blockers", found.blockers),
        ("errors", found.errors),
        ("warnings", found.warnings),
        ("infos", found.infos),
        ("rules passed", found.passed),
        ("waived", found.waived),
        ("not evaluated", found.not_evaluated),
        ("not applicable", found.not_applicable),
    ]
    return [*tiles, ("known", found.known), ("gone", found.gone)] if review.compared else tiles


def _finding(one: Judged, docs: str) -> dict[str, str]:
    finding = one.finding
    source = address_of(one.help, docs) if docs and one.help else finding.source
    source = source if source.startswith("https://") else ""
    parts = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "resource": finding.resource,
        "subject": one.subject,
        "place": str(one.place),
        "said": said(one),
        "fix": finding.fix,
        "source": source,
        "fingerprint": one.fingerprint,
        "notes": ", ".join(finding.notes),
    }
    return {key: printable(value) for key, value in parts.items()}


def _sections(review: Review) -> list[dict[str, Any]]:
    agreed = [
        (one.finding.rule, one.finding.resource, one.waiver.reason, one.waiver.owner, str(one.waiver.expires))
        for one in review.waived
        if one.waiver
    ]
    unseen = [
        (one.rule, report.subject, one.resource, f"{one.reason} ({one.call})")
        for report in review.reports
        for one in report.not_evaluated
    ]
    known = [(one.finding.rule, one.finding.severity.value, one.finding.resource, said(one)) for one in review.known]
    skipped = sorted({(code, report.subject) for report in review.reports for code in report.not_applicable})
    sections: list[tuple[str, tuple[str, ...], list[Any]]] = [
        ("Not evaluated", ("rule", "of", "resource", "because"), unseen),
        ("Waived", ("rule", "resource", "reason", "owner", "until"), agreed),
        ("Known from the baseline", ("rule", "severity", "resource", "finding"), known),
        ("Gone since the baseline", ("rule", "resource"), [(one.rule, one.resource) for one in review.gone]),
        ("Waivers that waive nothing", ("rule", "resource"), [(one.rule, one.resource) for one in review.unused]),
        ("Not applicable", ("rule", "of"), skipped),
    ]
    return [
        {"title": title, "header": header, "rows": [[printable(cell) for cell in row] for row in rows]}
        for title, header, rows in sections
    ]
