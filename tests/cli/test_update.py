"""``eksplan update``: tables at 80 columns, JSON, pictures, clusters, the way of the control plane, exit codes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from tests.cli.running import MINIMAL, PRODUCTION, invoke, invoke_spec
from tests.support.plans import plan_of, spec_text
from tests.support.world import materialise

STUCK = spec_text(
    nodeGroups=[{"name": "general", "instanceTypes": ["m5.large"], "maxSize": 12, "desiredSize": 6}],
    workloads=[
        {"name": "db", "cpu": "1", "memory": "1Gi", "podDisruptionBudget": {"minAvailable": 1}},
        {"name": "web", "cpu": "100m", "memory": "1Gi", "replicas": 6},
    ],
)


def words(text: str) -> str:
    return " ".join(text.split())


def test_an_update_is_shown_phase_by_phase_within_80_columns() -> None:
    ran = invoke("update", "-f", PRODUCTION)
    assert ran.code == 0
    assert ran.err == ""
    for group in ("system", "web", "batch"):
        assert f"{group}: " in ran.out
    for phase in ("setup", "scale-up", "round 1", "scale-down", "recommended: maxUnavailable 1"):
        assert phase in ran.out
    assert "1 or 2 nodes at once (20 %; AWS does not say how it rounds)" in words(ran.out)
    assert "AWS documents 900 s for a drain and 60 s" in words(ran.out)
    assert "all groups one after the other: expected 1:12:00 to 1:19:00" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_group_by_itself_and_one_that_is_not_there() -> None:
    ran = invoke("update", "-f", PRODUCTION, "web")
    assert ran.code == 0
    assert ran.out.startswith("web: DEFAULT")
    assert "batch" not in ran.out
    absent = invoke("update", "-f", PRODUCTION, "wbe")
    assert absent.code == 2
    assert "has system, web, batch" in absent.err


def test_3_when_pods_keep_nodes_from_draining_and_force_lets_them_go() -> None:
    ran = invoke_spec(STUCK, command="update")
    assert ran.code == 3
    assert "FAILS in round" in ran.out
    assert "PodEvictionFailure" in ran.out
    assert "STOPS: db: its only pod may never go" in words(ran.out)
    assert "fix: run a second replica" in words(ran.out)
    forced = invoke_spec(STUCK, "--force", command="update")
    assert forced.code == 0
    assert "--force deletes the pods of db" in words(forced.out)


def test_N16_it_says_where_budgets_do_not_count_and_what_lengthens_it() -> None:
    said = words(invoke("update", "-f", MINIMAL).out)
    assert "evicted for up to 15 minutes without regard to budgets" in said
    assert "lifecycle hook of your own lengthens every round" in said
    minimal = words(invoke("update", "-f", MINIMAL, "--strategy", "minimal").out)
    assert "without regard to budgets" not in minimal


def test_json_says_everything_in_seconds() -> None:
    ran = invoke_spec(STUCK, "-o", "json", "--boot-seconds", "7", command="update")
    assert ran.code == 3
    found = json.loads(ran.out)
    assert found["succeeds"] is False
    assert found["seconds"]["documented"] == {"drain": 900, "wait": 60}
    assert found["seconds"]["assumed"]["boot"] == 7
    (group,) = found["groups"]
    (trial,) = group["trials"]
    assert trial["announced"] == {"nodes": 12, "nodesPerZone": 4}
    assert trial["peakNodes"] == 12
    assert trial["failure"]["workload"] == "db"
    (stops,) = [one for one in group["troubles"] if one["stops"]]
    assert stops["field"] == "spec.workloads[0].podDisruptionBudget"
    assert all(stops[key] for key in ("value", "limit", "fix", "source", "note"))


def test_a_plan_file_is_updated_like_its_spec() -> None:
    invoke("plan", "-f", PRODUCTION, "--out", "made.json")
    assert invoke("update", "-f", "made.json").out == invoke("update", "-f", PRODUCTION).out


def test_settings_of_the_command_line_come_before_those_of_the_group() -> None:
    base = ("update", "-f", PRODUCTION, "web", "-o", "json")
    minimal = json.loads(invoke(*base, "--strategy", "minimal", "--max-unavailable", "3").out)["groups"][0]["trials"]
    assert [(one["strategy"], one["maxUnavailable"], one["peakNodes"]) for one in minimal] == [("MINIMAL", 3, 9)]
    most = json.loads(invoke(*base, "--nodes", "max").out)["groups"][0]
    assert most["nodes"] == 30
    assert [one["maxUnavailable"] for one in most["trials"]] == [6]
    twelve = json.loads(invoke(*base, "--nodes", "12").out)["groups"][0]
    assert twelve["nodes"] == 12
    zone = json.loads(invoke(*base, "--lost-zone", "apne2-az1").out)["groups"][0]
    assert zone["lostZones"] == ["apne2-az1"]
    assert "apne2-az1" not in zone["trials"][0]["peakNodesByZone"]
    grown = json.loads(invoke(*base, "--autoscaler").out)["groups"][0]["trials"][0]
    assert grown["finalNodes"] == grown["peakNodes"] == grown["announced"]["nodes"] == 36


def test_a_picture_is_sound_xml_with_every_phase() -> None:
    ran = invoke("update", "-f", PRODUCTION, "-o", "svg")
    assert ran.code == 0
    root = ET.fromstring(ran.out)  # noqa: S314 - our own picture
    texts = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for said in ("setup", "scale-up", "rounds 1–3", "scale-down", "at most 15 nodes"):
        assert said in texts
    titles = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any("1 replaced, drain 30 s (orders)" in one for one in titles)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        if box.get("class", "").startswith("box"):
            assert 0 <= float(box.attrib["x"]) <= width
            assert 0 <= float(box.attrib["y"]) + float(box.attrib["height"]) <= height


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either --file or --cluster"),
        (["-f", MINIMAL, "--cluster", "x"], "give either --file or --cluster"),
        (["-f", MINIMAL, "--nodes", "many"], "neither desired, max nor a number"),
        (["-f", MINIMAL, "--nodes", "5001", "general"], "up to 5,000"),
        (["-f", MINIMAL, "--nodes", "5"], "a number goes with one GROUP"),
        (["-f", MINIMAL, "--max-unavailable", "0"], "0 is not in the range"),
        (["-f", MINIMAL, "--max-unavailable", "101"], "101 is not in the range"),
        (["-f", MINIMAL, "--lost-zone", "use1-az9"], "it has use1-az1"),
        (["-f", MINIMAL, "--boot-seconds", "-1"], "-1"),
        (["-f", MINIMAL, "--strategy", "fast"], "'fast'"),
        (["-f", MINIMAL, "--keep-nodes"], "goes with --control-plane"),
        (["-f", MINIMAL, "--control-plane", "1.20"], "no version of the catalog"),
        (["-f", MINIMAL, "--control-plane", "1.35"], "not newer than 1.35"),
        (["-f", MINIMAL, "general", "--control-plane", "1.36"], "takes no GROUP"),
        (["--cluster", "x", "--control-plane", "1.36"], "reads --file"),
        (["-f", MINIMAL, "--control-plane", "1.36", "-o", "svg"], "has no picture"),
        (["-f", MINIMAL, "--delete"], "takes one GROUP"),
        (["-f", MINIMAL, "other", "--delete"], "has general"),
        (["-f", "absent.yaml"], "no such file"),
    ],
    ids=lambda value: " ".join(value[-2:]) if isinstance(value, list) else "",
)
def test_2_usage(arguments: list[str], message: str) -> None:
    ran = invoke("update", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""


def test_a_spec_without_managed_groups_has_nothing_to_update() -> None:
    pools = spec_text(nodeGroups=[], nodePools=[{"name": "p", "instanceTypes": ["m5.large"], "maxNodes": 3}])
    ran = invoke_spec(pools, "general", command="update")
    assert ran.code == 2
    assert "test has none" in ran.err
    everything = invoke_spec(pools, command="update")
    assert everything.code == 2
    assert "no such managed node group" in everything.err


def test_N22_a_deleted_group_leaves_its_pods_to_others() -> None:
    groups = [
        {"name": "a", "instanceTypes": ["m5.large"], "maxSize": 6, "desiredSize": 3},
        {"name": "b", "instanceTypes": ["m5.large"], "maxSize": 9, "desiredSize": 3},
    ]
    free = {"name": "free", "cpu": "500m", "memory": "512Mi", "replicas": 6}
    bound = {"name": "bound", "cpu": "100m", "memory": "128Mi", "replicas": 3, "nodeGroup": "a"}
    ran = invoke_spec(spec_text(nodeGroups=groups, workloads=[free]), "a", "--delete", command="update")
    assert ran.code == 0
    assert "whatever budgets say" in words(ran.out)
    kept = invoke_spec(
        spec_text(nodeGroups=groups, workloads=[free, bound]), "a", "--delete", "-o", "json", command="update"
    )
    assert kept.code == 3
    by_name = {one["workload"]: one for one in json.loads(kept.out)["displaced"]}
    assert by_name["free"]["fit_most"] == by_name["free"]["pods"] == 6
    assert (by_name["bound"]["fit_most"], by_name["bound"]["why"]) == (0, "no other group or pool may carry it")
    assert by_name["coredns"]["fit_running"] == 2
    assert invoke_spec(spec_text(nodeGroups=groups), "b", "--delete", command="update").code == 0
    only = invoke_spec(spec_text(workloads=[free]), "general", "--delete", command="update")
    assert only.code == 3
    assert max(map(len, only.out.splitlines())) <= 80


def test_the_way_of_the_control_plane_is_shown_hop_by_hop() -> None:
    ran = invoke("update", "-f", PRODUCTION, "--control-plane", "1.36")
    assert ran.code == 0
    said = words(ran.out)
    assert "1.35 → 1.36 (standard support until 2027-08-02, extended until 2028-08-02)" in said
    assert said.index("control plane: 1.35") < said.index("add-on vpc-cni") < said.index("nodes web")
    assert "7 free, 5 wanted" in said
    assert "for 7 days after the last hop" in said
    assert max(map(len, ran.out.splitlines())) <= 80
    found = json.loads(invoke("update", "-f", PRODUCTION, "--control-plane", "1.36", "-o", "json").out)
    assert found["succeeds"] is True
    assert [one["end"] for one in found["hops"]] == ["1.36"]


def test_3_when_the_way_is_barred() -> None:
    ran = invoke_spec(STUCK, "--control-plane", "1.36", command="update")
    assert ran.code == 3
    assert "what stands in the way" in ran.out


def test_a_running_cluster_is_updated_without_its_pods(moto: None) -> None:
    group: dict[str, Any] = {
        "name": "general",
        "instanceTypes": ["m5.large"],
        "maxSize": 12,
        "desiredSize": 4,
        "update": {"strategy": "minimal"},
    }
    plan = plan_of(name="live", nodeGroups=[group])
    materialise(plan.design)
    ran = invoke("update", "--cluster", "live", "--region", plan.design.region, "-o", "json")
    assert ran.code == 0, ran.err
    (found,) = json.loads(ran.out)["groups"]
    assert (found["nodes"], found["podsKnown"]) == (4, False)
    shown = invoke("update", "--cluster", "live", "--region", plan.design.region)
    assert "pods of a running cluster are not read" in words(shown.out)
