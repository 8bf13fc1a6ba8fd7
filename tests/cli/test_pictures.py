"""``eksplan map`` and ``eksplan waterfall``: addresses add up, in terminals, SVG and JSON."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET  # our own output
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from tests.cli.running import MINIMAL, PRODUCTION, invoke
from tests.support.plans import EXAMPLES, FEASIBLE, WITH_A_NOTE, plan_example

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_address_of_the_vpc_is_counted_once(name: str) -> None:
    blocks = json.loads(invoke("map", "-f", str(EXAMPLES / f"{name}.yaml"), "-o", "json").out)
    design = plan_example(name).design
    assert {block["cidr"] for block in blocks} == set(map(str, design.vpc.cidrs))
    for block in blocks:
        assert sum(block["amounts"].values()) == IPv4Network(block["cidr"]).num_addresses
        for subnet in block["subnets"]:
            assert sum(subnet["amounts"].values()) == IPv4Network(subnet["cidr"]).num_addresses
            assert min(subnet["amounts"].values()) >= 0
    named = [subnet["name"] for block in blocks for subnet in block["subnets"]]
    assert sorted(named) == sorted(subnet.name for subnet in design.subnets)


@pytest.mark.parametrize("name", FEASIBLE)
def test_the_bars_of_a_waterfall_lead_to_the_subnets_size(name: str) -> None:
    plan = plan_example(name)
    found = json.loads(invoke("waterfall", "-f", str(EXAMPLES / f"{name}.yaml"), "-o", "json").out)
    ids = {one.id for one in plan.decisions}
    assert len(found) == len(plan.capacity)
    for one in found:
        *steps, whole = one["steps"]
        assert sum(step["addresses"] for step in steps) == whole["addresses"] == one["size"], one["key"]
        reached = 0
        for step in steps:
            assert step["start"] == reached
            reached += step["addresses"]
        assert {step["decision"] for step in one["steps"]} <= ids


@pytest.mark.parametrize("name", FEASIBLE)
@pytest.mark.parametrize("command", ["map", "waterfall"])
def test_pictures_fit_into_80_columns_without_colours(command: str, name: str) -> None:
    ran = invoke(command, "-f", str(EXAMPLES / f"{name}.yaml"))
    assert ran.code == 0
    # of an existing VPC the spec cannot say whether its DNS is on
    assert ("note[endpoint-dns]" in ran.err) is (name == "existing-vpc")
    assert ran.err.count("note[") == (name in WITH_A_NOTE)
    assert "\x1b[" not in ran.out + ran.err
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("command", ["map", "waterfall"])
def test_svg_is_a_picture_with_words_for_those_who_cannot_see_it(command: str) -> None:
    root = ET.fromstring(invoke(command, "-f", PRODUCTION, "-o", "svg").out)  # noqa: S314
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title")
    assert len(root.findall(f".//{SVG}rect")) > 10
    assert not root.findall(f".//{SVG}script")


def test_colours_only_where_asked_for() -> None:
    assert "\x1b[" in invoke("--color", "always", "map", "-f", MINIMAL).out


@pytest.mark.parametrize(
    ("asked", "count"), [("node.use1-az1", 1), ("node", 3), ("use1-az1", 3)], ids=["one", "tier", "zone"]
)
def test_a_waterfall_can_be_asked_for_alone(asked: str, count: int) -> None:
    found = json.loads(invoke("waterfall", "-f", MINIMAL, asked, "-o", "json").out)
    assert len(found) == count


def test_an_unknown_subnet_names_those_that_are_there() -> None:
    ran = invoke("waterfall", "-f", MINIMAL, "node.mars")
    assert ran.code == 2
    assert "node.use1-az1" in ran.err


def test_a_plan_file_gives_the_same_picture() -> None:
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    assert Path("made.json").is_file()
    for command in ("map", "waterfall"):
        assert invoke(command, "-f", "made.json").out == invoke(command, "-f", MINIMAL).out
