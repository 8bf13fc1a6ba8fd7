"""``eksplan review``: formats into files, waivers, baselines, severities, and places in the spec."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from planner.cli import verdicts
from tests.cli.running import GROUPS, HEAD, MINIMAL, Ran, invoke

OPEN = HEAD + "  nat: single\n  endpoint: {private: false, public: true, publicCidrs: [0.0.0.0/0]}\n" + GROUPS
"""Warnings of API002 and API003, and RTE003 twice."""
WAIVERS = """\
waivers:
  - {rule: RTE003, resource: "test-node-*", reason: a test cluster, owner: me, expires: 2026-11-28}
  - {rule: API002, resource: test, reason: behind a proxy, owner: me, expires: 2027-01-31}
"""


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec, waivers, and a day that stands still."""
    monkeypatch.setenv("EKSPLAN_TODAY", "2026-11-28")
    monkeypatch.setattr(verdicts, "today", lambda: date(2026, 11, 28))
    Path("open.yaml").write_text(OPEN, "utf-8")
    Path("waivers.yaml").write_text(WAIVERS, "utf-8")


def review(*options: str) -> Ran:
    return invoke("review", "-f", "open.yaml", "--fail-on", "warning", *options)


def answer(*options: str) -> Any:
    return json.loads(review("-o", "json", *options).out)


def test_findings_have_their_place_in_the_spec() -> None:
    places = {one["rule"]: one["location"] for one in answer()["findings"]}
    assert {rule: (one["field"], one["line"], one["column"]) for rule, one in places.items()} == {
        "API002": ("spec.endpoint.publicCidrs", 7, 44),
        "API003": ("spec.endpoint.private", 7, 14),
        "RTE003": ("spec.nat", 6, 3),
    }
    assert {one["file"] for one in places.values()} == {"open.yaml"}


def test_several_formats_in_one_run() -> None:
    ran = review("-o", "table", "-o", "sarif=a.sarif", "-o", "junit=a.xml", "-o", "html=a.html", "-o", "csv=a.csv")
    assert ran.code == 4
    assert "4 findings (4 warning)" in ran.out
    assert len(json.loads(Path("a.sarif").read_text("utf-8"))["runs"][0]["results"]) == 4
    assert ET.parse("a.xml").getroot().get("failures") == "4"  # noqa: S314 - our own
    assert Path("a.html").read_text("utf-8").startswith("<!doctype html>")
    assert len(Path("a.csv").read_text("utf-8").splitlines()) == 5
    only = review("-o", "markdown=a.md", "-o", "table=a.txt", "-o", "github=a.gh", "-o", "json=a.json")
    assert (only.out, only.code) == ("", 4)
    assert "4 findings" in Path("a.txt").read_text("utf-8")
    assert Path("a.gh").read_text("utf-8").count("::warning file=open.yaml,line=") == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "xml"], "no such format; there are table, json, sarif, junit, markdown, github, html, csv"),
        (["-o", "json="], "name a file after the ="),
        (["-o", "json", "-o", "sarif"], "standard output gets json already"),
        (["-o", "json=a", "-o", "sarif=a"], "a gets json already"),
        (["-o", "json=open.yaml"], "is what was read"),
        (["-o", "json=waivers.yaml", "--waivers", "waivers.yaml"], "is what was read"),
        (["-o", "json=no/where"], "cannot be written"),
        (["--severity", "NOPE=info"], "no such rule"),
        (["--severity", "API002"], "give CODE=SEVERITY with one of blocker, error, warning, info"),
        (["--severity", "API002=bad"], "give CODE=SEVERITY"),
        (["--waivers", "nowhere"], "nowhere: no such file; docs/reviewing.md"),
        (["--baseline", "nowhere"], "no such file; `eksplan review --write-baseline FILE` writes one"),
        (["--baseline", "open.yaml"], "is no baseline"),
        (["--waivers", "open.yaml"], "no list of waivers"),
        (["--write-baseline", "open.yaml"], "open.yaml: is no baseline"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said(options: list[str], said: str) -> None:
    before = Path("open.yaml").read_bytes(), Path("waivers.yaml").read_bytes()
    ran = review(*options)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.said
    assert (Path("open.yaml").read_bytes(), Path("waivers.yaml").read_bytes()) == before


def test_waived_findings_do_not_fail() -> None:
    ran = review("--waivers", "waivers.yaml", "--ignore", "API003")
    assert ran.code == 0
    assert "no findings, 3 waived" in ran.out
    assert "a test cluster (me, until 2026-11-28)" in ran.out
    document = answer("--waivers", "waivers.yaml")
    assert [one["rule"] for one in document["findings"]] == ["API003"]
    assert document["counts"]["waived"] == 3


def test_expired_waivers_fail() -> None:
    later = ("--waivers", "waivers.yaml", "--today", "2026-11-29")
    ran = invoke("review", "-f", "open.yaml", "--fail-on", "blocker", *later, "-o", "json")
    assert ran.code == 4
    first, *others = json.loads(ran.out)["findings"]
    assert (first["rule"], first["location"]["file"], first["location"]["line"]) == ("WVR001", "waivers.yaml", 2)
    assert [one["rule"] for one in others] == ["API003", "RTE003", "RTE003"]
    assert review(*later, "--fail-on", "never").code == 0


def test_wrong_waivers_are_told_with_their_lines_before_anything_is_judged() -> None:
    Path("waivers.yaml").write_text(WAIVERS.replace("RTE003", "RTE303").replace("owner: me", "ownr: me"), "utf-8")
    ran = invoke("review", "-f", "nowhere.yaml", "--waivers", "waivers.yaml")
    assert ran.code == 2
    assert "waivers.yaml:2:12" in ran.err
    assert "did you mean RTE003" in ran.err
    assert ran.err.count("did you mean owner?") == 2
    assert "nowhere" not in ran.err


def test_a_baseline_keeps_what_was_there_from_failing() -> None:
    written = review("--write-baseline", "base.json")
    assert written.code == 4, "writing changes nothing of the verdict"
    assert "baseline written: base.json" in written.err
    ran = review("--baseline", "base.json")
    assert ran.code == 0
    assert "no findings, 4 known and 0 gone of the baseline" in " ".join(ran.out.split())
    again = review("--baseline", "base.json", "--write-baseline", "base.json")
    assert again.code == 0
    assert "4 known" in review("--baseline", "base.json").out
    Path("open.yaml").write_text(OPEN.replace("  nat: single\n", ""), "utf-8")
    fixed = answer("--baseline", "base.json")
    assert (fixed["counts"]["known"], fixed["counts"]["gone"]) == (2, 2)
    assert {one["rule"] for one in fixed["gone"]} == {"RTE003"}
    assert answer("--baseline", "base.json", "--select", "API")["counts"]["gone"] == 0
    Path("open.yaml").write_text(OPEN, "utf-8")
    assert invoke("review", "-f", MINIMAL, "--write-baseline", "base.json").code == 0
    assert review("--baseline", "base.json").code == 4, "the baseline of another cluster"


def test_other_severities() -> None:
    ran = invoke("review", "-f", "open.yaml", "-o", "json", "--severity", "API002=blocker", "--severity", "rte003=info")
    assert ran.code == 4
    assert [(one["rule"], one["severity"]) for one in json.loads(ran.out)["findings"]] == [
        ("API002", "blocker"),
        ("API003", "warning"),
        ("RTE003", "info"),
        ("RTE003", "info"),
    ]


def test_settings_from_the_project_file() -> None:
    Path("eksplan.toml").write_text(
        '[review]\noutput = ["json"]\nwaivers = "waivers.yaml"\nseverity = ["API003=info"]\nfail-on = "warning"\n',
        "utf-8",
    )
    ran = invoke("review", "-f", "open.yaml")
    assert ran.code == 0
    assert json.loads(ran.out)["counts"]["waived"] == 3


def test_the_same_input_gives_the_same_bytes() -> None:
    for form in verdicts.FORMATS:
        assert review("-o", form).out == review("-o", form).out


def test_pages_have_a_whole_address_where_it_is_known() -> None:
    assert {one["help"] for one in answer("--select", "API002")["findings"]} == {"docs/reference/rules/API002.md"}
    url = "https://docs.example.com/eksplan/"
    whole = "https://docs.example.com/eksplan/docs/reference/rules/API002.md"
    assert {one["help"] for one in answer("--select", "API002", "--docs-url", url)["findings"]} == {whole}
    (run,) = json.loads(review("-o", "sarif", "--select", "API002", "--docs-url", url).out)["runs"]
    assert [one["helpUri"] for one in run["tool"]["driver"]["rules"]] == [whole]
    assert f'href="{whole}"' in review("-o", "html", "--select", "API002", "--docs-url", url).out


@pytest.mark.parametrize("url", ["http://example.com", "javascript:alert(1)", "https://a b", 'https://a"b', "docs"])
def test_other_addresses_of_pages_are_refused(url: str) -> None:
    assert review("--docs-url", url).code == 2
