"""Runs rules over a design and sorts what they say."""

from __future__ import annotations

from collections.abc import Iterable

from planner.design import Design
from planner.diagnostics import Finding, NotEvaluated, Verdict
from planner.review.registry import ALL_RULES
from planner.review.rule import Problem, ReviewContext, Rule


def review(design: Design, context: ReviewContext, rules: Iterable[Rule] = ALL_RULES) -> Verdict:
    """Judge a design. A rule passes when it finds nothing and could see everything it needs; it is not
    applicable outside its range of Kubernetes versions, and where it is about a cluster and there is none."""
    findings: list[Finding] = []
    unseen: list[NotEvaluated] = []
    passed: list[str] = []
    skipped: list[str] = []
    for rule in rules:
        if design.cluster is not None and not rule.applies_to(design.cluster.version):
            skipped.append(rule.code)
            continue
        outcomes = list(rule.check(design, context))
        for outcome in outcomes:
            if isinstance(outcome, Problem):
                findings.append(_finding(rule, outcome))
            else:
                unseen.append(NotEvaluated(rule.code, outcome.resource, outcome.unknown.call, outcome.unknown.reason))
        if not outcomes:
            (skipped if design.cluster is None and rule.of_cluster else passed).append(rule.code)
    findings.sort(key=lambda one: (one.severity.rank, one.rule, one.resource, one.summary))
    unseen.sort(key=lambda one: (one.rule, one.resource))
    return Verdict(tuple(findings), tuple(unseen), tuple(sorted(passed)), tuple(sorted(skipped)))


def _finding(rule: Rule, problem: Problem) -> Finding:
    return Finding(
        rule=rule.code,
        severity=problem.severity or rule.severity,
        resource=problem.resource,
        summary=problem.summary,
        measured=problem.measured,
        limit=problem.limit,
        fix=problem.fix,
        source=rule.source,
        notes=rule.notes,
    )
