"""``eksplan why``: all decisions, one, a family, and what is none; from specs and plan files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import MINIMAL, PRODUCTION, invoke


def test_all_decisions_are_listed() -> None:
    ran = invoke("why", "-f", PRODUCTION)
    assert ran.code == 0
    ids = [one["id"] for one in json.loads(invoke("why", "-f", PRODUCTION, "-o", "json").out)]
    shown = [line.split(" ")[0] for line in ran.out.splitlines()]
    assert [one for one in ids if one not in shown] == []
    assert len(ids) == len(set(ids))
    assert "nodes.web" in ids


@pytest.mark.parametrize("width", ["72", "80", "120"])
def test_the_list_fits_the_width(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ran = invoke("why", "-f", PRODUCTION)
    assert max(len(line.rstrip()) for line in ran.out.splitlines()) <= int(width)


def test_one_decision_shows_its_arithmetic_and_source() -> None:
    ran = invoke("why", "-f", MINIMAL, "max-pods.general")
    assert ran.code == 0
    assert "29" in ran.out
    assert "3 × (10 − 1) + 2 = 29" in ran.out
    assert "https://" in ran.out
    assert "id:       max-pods.general" in ran.out


def test_the_beginning_of_ids_shows_a_family() -> None:
    ran = invoke("why", "-f", PRODUCTION, "subnet.public")
    assert ran.code == 0
    subnets = [line for line in ran.out.splitlines() if line.startswith("Public subnet of ")]
    parts = ran.out.count("  because:  one part of subnet.public.")
    assert (len(subnets), parts) == (3, 6)  # load balancers and a NAT gateway in each
    assert ran.out.count("  id:       subnet.public.") == 9
    assert "subnet.node" not in ran.out
    whole = json.loads(invoke("why", "-f", PRODUCTION, "subnet", "-o", "json").out)
    assert sum(one["id"].count(".") == 2 for one in whole) == 9


@pytest.mark.parametrize(
    ("given", "near"),
    [("nodes.wep", "nodes.web"), ("subnets", "subnet"), ("max-pod.web", "max-pods.web"), ("Nodes.web", "nodes.web")],
)
def test_an_unknown_decision_names_the_nearest(given: str, near: str) -> None:
    ran = invoke("why", "-f", PRODUCTION, given)
    assert ran.code == 2
    assert ran.out == ""
    assert f"{given}: no such decision; did you mean " in ran.err
    assert near in ran.err
    assert f"eksplan why -f {PRODUCTION}" in ran.err


def test_a_decision_like_no_other_still_gets_a_way_on() -> None:
    ran = invoke("why", "-f", MINIMAL, "xyzzy")
    assert ran.code == 2
    assert "did you mean" not in ran.err
    assert f"eksplan why -f {MINIMAL}` lists all" in ran.err


def test_part_of_a_word_is_no_family() -> None:
    assert invoke("why", "-f", MINIMAL, "sub").code == 2


@pytest.mark.parametrize("decision", [[], ["nodes.general"], ["subnet"]], ids=["all", "one", "family"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_plan_file_answers_as_its_spec_does(form: str, decision: list[str]) -> None:
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    from_spec = invoke("why", "-f", MINIMAL, *decision, "-o", form)
    from_plan = invoke("why", "-f", "made.json", *decision, "-o", form)
    assert from_plan.code == 0
    assert from_plan.out == from_spec.out
    from_pipe = invoke("why", "-f", "-", *decision, "-o", form, given=Path("made.json").read_bytes())
    assert from_pipe.out == from_spec.out


def test_a_plan_file_is_never_planned_anew() -> None:
    """What is asked is the plan that was approved, whatever this program would plan today."""
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    document = json.loads(Path("made.json").read_text("utf-8"))
    from planner.plan.file import digest_of

    (one,) = [one for one in document["decisions"] if one["id"] == "nodes.general"]
    one["explanation"] = "as agreed in the meeting"
    document["digest"] = digest_of(document)
    Path("made.json").write_text(json.dumps(document), "utf-8")
    assert "as agreed in the meeting" in invoke("why", "-f", "made.json", "nodes.general").out


def test_every_hint_can_be_followed() -> None:
    hint = "every number: eksplan why -f SPEC"
    assert hint in invoke("plan", "-f", MINIMAL).out
    for one in json.loads(invoke("why", "-f", MINIMAL, "-o", "json").out):
        assert invoke("why", "-f", MINIMAL, one["id"]).code == 0
