"""Waivers and baselines: what is agreed to, until when, and what came or went since."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta

import pytest

from planner.diagnostics import NotEvaluated, Severity
from planner.review.baseline import Baseline, BaselineError, read, written
from planner.review.judged import Gone
from planner.review.settle import settle, with_severities
from planner.review.waivers import read_waivers
from tests.verdicts.making import TODAY, finding, reported, waiver

GOOD = """\
waivers:
  - rule: RTE003
    resource: "hello-*"
    reason: one gateway is enough
    owner: team-platform
    expires: 2027-03-31
"""


def test_a_waiver_holds_to_the_end_of_its_last_day() -> None:
    last = waiver(expires=TODAY)
    held = settle([reported(finding())], [last], today=TODAY)
    assert (held.failed, len(held.waived), held.expired) == (False, 1, ())
    late = settle([reported(finding())], [last], today=TODAY + timedelta(days=1))
    assert late.failed
    assert not late.waived
    assert [one.finding.rule for one in late.findings] == ["WVR001", "CSN002"]
    assert "team-platform" in late.expired[0].finding.measured
    assert str(late.expired[0].place) == "waivers.yaml:2:5"


def test_an_expired_waiver_fails_by_itself_but_never_with_never() -> None:
    late = settle([reported()], [waiver(expires=TODAY - timedelta(days=1))], today=TODAY)
    for severity in Severity:
        assert dataclasses.replace(late, fail_on=severity).failed
    assert not dataclasses.replace(late, fail_on=None).failed


@pytest.mark.parametrize(
    ("rule", "resource", "subject", "holds"),
    [
        ("CSN002", "hello-cluster-*", "*", True),
        ("CSN002", "hello-cluster-use1-az1", "hello", True),
        ("CSN002", "HELLO-*", "*", False),
        ("CSN002", "hello", "*", False),
        ("CSN003", "*", "*", False),
        ("CSN002", "*", "other", False),
    ],
)
def test_what_a_waiver_holds_for(rule: str, resource: str, subject: str, *, holds: bool) -> None:
    found = settle([reported(finding(), passed=["CSN003"])], [waiver(rule, resource, subject=subject)], today=TODAY)
    assert bool(found.waived) == holds
    assert bool(found.unused) != holds
    assert found.failed != holds


def test_a_waiver_of_a_rule_that_was_not_asked_is_not_unused() -> None:
    assert settle([reported()], [waiver()], today=TODAY).unused == ()
    unseen = NotEvaluated("CSN002", "hello-cluster-use1-az1", "ec2:DescribeSubnets", "denied")
    assert settle([reported(unseen=[unseen])], [waiver()], today=TODAY).unused == ()


def test_waivers_without_a_day_are_refused() -> None:
    with pytest.raises(ValueError, match="today must be known"):
        settle([reported()], [waiver()])


def test_a_file_of_waivers() -> None:
    (one,), problems = read_waivers(GOOD, "w.yaml")
    assert problems == ()
    assert (one.rule, one.resource, one.owner, one.expires) == (
        "RTE003",
        "hello-*",
        "team-platform",
        date(2027, 3, 31),
    )
    assert str(one.range) == "w.yaml:2:5"
    bare = "\n".join(line[2:] for line in GOOD.splitlines()[1:])
    assert [each.rule for each in read_waivers(bare, "w.yaml")[0]] == ["RTE003"]
    named = GOOD.replace("RTE003", "nat-in-another-zone")
    assert read_waivers(named.replace("nat-in-another-zone", "rte003"), "w.yaml")[0][0].rule == "RTE003"
    head = f"apiVersion: eksplan/v1\nkind: Waivers\n{GOOD}"
    assert len(read_waivers(head, "w.yaml")[0]) == 1
    assert read_waivers("waivers:\n", "w.yaml") == ((), ())


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (GOOD.replace("owner:", "ower:"), "5:5", "did you mean owner?"),
        (GOOD.replace("RTE003", "RTE993"), "2:11", "no such rule"),
        (GOOD.replace("2027-03-31", "next year"), "6:14", "not a day"),
        (GOOD.replace("2027-03-31", "2027-02-30"), "6:14", "not a day"),
        (GOOD.replace("    owner: team-platform\n", ""), "2:5", "owner is missing"),
        (GOOD.replace("one gateway is enough", '""'), "4:13", "reason must be a text"),
        (GOOD.replace("one gateway is enough", "[a]"), "4:13", "reason must be a text"),
        ("waivers: {a: b}\n", "1:10", "must be a list"),
        ("waivers: [x]\n", "1:11", "a waiver is a mapping"),
        ("waiver: []\n", "1:1", "no list of waivers"),
        ("kind: Cluster\nwaivers: []\n", "1:7", "not a file of waivers"),
        ("rest: 1\nwaivers: []\n", "1:1", "no such field"),
        ("just text", "1:1", "no list of waivers"),
        ("a: [", "2:1", "not valid YAML"),
        (b"\xff\xfe", "1:1", "not UTF-8"),
    ],
    ids=range(15),
)
def test_every_mistake_has_its_line(text: str | bytes, place: str, said: str) -> None:
    waivers, problems = read_waivers(text, "w.yaml")
    assert waivers == ()
    assert any(str(one.range) == f"w.yaml:{place}" and said in f"{one.summary} {one.fix}" for one in problems), problems


def test_a_baseline_knows_what_was_there_and_tells_new_from_gone() -> None:
    before = reported(finding(), finding("RTE003", "a", "x"), finding("RTE003", "b", "x"))
    known = read(written([before]).encode(), "base.json")
    assert not settle([before], baseline=known).failed
    now = settle(
        [reported(finding("RTE003", "a", "x"), finding("RTE003", "c", "x"), passed=["CSN002"])], baseline=known
    )
    assert [one.finding.resource for one in now.counting] == ["c"]
    assert [one.finding.resource for one in now.known] == ["a"]
    assert {(one.rule, one.resource) for one in now.gone} == {("CSN002", "hello-cluster-use1-az1"), ("RTE003", "b")}


def test_what_was_not_looked_at_is_not_gone() -> None:
    known = read(written([reported(finding())]).encode(), "base.json")
    unseen = NotEvaluated("CSN002", "hello-cluster-use1-az1", "ec2:DescribeSubnets", "denied")
    assert settle([reported(unseen=[unseen])], baseline=known).gone == ()
    assert settle([reported(passed=["VPC001"])], baseline=known).gone == (), "the rule was not asked"
    assert settle([reported(subject="other", passed=["CSN002"])], baseline=known).gone == ()
    assert len(settle([reported(passed=["CSN002"])], baseline=known).gone) == 1


def test_a_baseline_counts() -> None:
    known = read(written([reported(finding())]).encode(), "base.json")
    twice = settle([reported(finding(), finding())], baseline=known)
    assert [one.known for one in twice.findings] == [True, False]
    assert twice.failed


def test_waived_findings_do_not_get_into_a_baseline() -> None:
    waived = settle([reported(finding())], [waiver()], today=TODAY)
    assert json.loads(written(waived.reports))["findings"] == []
    late = settle([reported()], [waiver(expires=date(2026, 1, 1))], today=TODAY)
    assert json.loads(written(late.reports))["findings"] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"apiVersion": "eksplan/v1", "kind": "Baseline"}',
        b'{"apiVersion": "eksplan/v1", "kind": "Baseline", "findings": [1]}',
        b'{"apiVersion": "eksplan/v1", "kind": "Baseline", "findings": [{"fingerprint": "1", "rule": "", "scope": "", "resource": ""}]}',
    ],
    ids=range(8),
)
def test_what_is_no_baseline_is_refused(content: bytes) -> None:
    with pytest.raises(BaselineError, match=r"^base\.json: "):
        read(content, "base.json")


def test_other_severities_sort_anew() -> None:
    given = reported(finding(), finding("RTE003", "a", "x", Severity.WARNING))
    (changed,) = with_severities([given], {"RTE003": Severity.BLOCKER, "CSN002": Severity.INFO})
    assert [(one.finding.rule, one.finding.severity) for one in changed.findings] == [
        ("RTE003", Severity.BLOCKER),
        ("CSN002", Severity.INFO),
    ]
    assert [one.fingerprint for one in changed.findings] == [one.fingerprint for one in reversed(given.findings)]


def test_gone_ones_are_counted_once_for_every_time() -> None:
    entry = Gone("a" * 16, "CSN002", "x", "us-east-1/hello")
    found = settle([reported(passed=["CSN002"])], baseline=Baseline((entry, entry)))
    assert found.gone == (entry, entry)
