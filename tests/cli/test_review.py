"""``eksplan review``: of specs and plan files, a choice of rules, and files that were tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.plan.file import digest_of
from planner.review.registry import ALL_RULES
from tests.cli.running import EXISTING, GROUPS, HEAD, MINIMAL, PRODUCTION, invoke, invoke_spec

OPEN = HEAD + "  nat: single\n  endpoint: {private: false, public: true, publicCidrs: [0.0.0.0/0]}\n" + GROUPS
"""Findings of RTE003, API002 and API003, all of them warnings."""


def codes(text: str) -> set[str]:
    """The rules of all findings of a JSON answer."""
    return {one["rule"] for one in json.loads(text)["findings"]}


def placeless(text: str) -> Any:
    """A JSON answer without where each finding stands: a plan file does not have the lines of its spec."""
    document = json.loads(text)
    for one in document["findings"]:
        del one["location"]
    return document


def plan_file(spec: str = MINIMAL) -> Path:
    """A plan file in the current folder."""
    assert invoke("plan", "-f", spec, "--out", "plan.json").code == 0
    return Path("plan.json")


def test_a_sound_spec_has_no_findings() -> None:
    ran = invoke("review", "-f", PRODUCTION)
    assert ran.code == 0
    assert "no findings" in ran.out
    assert codes(invoke("review", "-f", PRODUCTION, "-o", "json").out) == set()


def test_json_follows_its_schema_and_accounts_for_every_rule() -> None:
    schema = json.loads(invoke("schema", "findings").out)
    for text in (
        invoke_spec(OPEN, "-o", "json", command="review").out,
        invoke("review", "-f", EXISTING, "-o", "json").out,
    ):
        document = json.loads(text)
        jsonschema.Draft202012Validator(schema).validate(document)
        spoken = {one["rule"] for kind in ("findings", "notEvaluated") for one in document[kind]}
        spoken |= {*document["passed"], *document["notApplicable"]}
        assert spoken == {rule.code for rule in ALL_RULES}


def test_what_cannot_be_seen_is_not_called_passed() -> None:
    ran = invoke("review", "-f", EXISTING, "-o", "json")
    document = json.loads(ran.out)
    unseen = {one["rule"] for one in document["notEvaluated"]}
    assert unseen
    assert not unseen & set(document["passed"])
    assert "not evaluated" in invoke("review", "-f", EXISTING).out


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], {"RTE003", "API002", "API003"}),
        (["--select", "API"], {"API002", "API003"}),
        (["--select", "api002"], {"API002"}),
        (["--select", "API002", "--select", "RTE"], {"API002", "RTE003"}),
        (["--ignore", "RTE"], {"API002", "API003"}),
        (["--ignore", "API002", "--ignore", "rte003"], {"API003"}),
        (["--select", "API", "--ignore", "API002"], {"API003"}),
        (["--select", "VPC"], set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_select_and_ignore(options: list[str], found: set[str]) -> None:
    ran = invoke_spec(OPEN, "-o", "json", *options, "--fail-on", "warning", command="review")
    assert codes(ran.out) == found
    assert ran.code == (4 if found else 0)


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("code", ["VPC01", "NOPE", "", "VPC001,VPC002"])
def test_an_unknown_rule_is_refused_before_anything_else(option: str, code: str) -> None:
    ran = invoke("review", "-f", "nowhere.yaml", option, code)
    assert ran.code == 2
    assert f"{code}: no such rule or group; groups are VPC, " in ran.err


def test_a_plan_file_is_judged_as_its_spec_is() -> None:
    Path("open.yaml").write_text(OPEN, "utf-8")
    plan_file("open.yaml")
    from_spec = invoke("review", "-f", "open.yaml", "-o", "json", "--fail-on", "warning")
    from_plan = invoke("review", "-f", "plan.json", "-o", "json", "--fail-on", "warning")
    from_pipe = invoke("review", "-f", "-", "-o", "json", "--fail-on", "warning", given=Path("plan.json").read_bytes())
    assert from_plan.code == from_spec.code == 4
    assert placeless(from_plan.out) == placeless(from_spec.out) == placeless(from_pipe.out)


def test_the_counts_are_in_proper_english() -> None:
    ran = invoke_spec(OPEN, "--select", "RTE003", "--select", "API003", command="review")
    assert "2 failed with 3 findings (3 warning)" in ran.out
    ran = invoke_spec(OPEN, "--select", "API003", command="review")
    assert "1 failed with 1 finding (1 warning)" in ran.out


@pytest.mark.parametrize("command", ["review", "why"])
def test_a_changed_plan_is_refused(command: str) -> None:
    path = plan_file()
    text = path.read_text("utf-8")
    path.write_text(text.replace('"maxSize": 6', '"maxSize": 7'), "utf-8")
    ran = invoke(command, "-f", "plan.json")
    assert ran.code == 2
    assert ran.out == ""
    assert "plan.json was changed after it was written" in ran.err
    assert json.loads(text)["digest"] in ran.err
    assert "plan again from the spec" in ran.err


def without(*keys: str) -> Callable[[dict[str, Any]], None]:
    """A change that removes what ``keys`` lead to."""

    def change(document: dict[str, Any]) -> None:
        for key in keys[:-1]:
            document = document[key]
        del document[keys[-1]]

    return change


def with_value(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    """A change that sets a key."""

    def change(document: dict[str, Any]) -> None:
        document[key] = value

    return change


FORGED: dict[str, Callable[[dict[str, Any]], None]] = {
    "no schema": without("schema"),
    "another schema": with_value("schema", 99),
    "no design": without("design"),
    "no subnets": without("design", "subnets"),
    "no spec": without("spec"),
    "no decisions": with_value("decisions", None),
    "a number for a name": with_value("name", 5),
    "a surprise": with_value("surprise", 1),
    "half a character": with_value("name", "\ud800"),
    "a design of text": with_value("design", "none"),
    "a wrong verdict": with_value("verdict", {"findings": [{"rule": "X"}]}),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_plan_that_no_eksplan_wrote_is_refused(kind: str) -> None:
    """Even with a digest that fits."""
    path = plan_file()
    document = json.loads(path.read_text("utf-8"))
    FORGED[kind](document)
    if kind != "half a character":
        document["digest"] = digest_of(document)
    path.write_text(json.dumps(document), "utf-8")
    ran = invoke("review", "-f", "plan.json")
    assert ran.code == 2
    assert ran.out == ""
    assert "plan.json" in ran.err
    assert "plan again from the spec" in ran.err


@pytest.mark.parametrize(
    "content",
    [b'{"kind": "Plan"', b'{"kind": "Plan", "x": ' + b"[" * 100_000, b'{"kind": "Plan", "x": ' + b"9" * 5000 + b"}"],
    ids=["cut off", "deep", "an endless number"],
)
def test_broken_json_is_refused(content: bytes) -> None:
    Path("plan.json").write_bytes(content)
    ran = invoke("review", "-f", "plan.json")
    assert ran.code == 2
    assert "plan.json" in ran.err
    assert "Traceback" not in ran.err


def test_a_byte_order_mark_does_not_hide_a_plan() -> None:
    path = plan_file()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert invoke("review", "-f", "plan.json").code == 0
