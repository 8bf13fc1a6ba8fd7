"""``eksplan catalog``: what is shown, a refresh that fails, and damaged folders."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.catalog import store
from planner.catalog.folder import write
from tests.cli.running import MINIMAL, invoke, process

NOBODY = "http://127.0.0.1:9"
"""An endpoint where nobody listens."""

ACCOUNT = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hunter2hunter2", "AWS_MAX_ATTEMPTS": "1"}
REFUSED: Mapping[str, str] = {**ACCOUNT, "AWS_ENDPOINT_URL": NOBODY}


def own_catalog(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A refreshed catalog in the cache, in use: one made-up type and us-east-1."""
    monkeypatch.delenv("EKSPLAN_CATALOG")
    home = Path(os.environ["EKSPLAN_CACHE_DIR"], "catalog")
    types = json.loads((store.EMBEDDED / "instance-types.json").read_bytes())
    types["types"] = {"zz1.large": types["types"]["m5.large"]}
    region = json.loads((store.EMBEDDED / "regions" / "us-east-1.json").read_bytes())
    write(
        home / "mine",
        {
            "instance-types.json": (types, "a test", "2026-01-02"),
            "regions/us-east-1.json": (region, "a test", "2026-01-02"),
        },
    )
    (home / "current").write_text("mine", "ascii")
    return home / "mine"


def content(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_show_says_where_every_part_comes_from_and_how_old_it_is() -> None:
    ran = invoke("catalog", "show")
    assert ran.code == 0
    for part in ("endpoint-services.json", "facts.json", "instance-types.json", "kubernetes-versions.json"):
        (line,) = [line for line in ran.out.splitlines() if line.startswith(part)]
        assert " days " in line
    assert "origin: embedded\ndigest: sha256:" in ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_show_as_json_agrees_with_plans() -> None:
    document = json.loads(invoke("catalog", "show", "-o", "json").out)
    plan = json.loads(invoke("plan", "-f", MINIMAL, "-o", "json").out)
    assert document["digest"] == plan["catalog"]["digest"]
    assert document["origin"] == "embedded"
    assert "us-east-1" in document["regions"]
    assert f"{document['instanceTypes']:,} instance types" in invoke("catalog", "show").out


def test_a_refreshed_catalog_is_used_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads(invoke("catalog", "show", "-o", "json").out)
    folder = own_catalog(monkeypatch)
    document = json.loads(invoke("catalog", "show", "-o", "json").out)
    assert document["origin"] == str(folder)
    assert document["digest"] != before["digest"]
    assert invoke("max-pods", "zz1.large").code == 0
    monkeypatch.setenv("EKSPLAN_CATALOG", "embedded")
    assert invoke("max-pods", "zz1.large").code == 2


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Unable to locate credentials"),
        ({"AWS_PROFILE": "nobody"}, "nobody"),
        (REFUSED, f'Could not connect to the endpoint URL: "{NOBODY}/"'),
        ({**ACCOUNT, "AWS_ENDPOINT_URL": "nonsense"}, "nonsense"),
    ],
    ids=["no credentials", "no such profile", "connection refused", "endpoint that is none"],
)
def test_a_failed_refresh_keeps_the_old_data(
    variables: Mapping[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_catalog(monkeypatch)
    home = Path(os.environ["EKSPLAN_CACHE_DIR"])
    before = content(home)
    ran = process("catalog", "refresh", "--region", "us-east-1", env=variables)
    assert ran.code == 5
    assert ran.out == ""
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert "hunter2" not in ran.said
    assert content(home) == before
    assert invoke("max-pods", "zz1.large").code == 0


def test_a_failed_refresh_names_the_call_and_what_stays() -> None:
    ran = process("catalog", "refresh", "--region", "eu-west-1", env=REFUSED)
    assert ran.code == 5
    assert "ec2:DescribeInstanceTypes in eu-west-1" in ran.err
    assert "the old catalog stays in use" in ran.err
    assert not Path(os.environ["EKSPLAN_CACHE_DIR"]).exists()


@pytest.mark.parametrize("region", ["bad region", "", "us_east_1"])
def test_a_region_that_is_none_is_not_asked_for(region: str) -> None:
    ran = process("catalog", "refresh", "--region", region, env=REFUSED)
    assert ran.code in {2, 5}
    assert "Could not connect" not in ran.err


def test_a_refresh_needs_a_region() -> None:
    ran = invoke("catalog", "refresh")
    assert ran.code == 2
    assert "give --region, or set AWS_REGION" in ran.err


def test_the_region_comes_from_the_environment_as_in_the_aws_cli() -> None:
    ran = process("catalog", "refresh", env={**REFUSED, "AWS_DEFAULT_REGION": "eu-west-2"})
    assert "ec2:DescribeInstanceTypes in eu-west-2" in ran.err
    ran = process("catalog", "refresh", "--region", "eu-west-3", env={**REFUSED, "AWS_DEFAULT_REGION": "eu-west-2"})
    assert "ec2:DescribeInstanceTypes in eu-west-3" in ran.err


def test_a_catalog_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKSPLAN_CATALOG", "nowhere")
    for arguments in (["plan", "-f", MINIMAL], ["max-pods", "m5.large"], ["catalog", "show"], ["init"]):
        ran = invoke(*arguments)
        assert ran.code == 2
        assert "EKSPLAN_CATALOG=nowhere: no manifest.json there" in ran.err


@pytest.mark.parametrize("damage", ["changed", "removed", "not JSON"])
@pytest.mark.parametrize(
    ("part", "arguments"),
    [
        ("manifest.json", ["max-pods", "m5.large"]),
        ("instance-types.json", ["max-pods", "m5.large"]),
        ("regions/us-east-1.json", ["plan", "-f", MINIMAL]),
        ("regions/us-east-1.json", ["catalog", "show"]),
    ],
    ids=["manifest", "types", "region in plan", "region in show"],
)
def test_a_damaged_catalog_is_said(
    part: str, arguments: list[str], damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own_catalog(monkeypatch) / part
    monkeypatch.setenv("EKSPLAN_CATALOG", str(path.parents[part.count("/")]))
    if damage == "removed":
        path.unlink()
    elif damage == "changed":
        path.write_bytes(path.read_bytes().replace(b"2", b"3"))
    else:
        path.write_bytes(b"{")
    ran = invoke(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.said
    assert "`eksplan catalog refresh`" in ran.err or "EKSPLAN_CATALOG" in ran.err


def test_what_a_damaged_catalog_asks_for_repairs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says to refresh; the refresh must get as far as asking AWS."""
    path = own_catalog(monkeypatch) / "instance-types.json"
    path.write_bytes(path.read_bytes() + b" ")
    assert "run `eksplan catalog refresh`" in invoke("max-pods", "m5.large").err
    ran = process("catalog", "refresh", "--region", "us-east-1", env=REFUSED)
    assert ran.code == 5
    assert "ec2:DescribeInstanceTypes in us-east-1" in ran.err


def test_a_removed_cache_falls_back_to_the_embedded_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(own_catalog(monkeypatch))
    assert json.loads(invoke("catalog", "show", "-o", "json").out)["origin"] == "embedded"
