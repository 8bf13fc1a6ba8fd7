"""Rules that do not apply are not called passed: outside their Kubernetes versions, without a cluster."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from planner.catalog.model import Version
from planner.design import Design, Unknown
from planner.diagnostics import Severity
from planner.report.findings.rule_page import rule_markdown, rule_text
from planner.review.engine import review
from planner.review.registry import ALL_RULES
from planner.review.rule import Outcome, Problem, ReviewContext, Rule
from tests.rules.test_rules import context, design_of
from tests.support.plans import embedded


def _always(design: Design, _context: ReviewContext) -> Iterator[Outcome]:
    yield Problem(design.vpc.name, "a problem")


def ranged(first: str, last: str) -> Rule:
    return Rule(
        "XXX001", "x", Severity.ERROR, "https://example.com", _always, "A title.\n\n## What", kubernetes=(first, last)
    )


@pytest.mark.parametrize(
    ("first", "last", "applies"),
    [
        ("", "", True),
        ("1.9", "", True),
        ("1.34", "1.34", True),
        ("", "1.100", True),
        ("1.35", "", False),
        ("", "1.33", False),
        ("1.9", "1.33", False),
    ],
)
def test_outside_its_versions_a_rule_does_not_apply(first: str, last: str, *, applies: bool) -> None:
    design = design_of("minimal", set={"cluster.version": "1.34"})
    verdict = review(design, context(), [ranged(first, last)])
    assert len(verdict.findings) == applies
    assert verdict.not_applicable == (() if applies else ("XXX001",))
    assert verdict.passed == ()


def test_a_version_that_cannot_be_read_hides_nothing() -> None:
    design = design_of("minimal", set={"cluster.version": "next"})
    assert len(review(design, context(), [ranged("1.35", "")]).findings) == 1


def test_rules_about_clusters_do_not_apply_to_a_vpc_without_one() -> None:
    design = design_of("minimal", set={"cluster": None, "nodeGroups": []})
    verdict = review(design, context())
    assert {"API002", "CSN001", "NGP001"} <= set(verdict.not_applicable)
    assert {"SGR001", "ACL001", "RTE001", "VPC009"} <= set(verdict.not_applicable)
    assert {"VPC001", "VPC002"} <= set(verdict.passed)
    assert not set(verdict.passed) & set(verdict.not_applicable)


def test_what_is_unknown_stays_unknown_without_a_cluster() -> None:
    design = design_of("minimal", set={"cluster": None})
    hidden = dataclasses.replace(design, node_groups=Unknown("eks:ListNodegroups", "denied"))
    verdict = review(hidden, context())
    unseen = {one.rule for one in verdict.not_evaluated}
    assert unseen
    assert not unseen & {*verdict.passed, *verdict.not_applicable}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_limits_are_facts_and_ranges_are_versions(rule: Rule) -> None:
    assert set(rule.limits) <= set(embedded().facts)
    for bound in rule.kubernetes:
        assert not bound or str(Version.parse(bound)) == bound
    for text in (rule_markdown(rule, embedded().facts), rule_text(rule, embedded().facts)):
        assert rule.doc.strip() in text
        assert all(key in text for key in rule.limits)
        assert all(note in text for note in rule.notes)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("1.33", "", "Kubernetes 1.33 and later"),
        ("", "1.32", "Kubernetes 1.32 and earlier"),
        ("1.30", "1.32", "Kubernetes 1.30 to 1.32"),
    ],
)
def test_a_page_says_the_versions(first: str, last: str, said: str) -> None:
    assert f"since 0.1.0, {said}" in rule_text(ranged(first, last), embedded().facts)
