"""``eksplan plan``: forms of output, standard input, plan files, the same bytes every time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
import referencing
import yaml

from tests.cli.running import GROUPS, HEAD, MINIMAL, PRODUCTION, SPEC, invoke, invoke_spec, process
from tests.support.plans import EXAMPLES, FEASIBLE


def test_every_form_says_the_same_plan() -> None:
    as_json = json.loads(invoke("plan", "-f", PRODUCTION, "-o", "json").out)
    as_yaml = yaml.safe_load(invoke("plan", "-f", PRODUCTION, "-o", "yaml").out)
    assert as_yaml == as_json
    table = invoke("plan", "-f", PRODUCTION).out
    page = invoke("plan", "-f", PRODUCTION, "-o", "markdown").out
    for row in as_json["capacity"]:
        for block in row["cidrs"]:
            assert block in table
            assert block in page
    assert as_json["digest"][:19] in table
    assert as_json["digest"] in page
    assert page.startswith("# Plan of shop-prod\n")


@pytest.mark.parametrize("name", FEASIBLE)
def test_tables_fit_into_80_columns(name: str) -> None:
    ran = invoke("plan", "-f", str(EXAMPLES / f"{name}.yaml"), "--details")
    assert ran.code == 0
    assert [line for line in ran.out.splitlines() if len(line.rstrip()) > 80] == []


def test_details_show_what_the_summary_leaves_out() -> None:
    short, long = invoke("plan", "-f", PRODUCTION).out, invoke("plan", "-f", PRODUCTION, "--details").out
    for title in ("Who takes addresses", "Security groups", "IAM roles"):
        assert title not in short
        assert title in long
    assert "Subnets" in short


def test_markdown_tables_have_as_many_cells_in_every_row() -> None:
    page = invoke("plan", "-f", PRODUCTION, "-o", "markdown").out
    for table in page.split("\n\n"):
        rows = [line.replace("\\|", "") for line in table.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1


@pytest.mark.parametrize("name", FEASIBLE)
def test_json_follows_the_schema_that_the_program_prints(name: str) -> None:
    schema, spec_schema = (json.loads(invoke("schema", what).out) for what in ("plan", "spec"))
    registry: referencing.Registry = referencing.Registry().with_resource(
        spec_schema["$id"], referencing.Resource.from_contents(spec_schema)
    )
    document = json.loads(invoke("plan", "-f", str(EXAMPLES / f"{name}.yaml"), "-o", "json").out)
    jsonschema.Draft202012Validator(schema, registry=registry).validate(document)
    document["surprise"] = 1
    assert not jsonschema.Draft202012Validator(schema, registry=registry).is_valid(document)


def test_standard_input_and_a_file_give_the_same_plan() -> None:
    by_name = invoke("plan", "-f", PRODUCTION, "-o", "json")
    by_pipe = invoke("plan", "-f", "-", "-o", "json", given=Path(PRODUCTION).read_bytes())
    assert by_pipe.code == 0
    assert by_pipe.out == by_name.out


def test_a_second_process_gives_the_same_bytes() -> None:
    first = process("plan", "-f", PRODUCTION, "-o", "json", env={"PYTHONHASHSEED": "1", "TZ": "UTC"})
    second = process(
        "plan", "-f", PRODUCTION, "-o", "json", env={"PYTHONHASHSEED": "2", "TZ": "Asia/Seoul", "COLUMNS": "40"}
    )
    assert first.code == 0
    assert second.out == first.out
    assert second.out.endswith("}\n")


def test_the_order_of_keys_in_the_spec_does_not_matter() -> None:
    text = Path(PRODUCTION).read_text("utf-8")
    turned = yaml.safe_dump(dict(reversed(yaml.safe_load(text).items())), sort_keys=True)
    Path("turned.yaml").write_text(turned, "utf-8")
    assert invoke("plan", "-f", "turned.yaml", "-o", "json").out == invoke("plan", "-f", PRODUCTION, "-o", "json").out


@pytest.mark.parametrize("form", ["table", "json", "yaml", "markdown"])
def test_the_plan_file_is_the_same_whatever_is_printed(form: str) -> None:
    ran = invoke("plan", "-f", MINIMAL, "-o", form, "--out", "made.json")
    assert ran.code == 0
    assert "plan written to made.json (sha256:" in ran.err
    assert "written" not in ran.out
    assert Path("made.json").read_text("utf-8") == invoke("plan", "-f", MINIMAL, "-o", "json").out


def test_a_folder_gets_a_file_named_after_the_cluster() -> None:
    Path("plans").mkdir()
    ran = invoke("plan", "-f", PRODUCTION, "--out", "plans")
    assert ran.code == 0
    assert str(Path("plans") / "shop-prod.plan.json") in ran.err
    assert [path.name for path in Path("plans").iterdir()] == ["shop-prod.plan.json"]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (f"missing{os.sep}plan.json", "No such file or directory"),
        (f"taken{os.sep}plan.json", "Not a directory"),
        pytest.param(
            "/dev/full",
            "No space left",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here"),
        ),
    ],
    ids=["folder missing", "folder is a file", "disk full"],
)
def test_an_unwritable_place_is_said(place: str, message: str) -> None:
    Path("taken").write_text("", "utf-8")
    ran = invoke("plan", "-f", MINIMAL, "--out", place)
    assert ran.code == 2
    assert f"{place}: cannot be written: {message}" in ran.err
    assert ran.out == ""


def test_a_folder_that_is_not_there_yet_is_not_taken_for_a_file() -> None:
    ran = invoke("plan", "-f", MINIMAL, "--out", f"plans{os.sep}")
    assert not Path("plans").is_file()
    assert Path("plans", "hello.plan.json").is_file() or ran.code == 2


def test_the_spec_is_never_overwritten_by_its_plan() -> None:
    ran = invoke_spec(SPEC, "--out", "spec.yaml")
    assert ran.code == 2
    assert "spec.yaml" in ran.err
    assert Path("spec.yaml").read_text("utf-8") == SPEC


def test_no_plan_no_file() -> None:
    ran = invoke_spec(HEAD + "  vpc: {cidr: 10.0.0.0/28}\n" + GROUPS, "--out", "made.json")
    assert ran.code == 3
    assert not Path("made.json").exists()


def test_a_plan_file_given_for_a_spec_is_called_one() -> None:
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    ran = invoke("plan", "-f", "made.json")
    assert ran.code == 2
    assert len(ran.err.splitlines()) <= 4
    assert "plan" in ran.err.lower()
    assert "unknown key" not in ran.err


def test_notices_go_to_standard_error_and_leave_the_output_alone() -> None:
    Path("groups.yaml").write_text(HEAD + "  zones: [us-east-1a, us-east-1b]\n" + GROUPS, "utf-8")
    ran = invoke("plan", "-f", "groups.yaml", "-o", "json")
    assert ran.code == 0
    assert "groups.yaml:6:11: note[zone-name]" in ran.err
    assert json.loads(ran.out)["kind"] == "Plan"


def test_nothing_of_the_environment_gets_into_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2hunter2")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "swordfishswordfish")
    ran = invoke("plan", "-f", PRODUCTION, "-o", "json")
    assert "hunter2" not in ran.said
    assert "swordfish" not in ran.said
    assert str(Path.cwd()) not in ran.out
    assert str(Path.home()) not in ran.out


def test_N04_the_summary_says_who_reaches_the_api() -> None:
    assert "API private only;" in invoke("plan", "-f", MINIMAL).out.replace("\n", " ").replace("  ", " ")
    shown = invoke("plan", "-f", PRODUCTION).out.replace("\n", " ").replace("  ", " ")
    assert "API private, and public for 198.51.100.32/28, 203.0.113.0/24;" in shown
