"""``eksplan explain``: rules, fields, notes, lists, and what is none of them."""

from __future__ import annotations

import pytest

from planner.notes import notes
from planner.review.registry import ALL_RULES
from planner.spec.schema import fields
from tests.cli.running import GROUPS, HEAD, invoke, invoke_spec


@pytest.mark.parametrize("name", ["VPC001", "vpc001", "dns-support-off"])
def test_a_rule_by_code_or_name(name: str) -> None:
    ran = invoke("explain", name)
    assert ran.code == 0
    assert ran.out.startswith("VPC001 dns-support-off (blocker")
    for part in ("## What it does", "## Why it matters", "## How to fix", "https://", "Notes: N"):
        assert part in ran.out


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_every_rule_says_what_why_and_how(rule: object) -> None:
    code = getattr(rule, "code", "")
    ran = invoke("explain", code)
    assert ran.code == 0
    for part in ("## What it does", "## Why it matters", "## How to fix", "https://"):
        assert part in ran.out


def test_a_rule_shows_its_limits_and_its_page() -> None:
    ran = invoke("explain", "csn003")
    assert "* cluster.subnet_free_min: 6 addresses (https://docs.aws.amazon.com/" in ran.out
    assert ran.out.rstrip().endswith("Page: docs/reference/rules/CSN003.md")


@pytest.mark.parametrize("name", ["WVR001", "expired-waiver", "flt001"])
def test_rules_about_waivers_and_fleets(name: str) -> None:
    ran = invoke("explain", name)
    assert ran.code == 0
    assert ran.out.startswith(("WVR001 expired-waiver (error", "FLT001 (error, of fleets)"))


def test_rules_since_a_version() -> None:
    assert len(invoke("explain", "rules", "--since", "0.1.0").out.splitlines()) == len(ALL_RULES) + 1
    for since, said in (("99", "no rule is that new"), ("x", "not a version")):
        ran = invoke("explain", "rules", "--since", since)
        assert ran.code == 2
        assert said in ran.err
    assert "goes with rules" in invoke("explain", "VPC001", "--since", "0.1.0").err


def test_a_field() -> None:
    ran = invoke("explain", "spec.cni.mode")
    assert ran.code == 0
    assert ran.out.startswith("spec.cni.mode  (secondary-ip | prefix, default secondary-ip)")
    assert all(line.startswith("    ") for line in ran.out.splitlines()[1:])


def test_the_beginning_of_fields_gives_all_below() -> None:
    ran = invoke("explain", "spec.cni")
    paths = [line.split(" ")[0] for line in ran.out.splitlines() if line.startswith("spec.")]
    assert paths == [one.path for one in fields() if one.path == "spec.cni" or one.path.startswith("spec.cni.")]


@pytest.mark.parametrize("path", ["spec.nodeGroups[].maxSize", "spec.nodeGroups.maxSize", "spec.nodeGroups[0].maxSize"])
def test_a_field_in_a_list_as_errors_and_people_write_it(path: str) -> None:
    ran = invoke("explain", path)
    assert ran.code == 0
    assert ran.out.startswith("spec.nodeGroups[].maxSize  (integer 1–5000")


def test_the_field_that_an_error_names_can_be_explained() -> None:
    ran = invoke_spec(HEAD + GROUPS.replace("maxSize: 3", "maxSize: 0"))
    named = ran.err.splitlines()[0].split("] ")[1].split(": ")[0]
    assert named == "spec.nodeGroups[0].maxSize"
    assert invoke("explain", named).code == 0


@pytest.mark.parametrize("name", ["N18", "n18"])
def test_a_note(name: str) -> None:
    ran = invoke("explain", name)
    assert ran.code == 0
    assert ran.out.startswith("N18 (")


def test_a_note_names_the_rules_that_rest_on_it() -> None:
    assert "Rules: VPC001" in invoke("explain", "N30").out
    assert "N30" in invoke("explain", "VPC001").out


def test_what_eksplan_does_with_a_note_is_said_in_words() -> None:
    line = next(line for line in invoke("explain", "N18").out.splitlines() if line.startswith("What eksplan does"))
    assert max(map(len, line.partition(": ")[2].split())) > 3


def test_lists() -> None:
    rules, every_note, spec = (invoke("explain", word).out for word in ("rules", "notes", "fields"))
    assert [line.split(" ")[0] for line in rules.splitlines()[1:]] == [rule.code for rule in ALL_RULES]
    assert [line.split(" ")[0] for line in every_note.splitlines() if not line.startswith(" ")] == list(notes())
    assert max(map(len, every_note.splitlines())) <= 80
    assert "spec.region" in spec
    assert "spec.workloads[].cpu" in spec


@pytest.mark.parametrize(
    ("what", "near"),
    [
        ("VPC01", "VPC001"),
        ("dns-suport-off", "dns-support-off"),
        ("spec.cni.mod", "spec.cni.mode"),
        ("spec.nodegroups", "spec.nodeGroups"),
        ("cni", "spec.cni"),
        ("N180", "N18"),
    ],
)
def test_something_unknown_gets_the_nearest(what: str, near: str) -> None:
    ran = invoke("explain", what)
    assert ran.code == 2
    assert ran.out == ""
    assert f"{what}: no such rule, field, note or flow; did you mean " in ran.err
    assert near in ran.err


def test_something_like_nothing_gets_the_lists() -> None:
    ran = invoke("explain", "qqqqqqqq")
    assert ran.code == 2
    assert "`eksplan explain rules`" in ran.err
