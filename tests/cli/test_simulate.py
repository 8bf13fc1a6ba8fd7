"""``eksplan simulate``: plans and clusters, required scenarios, dates, forms of output."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from planner.cli.simulate import SCENARIOS
from planner.observe.collect import collect
from planner.observe.parse import parse
from planner.plan.scenarios.of_design import UnseenError, world_of_design
from planner.plan.scenarios.of_plan import world_of_plan
from planner.plan.scenarios.play import Growth, play
from tests.cli.running import MINIMAL, PRODUCTION, invoke, invoke_spec
from tests.support.plans import embedded, plan_of, spec_text
from tests.support.world import materialise

TIGHT: dict[str, Any] = {
    "vpc": {"cidr": "10.0.0.0/20", "layout": "minimal"},
    "loadBalancers": {"public": 0, "internal": 0},
    "tolerateZoneLoss": 0,
    "nodeGroups": [
        {"name": "general", "instanceTypes": ["m5.large"], "maxSize": 24, "update": {"strategy": "minimal"}}
    ],
}
REQUIRING = spec_text(**TIGHT, scenarios={"require": ["zone-loss", "all-max"]})


def test_every_scenario_is_shown_within_80_columns() -> None:
    ran = invoke("simulate", "-f", PRODUCTION)
    assert ran.code == 0
    assert ran.err == ""
    for name in SCENARIOS:
        assert ran.out.count(f"\n{name}") >= 1
    assert "+0:05:50" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_scenario_that_breaks_says_where_and_what_to_change() -> None:
    ran = invoke_spec(spec_text(**TIGHT), command="simulate")
    assert ran.code == 0  # nothing was required
    assert "breaks" in ran.out
    assert "breaks first:" in ran.out
    assert "add a subnet of /" in " ".join(ran.out.split())


def test_3_when_the_spec_requires_what_does_not_fit() -> None:
    ran = invoke_spec(REQUIRING, command="simulate")
    assert ran.code == 3
    assert "zone-loss do not fit" in ran.out


def test_0_when_what_the_spec_requires_fits() -> None:
    ran = invoke_spec(spec_text(scenarios={"require": ["zone-loss", "all-max"]}), command="simulate")
    assert ran.code == 0
    assert "all fit" in ran.out


@pytest.mark.parametrize(("name", "code"), [("zone-loss", 3), ("all-max", 0)])
def test_require_on_the_command_line_counts_beside_the_specs(name: str, code: int) -> None:
    assert invoke_spec(spec_text(**TIGHT), "--require", name, command="simulate").code == code


def test_a_required_scenario_is_played_even_when_others_are_asked_for() -> None:
    ran = invoke_spec(REQUIRING, "--scenario", "update", "-o", "json", command="simulate")
    assert ran.code == 3
    assert [one["name"] for one in json.loads(ran.out)["scenarios"]] == ["all-max", "zone-loss", "update"]


def test_json_says_what_the_table_says() -> None:
    ran = invoke_spec(REQUIRING, "-o", "json", command="simulate")
    found = json.loads(ran.out)
    assert ran.code == 3
    assert found["fits"] is False
    assert found["requiredFit"] is False
    by_name = {one["name"]: one for one in found["scenarios"]}
    assert set(by_name) == set(SCENARIOS)
    lost = by_name["zone-loss"]
    assert lost["required"]
    assert not lost["fits"]
    assert lost["nodes"]["fit"] < lost["nodes"]["wanted"]
    assert lost["breaksFirst"]["zone"]
    assert lost["change"]
    assert by_name["all-max"]["fits"]
    assert by_name["growth"]["months"] is not None


def test_a_plan_file_is_simulated_like_its_spec() -> None:
    invoke("plan", "-f", MINIMAL, "--out", "made.json")
    assert invoke("simulate", "-f", "made.json").out == invoke("simulate", "-f", MINIMAL).out


def test_growth_tells_the_date_only_when_it_is_given_a_first_day() -> None:
    growing = ("simulate", "-f", MINIMAL, "--scenario", "growth", "--growth", "50", "-o", "json")
    assert json.loads(invoke(*growing).out).get("exhausted") is None
    dated = json.loads(invoke(*growing, "--start", "2026-01-31").out)
    months = dated["scenarios"][0]["months"]
    assert months < 24
    year, month = divmod(months + 1, 12)
    assert dated["exhausted"].startswith(f"{2026 + year}-{month + 1:02}-")
    slower = json.loads(invoke(*growing[:-3], "10", "-o", "json", "--start", "2026-01-31").out)
    assert slower["exhausted"] > dated["exhausted"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either --file or --cluster"),
        (["-f", MINIMAL, "--cluster", "x"], "give either --file or --cluster"),
        (["-f", MINIMAL, "--scenario", "flood"], "'flood'"),
        (["-f", MINIMAL, "--start", "soon"], "soon"),
        (["-f", MINIMAL, "--growth", "-1"], "-1"),
        (["-f", MINIMAL, "--lost-zone", "use1-az9"], "it has use1-az1"),
    ],
    ids=["nothing", "both", "unknown", "no date", "shrinking", "no such zone"],
)
def test_2_usage(arguments: list[str], message: str) -> None:
    ran = invoke("simulate", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""


@pytest.fixture
def running(moto: None) -> Any:
    """A cluster in moto, as its plan has it."""
    plan = plan_of(name="live", cni={"warmIpTarget": 2}, nodeGroups=[{**TIGHT["nodeGroups"][0], "desiredSize": 3}])
    materialise(plan.design)
    return plan


def test_a_running_cluster_is_simulated(running: Any) -> None:
    ran = invoke("simulate", "--cluster", "live", "--region", running.design.region, "-o", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["subject"] == "cluster"
    assert {one["name"]: one["fits"] for one in found["scenarios"]}["all-max"]
    wanted = next(one["nodes"]["wanted"] for one in found["scenarios"] if one["name"] == "all-max")
    assert wanted == 24
    assert "reading cluster live" in ran.err


def test_a_running_cluster_and_its_plan_agree_about_its_maximum(running: Any) -> None:
    """The nodes of moto hold no addresses, so both start from the same subnets."""
    design = parse(collect(boto3.session.Session(), running.design.region, "live"))
    catalog = embedded()
    live, planned = world_of_design(design, catalog.instance_types, catalog.facts), world_of_plan(running)
    growing = Growth(0, 1, 100_000)
    for name in ("all-max", "update", "zone-loss"):
        one, other = play(live, growing, (name,))[0], play(planned, growing, (name,))[0]
        assert one.filled is not None
        assert other.filled is not None
        assert (one.fits, one.filled.wanted) == (other.fits, other.filled.wanted), name


def test_5_a_cluster_that_is_not_there(moto: None) -> None:
    ran = invoke("simulate", "--cluster", "nowhere", "--region", "us-east-1")
    assert ran.code == 5
    assert "nowhere" in ran.err
    assert "Traceback" not in ran.said


def test_2_a_cluster_without_a_region(moto: None) -> None:
    ran = invoke("simulate", "--cluster", "x")
    assert ran.code == 2
    assert "--region" in ran.err


def test_what_could_not_be_read_is_named(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: object) -> object:
        raise UnseenError("ec2:DescribeSubnets: AccessDenied")

    monkeypatch.setattr("planner.plan.scenarios.of_design.world_of_design", blind)
    ran = invoke("simulate", "--cluster", "live", "--region", running.design.region)
    assert ran.code == 5
    assert "live cannot be simulated: ec2:DescribeSubnets: AccessDenied" in ran.err
