"""``eksplan plan --from PLAN``: nothing that is there moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import MINIMAL, Ran, invoke, invoke_spec
from tests.support.plans import spec_text

GROUP = {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 10}
FIRST: dict[str, Any] = {"vpc": {"cidr": "10.0.0.0/16"}, "zones": ["use1-az1", "use1-az2"], "nodeGroups": [GROUP]}


def again(**changes: Any) -> Ran:
    """Plan FIRST, then a changed spec after it."""
    invoke_spec(spec_text(**FIRST), "--out", "first.json")
    return invoke_spec(spec_text(**{**FIRST, **changes}), "--from", "first.json", "-o", "json", name="second.yaml")


def subnets(content: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["cidr"] for one in content["design"]["subnets"]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"nodeGroups": [GROUP, {**GROUP, "name": "more", "maxSize": 40}]},
        {"zones": ["use1-az1", "use1-az2", "use1-az4"]},
        {"nodeGroups": [GROUP, {**GROUP, "name": "more", "maxSize": 900}]},
        {"cni": {"mode": "prefix"}, "nodeGroups": [{**GROUP, "maxSize": 100}]},
        {"loadBalancers": {"internal": 20}},
    ],
    ids=["nothing", "a group", "a zone", "larger", "prefixes", "load balancers"],
)
def test_N29_what_is_there_stays_where_it_is(changes: dict[str, Any]) -> None:
    ran = again(**changes)
    assert ran.code == 0, ran.err
    first = subnets(json.loads(Path("first.json").read_text()))
    second = subnets(json.loads(ran.out))
    assert first.items() <= second.items()


def test_n20_a_group_that_outgrows_its_subnets_is_found_for_they_cannot_be_changed() -> None:
    ran = again(nodeGroups=[{**GROUP, "maxSize": 900}])
    assert ran.code == 4, ran.err
    first, second = json.loads(Path("first.json").read_text()), json.loads(ran.out)
    assert subnets(first).items() < subnets(second).items(), "new groups get further subnets"
    (before,), (after,) = first["design"]["nodeGroups"], second["design"]["nodeGroups"]
    assert before["subnets"] == after["subnets"]
    assert {one["rule"] for one in second["verdict"]["findings"]} == {"NSN001"}
    assert "EKS cannot change the subnets of a node group" in ran.err


def test_a_removed_zone_is_refused() -> None:
    ran = again(zones=["use1-az1", "use1-az4"])
    assert ran.code in {2, 3}
    assert "use1-az2" in ran.err


def test_one_way_doors_are_refused_with_both_values() -> None:
    for change, old, new in (
        ({"vpc": {"cidr": "10.1.0.0/16"}}, "10.0.0.0/16", "10.1.0.0/16"),
        ({"ipFamily": "ipv6"}, "ipv4", "ipv6"),
        ({"serviceCidr": "192.168.0.0/16"}, "172.20.0.0/16", "192.168.0.0/16"),
    ):
        ran = again(**change)
        assert ran.code in {2, 3}, change
        assert old in ran.err
        assert new in ran.err


def test_the_third_plan_follows_the_second() -> None:
    ran = again(zones=["use1-az1", "use1-az2", "use1-az4"])
    Path("second.json").write_text(ran.out)
    third = invoke_spec(
        spec_text(**{**FIRST, "zones": ["use1-az1", "use1-az2", "use1-az4"], "nodeGroups": [{**GROUP, "maxSize": 60}]}),
        "--from",
        "second.json",
        "-o",
        "json",
    )
    assert third.code == 0, third.err
    assert subnets(json.loads(ran.out)).items() <= subnets(json.loads(third.out)).items()


def test_2_an_earlier_plan_that_is_none() -> None:
    Path("broken.json").write_text("{}")
    for given in ("broken.json", "nowhere.json", MINIMAL):
        ran = invoke("plan", "-f", MINIMAL, "--from", given)
        assert ran.code == 2, given
        assert Path(given).name in ran.err
        assert "Traceback" not in ran.said


def test_2_a_plan_file_of_another_version_says_how_to_go_on() -> None:
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    content = json.loads(Path("made.json").read_text())
    content["schemaVersion"] = 1
    Path("old.json").write_text(json.dumps(content))
    for arguments in (("plan", "-f", MINIMAL, "--from", "old.json"), ("review", "-f", "old.json")):
        ran = invoke(*arguments)
        assert ran.code == 2
        assert "1" in ran.err
        assert "2" in ran.err
