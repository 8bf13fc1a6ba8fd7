"""``eksplan compare``: the table, its recommendation, and specs that no mode can carry."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.cli.running import INFEASIBLE, MINIMAL, PRODUCTION, invoke, invoke_spec
from tests.support.plans import spec_text

WORKED = spec_text(
    vpc={"cidr": "10.0.0.0/16", "clusterSubnets": "shared"},
    loadBalancers={"public": 0, "internal": 0},
    nodeGroups=[{"name": "general", "instanceTypes": ["m5.xlarge"], "maxSize": 45, "podsPerNode": 32}],
)


def test_the_worked_table_is_printed_within_80_columns() -> None:
    ran = invoke_spec(WORKED, command="compare")
    assert ran.code == 0
    for figure in ("1,034 /21", "609 /22", "847 /22", "575 /22", "1,574 /21", "924 /22", "1,288 /21", "872 /22"):
        assert figure in ran.out
    for older in ("1,514", "889", "1,239", "839"):
        assert older in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json_has_the_same_options_and_one_recommendation() -> None:
    found = json.loads(invoke("compare", "-f", PRODUCTION, "-o", "json").out)
    assert len(found["options"]) >= 7
    chosen = [one for one in found["options"] if one["key"] == found["recommended"]]
    assert len(chosen) == 1
    assert chosen[0]["fits"]
    assert found["reason"]


def test_what_is_recommended_can_be_planned() -> None:
    spec: dict[str, Any] = {"nodeGroups": [{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 200}]}
    found = json.loads(invoke_spec(spec_text(**spec), "-o", "json", command="compare").out)
    (chosen,) = [one for one in found["options"] if one["key"] == found["recommended"]]
    settings = yaml.safe_load(f"{{{chosen['settings']}}}")
    family = settings.pop("ipFamily", None)
    again = {**spec, "cni": settings, **({"ipFamily": family} if family else {})}
    assert invoke_spec(spec_text(**again), command="plan").code == 0


def test_a_mode_that_does_not_fit_says_why() -> None:
    ran = invoke("compare", "-f", INFEASIBLE)
    assert "No plan:" in ran.out
    assert ran.code == 0


def test_a_broken_spec_ends_with_2() -> None:
    ran = invoke_spec(spec_text(nothing=1), command="compare")
    assert ran.code == 2
    assert "nothing" in ran.err
    assert ran.out == ""


def test_the_same_bytes_every_time() -> None:
    assert invoke("compare", "-f", MINIMAL).out == invoke("compare", "-f", MINIMAL).out
