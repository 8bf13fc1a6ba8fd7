"""Fingerprints: the same finding is the same in every run, another one is another."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.diagnostics import Finding, Severity
from planner.review.engine import review
from planner.review.identity import fingerprint, scope_of, without_counts
from planner.review.judged import report
from planner.review.locations import places
from planner.review.rule import ReviewContext
from tests.rules.test_rules import design_of
from tests.support.plans import embedded
from tests.verdicts.making import finding, reported

WORDS = st.text("abcxyz-é.", min_size=1, max_size=12)
FINDINGS = st.builds(
    finding,
    st.sampled_from(["CSN002", "RTE003", "NGP001"]),
    WORDS,
    WORDS,
    st.sampled_from(list(Severity)),
    WORDS,
)


@given(st.lists(FINDINGS, max_size=8), st.data())
def test_order_and_neighbours_do_not_matter(findings: list[Finding], data: st.DataObject) -> None:
    alone = {one: fingerprint(one, "us-east-1/hello") for one in findings}
    kept = data.draw(st.permutations(findings).map(lambda many: many[: len(many) // 2 + 1]))
    for one in reported(*kept).findings:
        assert one.fingerprint == alone[one.finding]


@given(FINDINGS, FINDINGS)
def test_rule_resource_and_summary_make_a_finding(one: Finding, other: Finding) -> None:
    same = (one.rule, one.resource, without_counts(one.summary)) == (
        other.rule,
        other.resource,
        without_counts(other.summary),
    )
    assert (fingerprint(one, "s") == fingerprint(other, "s")) == same


def test_values_that_change_from_day_to_day_stay_out() -> None:
    before = finding(measured="3 free", summary="quota used to 85% by 12,345 rules")
    after = dataclasses.replace(
        before,
        measured="1 free",
        limit="6 or more",
        fix="other",
        severity=Severity.INFO,
        summary="quota used to 90.5% by 12,399 rules",
    )
    assert fingerprint(before, "s") == fingerprint(after, "s")
    assert fingerprint(before, "s") != fingerprint(before, "t")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("3 groups of 12,000 carry it", "# groups of # carry it"),
        ("open on port 22", "open on port 22"),
        ("lets TCP 3389 in", "lets TCP 3389 in"),
        ("overlaps 10.0.0.0/16", "overlaps 10.0.0.0/16"),
        ("from 10.0.0.2 only", "from 10.0.0.2 only"),
        ("subnet use1-az4 (5 free)", "subnet use1-az4 (# free)"),
    ],
)
def test_which_numbers_are_counts(text: str, plain: str) -> None:
    assert without_counts(text) == plain


def test_the_scheme_is_pinned() -> None:
    """Another value breaks every baseline: change SCHEME on purpose, and say so in the change log."""
    assert fingerprint(finding(), "us-east-1/hello") == "fde6b401283e80f0"


def test_fixing_one_subnet_leaves_the_fingerprints_of_the_others() -> None:
    context = ReviewContext(embedded().facts, embedded().instance_types)

    def prints(*few: str) -> dict[tuple[str, str], str]:
        design = design_of("minimal", set={f"subnets[{name}].freeAddresses": 3 for name in few})
        found = report(review(design, context), "hello", scope_of(design), places(design))
        return {(one.finding.rule, one.finding.resource): one.fingerprint for one in found.findings}

    both = prints("hello-cluster-use1-az1", "hello-cluster-use1-az2")
    one = prints("hello-cluster-use1-az2")
    assert one
    assert len(set(both.values())) == len(both)
    assert all(both[key] == digits for key, digits in one.items())
