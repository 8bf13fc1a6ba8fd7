"""``eksplan fleet``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml

from tests.cli.running import invoke
from tests.support.fleets import fleet_text
from tests.support.plans import EXAMPLES

FLEET = str(EXAMPLES / "fleet.yaml")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def test_the_example_on_a_narrow_screen() -> None:
    ran = invoke("fleet", "plan", "-f", FLEET)
    assert ran.code == 0, ran.said
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "shop-eu-1" in ran.out


def test_the_same_bytes_again_and_nothing_moves() -> None:
    first = invoke("fleet", "plan", "-f", FLEET, "-o", "json", "--out", "plan.json")
    second = invoke("fleet", "plan", "-f", FLEET, "-o", "json", "--from", "plan.json")
    assert first.code == second.code == 0, second.said
    before, after = json.loads(first.out), json.loads(second.out)
    assert before["clusters"] == after["clusters"]
    assert invoke("fleet", "plan", "-f", FLEET, "-o", "json").out == first.out


def test_specs_of_the_clusters_give_the_same_subnets() -> None:
    assert invoke("fleet", "plan", "-f", FLEET, "--out", "plan.json", "--specs", "specs").code == 0
    fleet = json.loads(Path("plan.json").read_text("utf-8"))
    for one in fleet["clusters"][:5]:
        ran = invoke("plan", "-f", f"specs/{one['name']}.yaml", "-o", "json")
        assert ran.code == 0, ran.said
        made = json.loads(ran.out)["design"]["subnets"]
        assert {subnet["cidr"] for subnet in made} == {subnet["cidr"] for subnet in one["subnets"]}


def test_specs_never_overwrite_something_else() -> None:
    Path("specs").mkdir()
    Path("specs/shop-eu-1.yaml").write_text("precious: true\n", "utf-8")
    ran = invoke("fleet", "plan", "-f", FLEET, "--specs", "specs")
    assert ran.code == 2
    assert Path("specs/shop-eu-1.yaml").read_text("utf-8") == "precious: true\n"


def test_csv_has_every_block_of_every_cluster() -> None:
    ran = invoke("fleet", "plan", "-f", FLEET, "-o", "csv")
    assert ran.code == 0
    rows = list(csv.DictReader(ran.out.splitlines()))
    assert len({row["cluster"] for row in rows}) == 11
    assert sum(row["kind"] == "vpc" for row in rows) == 11
    assert sum(row["kind"] == "subnet" for row in rows) == 102


def test_review_of_the_example_and_of_its_plan_finds_nothing() -> None:
    assert invoke("fleet", "plan", "-f", FLEET, "--out", "plan.json").code == 0
    for file in (FLEET, "plan.json"):
        ran = invoke("fleet", "review", "-f", file)
        assert ran.code == 0, ran.said


def test_review_finds_overlaps() -> None:
    wrong = fleet_text(
        pools=[{"name": "p", "cidrs": ["10.0.0.0/8"]}],
        clusters=[
            {"name": "a", "spec": {"vpc": {"cidr": "10.1.0.0/16"}}},
            {"name": "b", "spec": {"vpc": {"cidr": "10.1.128.0/17"}}},
        ],
    )
    Path("wrong.yaml").write_text(wrong, "utf-8")
    ran = invoke("fleet", "review", "-f", "wrong.yaml", "-o", "json")
    assert ran.code == 4
    findings = json.loads(ran.out)["findings"]
    assert any("10.1.128.0/17" in json.dumps(one) for one in findings)
    assert all(
        (one["scope"], one["failed"]) == (f"fleet/{one['name']}", ["FLT001"]) for one in json.loads(ran.out)["subjects"]
    )
    assert invoke("fleet", "plan", "-f", "wrong.yaml").code in (2, 3)
    Path("waivers.yaml").write_text(
        "waivers: [{rule: FLT001, resource: '*', reason: never routed, owner: me, expires: 9999-12-31}]\n", "utf-8"
    )
    waived = invoke("fleet", "review", "-f", "wrong.yaml", "-o", "sarif=a.sarif", "--waivers", "waivers.yaml")
    assert waived.code == 0, waived.said
    results = json.loads(Path("a.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert results
    assert all(one["suppressions"] for one in results)


def test_a_full_pool_ends_with_3() -> None:
    Path("full.yaml").write_text(
        fleet_text(pools=[{"name": "p", "cidrs": ["10.0.0.0/16"]}], clusters=[{"name": "c", "count": 300}]), "utf-8"
    )
    ran = invoke("fleet", "plan", "-f", "full.yaml")
    assert ran.code == 3
    assert "fleet-pool-full" in ran.err


def test_fleets_and_clusters_are_told_apart() -> None:
    ran = invoke("plan", "-f", FLEET)
    assert ran.code == 2
    assert "eksplan fleet plan" in ran.err
    other = invoke("fleet", "plan", "-f", str(EXAMPLES / "minimal.yaml"))
    assert other.code == 2
    assert "eksplan plan" in other.err


def test_the_schema_of_a_fleet_accepts_the_example() -> None:
    import jsonschema

    ran = invoke("schema", "fleet")
    assert ran.code == 0
    jsonschema.validate(yaml.safe_load(Path(FLEET).read_text("utf-8")), json.loads(ran.out))
