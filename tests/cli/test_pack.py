"""``eksplan pack``: nodes, bound and comparison; prices, zones, patterns, and what cannot be packed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import COMMAND, HEAD, MINIMAL, PRODUCTION, invoke

SMALL = """  workloads:
    - {name: api, cpu: 500m, memory: 3Gi, replicas: 40}
    - {name: worker, cpu: "2", memory: 2Gi, replicas: 20}
    - {name: agent, kind: DaemonSet, cpu: 100m, memory: 100Mi}
"""


def spec(tmp_path: Path, text: str) -> str:
    file = tmp_path / "spec.yaml"
    file.write_text(HEAD + text, "utf-8")
    return str(file)


def packed(*arguments: str) -> dict[str, Any]:
    ran = invoke("pack", *arguments, "-o", "json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def carried(answer: dict[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for node in answer["nodes"]:
        for name, many in node["pods"].items():
            counts[name] = counts.get(name, 0) + many * node["count"]
    return counts


def test_N38_every_pod_is_carried_and_the_bound_holds(tmp_path: Path) -> None:
    answer = packed("-f", spec(tmp_path, SMALL), "--zone-loss", "0")
    assert carried(answer) == {"api": 40, "worker": 20, "coredns": 2}
    assert answer["lowerBound"] <= answer["cost"] <= answer["firstFit"]
    assert answer["cost"] <= answer["bestSingleType"]
    assert answer["gap"] == pytest.approx(answer["cost"] / answer["lowerBound"] - 1, abs=1e-6)
    assert sum(answer["counts"].values()) == sum(node["count"] for node in answer["nodes"])


def test_N42_a_lost_zone_needs_more_nodes(tmp_path: Path) -> None:
    file = spec(tmp_path, SMALL)
    calm, careful = packed("-f", file, "--zone-loss", "0"), packed("-f", file)
    assert careful["zonesThatMayFail"] == 1
    assert careful["cost"] > calm["cost"]
    by_zone: dict[str, int] = {}
    for node in careful["nodes"]:
        by_zone[node["zone"]] = by_zone.get(node["zone"], 0) + node["count"]
    assert len(by_zone) == careful["zones"] == 3
    assert len(set(by_zone.values())) == 1


def test_prices_from_a_file_are_minimised(tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("type,price\nm5.large,1.00\nm5.xlarge,0.10\nm5.2xlarge,5\n", "utf-8")
    file = spec(tmp_path, SMALL)
    arguments = ("--types", "m5.large", "--types", "m5.xlarge", "--types", "m5.2xlarge", "--prices", str(prices))
    answer = packed("-f", file, *arguments)
    assert answer["minimised"] == "US dollars an hour"
    assert answer["pricesUnknown"] == []
    assert list(answer["counts"]) == ["m5.xlarge"]
    assert answer["cost"] == pytest.approx(0.1 * answer["counts"]["m5.xlarge"])
    shown = invoke("pack", "-f", file, *arguments)
    assert "$" in shown.out
    assert "prices unknown" not in shown.err


def test_without_prices_a_weight_is_minimised_and_said_so(tmp_path: Path) -> None:
    ran = invoke("pack", "-f", spec(tmp_path, SMALL), "--types", "m5.xlarge")
    assert ran.code == 0
    assert "resource weight" in ran.out
    assert "prices unknown (m5.xlarge)" in ran.err
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "no prices"),
        ("m5.large,cheap", "no prices"),
        ('{"m5.large": -1}', "a price is above 0"),
        ('{"m5.large": "nan"}', "a price is above 0"),
        ("a,b,c", "no prices"),
        ("[1]", "no prices"),
    ],
)
def test_bad_prices_are_refused(content: str, why: str, tmp_path: Path) -> None:
    prices = tmp_path / "prices"
    prices.write_text(content, "utf-8")
    ran = invoke("pack", "-f", spec(tmp_path, SMALL), "--prices", str(prices))
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err


def test_N38_a_pod_larger_than_every_type_names_both(tmp_path: Path) -> None:
    text = "  workloads:\n    - {name: giant, cpu: 500, memory: 1Gi}\n"
    ran = invoke("pack", "-f", spec(tmp_path, text), "--types", "m5.*large")
    assert (ran.code, ran.out) == (3, "")
    assert "a pod of giant fits on no kind of node" in ran.err
    assert "500000m CPU, 1024 MiB" in ran.err
    assert "left on a m5.24xlarge" in ran.err


def test_the_types_of_the_specs_groups_are_the_candidates(tmp_path: Path) -> None:
    answer = packed("-f", PRODUCTION, "--time-limit", "3")
    groups = {node["nodeGroup"] for node in answer["nodes"]}
    assert groups == {"web"}
    assert {node["instanceType"] for node in answer["nodes"]} == {"m7i.2xlarge"}
    assert carried(answer)["storefront"] >= 60
    del tmp_path


def test_taints_tolerations_and_architectures(tmp_path: Path) -> None:
    text = """  nodeGroups:
    - {name: plain, instanceTypes: [m5.xlarge], maxSize: 30}
    - {name: arm, instanceTypes: [m7g.xlarge], maxSize: 30}
    - name: gated
      instanceTypes: [m5.large]
      maxSize: 30
      taints: [{key: gate, value: closed, effect: NoSchedule}]
  workloads:
    - {name: anywhere, cpu: 500m, memory: 1Gi, replicas: 4}
    - {name: only-arm, cpu: 500m, memory: 1Gi, replicas: 4, architectures: [arm64]}
    - {name: gate, cpu: 500m, memory: 1Gi, replicas: 4, nodeGroup: gated}
    - name: tolerant
      cpu: 500m
      memory: 1Gi
      replicas: 4
      architectures: [x86_64]
      tolerations: [{key: gate, operator: Exists}]
"""
    answer = packed("-f", spec(tmp_path, text), "--zone-loss", "0")
    where: dict[str, set[str]] = {}
    for node in answer["nodes"]:
        for name in node["pods"]:
            where.setdefault(name, set()).add(node["nodeGroup"])
    assert where["only-arm"] == {"arm"}
    assert where["gate"] == {"gated"}
    assert where["anywhere"] <= {"plain", "arm"}
    assert where["tolerant"] <= {"plain", "gated"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--types", "m5.lagre"], "did you mean"),
        (["--types", "zz*"], "matches no instance type"),
        (["--types", "*"], "at most 400"),
        (["--zones", "2", "--zone-loss", "2"], "none would be left"),
        (["--prices", "nowhere.json"], "no such file"),
        (["--time-limit", "-1"], "time-limit"),
    ],
    ids=" ".join,
)
def test_bad_options_are_refused(arguments: list[str], why: str, tmp_path: Path) -> None:
    ran = invoke("pack", "-f", spec(tmp_path, SMALL), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err


def test_nothing_to_pack() -> None:
    ran = invoke("pack", "-f", MINIMAL)
    assert (ran.code, ran.out) == (2, "")
    assert "there is nothing to pack" in ran.err
    as_json = invoke("pack", "-f", MINIMAL, "-o", "json")
    assert json.loads(as_json.out)["diagnostics"][0]["code"] == "pack-nothing"


def test_no_time_at_all_still_gives_a_packing(tmp_path: Path) -> None:
    answer = packed("-f", spec(tmp_path, SMALL), "--time-limit", "0", "--zone-loss", "0")
    assert carried(answer) == {"api": 40, "worker": 20, "coredns": 2}
    assert answer["cost"] <= answer["firstFit"]
    assert not answer["complete"]


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
def test_an_interruption_gives_the_best_so_far(tmp_path: Path) -> None:
    lines = "".join(
        f"    - {{name: w{n}, cpu: {50 + 37 * n % 3900}m, memory: {64 + 211 * n % 11000}Mi, replicas: {1 + n % 17}}}\n"
        for n in range(120)
    )
    file = spec(tmp_path, "  workloads:\n" + lines)
    with subprocess.Popen(
        [*COMMAND, "pack", "-f", file, "-o", "json", "--time-limit", "120"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "packing" in said
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    answer = json.loads(out)
    assert answer["lowerBound"] <= answer["cost"] <= answer["firstFit"]
    assert "interrupted: the best nodes found so far" in err
