"""``eksplan init``: without a terminal, with one, and what it must not overwrite."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from planner.catalog.model import Catalog
from tests.cli.running import invoke, on_terminal

posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are Unix's")


def written(name: str = "cluster.yaml") -> dict[str, object]:
    """What the written spec says, flattened to what init asks for."""
    document = yaml.safe_load(Path(name).read_text("utf-8"))
    (group,) = document["spec"]["nodeGroups"]
    return {
        "name": document["metadata"]["name"],
        "region": document["spec"]["region"],
        "type": group["instanceTypes"],
        "most": group["maxSize"],
    }


DEFAULTS = {"name": "my-cluster", "region": "us-east-1", "type": ["m7i.large"], "most": 10}


def test_without_a_terminal_it_asks_nothing_and_takes_the_defaults() -> None:
    ran = invoke("init", given="ignored\n")
    assert ran.code == 0
    assert ran.out == ""
    assert "eksplan plan -f cluster.yaml" in ran.err
    assert written() == DEFAULTS


def test_what_it_writes_can_be_planned_and_is_commented() -> None:
    invoke("init")
    text = Path("cluster.yaml").read_text("utf-8")
    assert sum(line.lstrip().startswith("#") for line in text.splitlines()) >= 10
    ran = invoke("plan", "-f", "cluster.yaml")
    assert ran.code == 0
    assert ran.err == ""


def test_options_are_taken() -> None:
    options = ("--name", "shop", "--region", "eu-west-1", "--instance-type", "m7g.xlarge", "--max-nodes", "40")
    assert invoke("init", *options, "--out", "shop.yaml").code == 0
    assert written("shop.yaml") == {"name": "shop", "region": "eu-west-1", "type": ["m7g.xlarge"], "most": 40}
    assert invoke("plan", "-f", "shop.yaml").code == 0


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_of_the_environment_is_taken(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "eu-north-1")
    invoke("init")
    assert written()["region"] == "eu-north-1"
    invoke("init", "--region", "eu-west-3", "--force")
    assert written()["region"] == "eu-west-3"


def test_a_file_that_is_there_is_not_overwritten() -> None:
    Path("cluster.yaml").write_text("mine", "utf-8")
    ran = invoke("init")
    assert ran.code == 2
    assert "cluster.yaml is there already" in ran.err
    assert Path("cluster.yaml").read_text("utf-8") == "mine"
    assert invoke("init", "--force").code == 0
    assert written() == DEFAULTS


def test_standard_output_takes_the_spec() -> None:
    ran = invoke("init", "--out", "-")
    assert ran.code == 0
    assert ran.err == ""
    assert list(Path.cwd().iterdir()) == []
    assert invoke("plan", "-f", "-", given=ran.out).code == 0


def test_an_unwritable_place_is_said() -> None:
    ran = invoke("init", "--out", "missing/cluster.yaml")
    assert ran.code == 2
    assert "missing/cluster.yaml: cannot be written" in ran.err


@pytest.mark.parametrize(
    "options",
    [
        ("--name", "bad name"),
        ("--name", ""),
        ("--name", "x: y"),
        ("--name", "a\nspec: {}"),
        ("--region", "nowhere"),
        ("--region", "us-east-9"),
        ("--instance-type", "large"),
        ("--instance-type", "m99.large"),
        ("--max-nodes", "0"),
        ("--max-nodes", "5001"),
        ("--max-nodes", "ten"),
    ],
    ids=" ".join,
)
def test_what_could_not_be_planned_is_not_written(options: tuple[str, str]) -> None:
    ran = invoke("init", *options)
    assert ran.code == 2
    assert "Traceback" not in ran.said
    assert options[0] in ran.err or options[1] in ran.err
    assert not Path("cluster.yaml").exists()


@pytest.mark.parametrize("name", ["123", "1.0", "true", "no", "null", "1e3", "0x1f"])
def test_names_that_look_like_something_else_stay_names(name: str) -> None:
    ran = invoke("init", "--name", name)
    if "." in name:
        assert ran.code == 2
        assert "a cluster name" in ran.err
    else:
        assert ran.code == 0
        assert json.loads(invoke("plan", "-f", "cluster.yaml", "-o", "json").out)["name"] == name


def test_every_region_gets_a_spec_that_can_be_planned(catalog: Catalog) -> None:
    failed = {}
    for region in catalog.region_names:
        offered = catalog.load_region(region).offerings
        usual = [name for name in ("m5.large", "m6i.large", "m7i.large", "m6g.large") if name in offered]
        choice = usual[0] if usual else "m7i.large"
        assert invoke("init", "--region", region, "--instance-type", choice, "--force").code == 0
        ran = invoke("plan", "-f", "cluster.yaml")
        if ran.code:
            failed[region] = ran.err.splitlines()[0]
    assert failed == {}


@posix
def test_on_a_terminal_it_asks_for_everything() -> None:
    ran = on_terminal("init", typed="shop\neu-west-1\nm7g.large\n25\n")
    assert ran.code == 0
    for question in ("Name of the cluster", "AWS region", "Instance type", "Most nodes"):
        assert question in ran.out
    assert written() == {"name": "shop", "region": "eu-west-1", "type": ["m7g.large"], "most": 25}


@posix
def test_on_a_terminal_it_says_the_same_without_questions() -> None:
    ran = on_terminal("init", typed="\n\n\n\n")
    assert ran.code == 0
    assert written() == DEFAULTS
    line = next(line for line in ran.out.splitlines() if "the same without questions: " in line)
    again = line.partition("the same without questions: eksplan ")[2].split()
    first = Path("cluster.yaml").read_text("utf-8")
    Path("cluster.yaml").unlink()
    assert invoke(*again).code == 0
    assert Path("cluster.yaml").read_text("utf-8") == first


@posix
def test_on_a_terminal_it_asks_only_for_what_is_missing() -> None:
    ran = on_terminal("init", "--name", "shop", "--region", "eu-west-1", "--instance-type", "m5.large", typed="7\n")
    assert ran.code == 0
    assert "Name of the cluster" not in ran.out
    assert written()["most"] == 7


@posix
@pytest.mark.parametrize("answer", ["ten", "0", "-1", "5001", "1.5"])
def test_a_wrong_answer_is_no_bug(answer: str) -> None:
    ran = on_terminal("init", typed=f"\n\n\n{answer}\n12\n")
    assert ran.code in {0, 2}
    assert "bug" not in ran.out
    if ran.code == 0:
        assert written()["most"] == 12


@posix
def test_the_end_of_input_interrupts() -> None:
    ran = on_terminal("init", typed="shop\n\x04")
    assert ran.code == 130
    assert "Traceback" not in ran.out
    assert not Path("cluster.yaml").exists()
