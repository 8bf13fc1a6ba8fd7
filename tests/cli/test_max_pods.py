"""``eksplan max-pods``: a type, several, all, and types that nobody knows."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

from planner.catalog.model import Catalog
from tests.cli.running import invoke


def rows(text: str) -> dict[str, list[str]]:
    """The table's rows by type."""
    table = text.partition("\n\n")[0]
    lines = [line for line in table.splitlines() if not line.startswith((" ", "type "))]
    return {line.split()[0]: line.split()[1:] for line in lines}


def test_one_type_shows_every_mode_and_its_arithmetic() -> None:
    ran = invoke("max-pods", "m5.large")
    assert ran.code == 0
    assert rows(ran.out)["m5.large"] == ["2", "8192", "3×10", "29", "110*", "20", "110*", "20", "110*"]
    assert "  secondary-ip:  3 × (10 − 1) + 2 = 29\n" in ran.out
    assert "  prefix:        3 × (10 − 1) × 16 + 2 = 434, capped to 110\n" in ran.out
    assert "the recommended cap binds" in ran.err


def test_several_types_come_in_the_order_asked_for() -> None:
    ran = invoke("max-pods", "t3.medium", "m5.24xlarge", "c5.large")
    assert ran.code == 0
    assert list(rows(ran.out)) == ["t3.medium", "m5.24xlarge", "c5.large"]
    assert rows(ran.out)["m5.24xlarge"][3] == "250*"
    assert "secondary-ip:" not in ran.out


def test_all_types(catalog: Catalog) -> None:
    ran = invoke("max-pods", "--all")
    assert ran.code == 0
    assert set(rows(ran.out)) == set(catalog.instance_types)


@pytest.mark.parametrize("arguments", [["m5.large"], ["--all"], ["m5.large", "t3.nano"]], ids=" ".join)
def test_the_table_fits_into_80_columns(arguments: list[str]) -> None:
    table = [line for line in invoke("max-pods", *arguments).out.splitlines() if not line.startswith(" ")]
    assert max(map(len, table)) <= 80


def test_json_says_the_same_as_the_table() -> None:
    (one,) = json.loads(invoke("max-pods", "m5.large", "-o", "json").out)
    assert one["instanceType"] == "m5.large"
    assert {mode: answer["pods"] for mode, answer in one["modes"].items()} == {
        "secondary-ip": 29,
        "prefix": 110,
        "custom": 20,
        "custom-prefix": 110,
        "sg-pods": 20,
        "ipv6": 110,
    }
    assert one["modes"]["prefix"]["uncapped"] == 434


def test_only_some_modes() -> None:
    ran = invoke("max-pods", "m5.large", "--mode", "prefix", "--mode", "custom", "-o", "json")
    assert set(json.loads(ran.out)[0]["modes"]) == {"prefix", "custom"}


def test_without_the_cap() -> None:
    (one,) = json.loads(invoke("max-pods", "m5.large", "--uncapped", "-o", "json").out)
    assert one["modes"]["prefix"]["pods"] == 434
    assert one["modes"]["secondary-ip"]["pods"] == 29


def test_what_a_type_cannot_do_is_a_dash_with_a_reason() -> None:
    ran = invoke("max-pods", "t2.medium")
    assert rows(ran.out)["t2.medium"][-2:] == ["-", "-"]
    assert "t2.medium has no trunk interface" in ran.out
    assert "t2.medium is not a Nitro type" in ran.out


def test_windows_nodes_have_none_of_what_windows_cannot_do() -> None:
    """No custom networking, no security groups for pods, no IPv6 on Windows nodes."""
    (one,) = json.loads(invoke("max-pods", "m5.large", "--os", "windows", "-o", "json").out)
    assert one["modes"]["secondary-ip"]["pods"] == 9
    assert one["modes"]["prefix"]["pods"] == 110
    for mode in ("custom", "custom-prefix", "sg-pods", "ipv6"):
        assert "impossible" in one["modes"][mode], mode


@pytest.mark.parametrize("name", ["m5.lagre", "m5large", "t3.xxlarge", "m5.metl", "x9.large"])
def test_an_unknown_type_names_the_three_nearest(name: str, catalog: Catalog) -> None:
    ran = invoke("max-pods", name)
    assert ran.code == 2
    assert ran.out == ""
    assert f"{name}: no such instance type" in ran.err
    near = ran.err.partition("did you mean ")[2].partition("?")[0].split(", ")
    assert len(near) == 3
    assert set(near) <= set(catalog.instance_types)


def test_case_does_not_hide_the_nearest() -> None:
    assert "m5.large" in invoke("max-pods", "M5.LARGE").err


def test_all_unknown_types_are_said_at_once() -> None:
    ran = invoke("max-pods", "m5.lagre", "m5.large", "c5.lagre")
    assert ran.code == 2
    assert "m5.lagre" in ran.err
    assert "c5.lagre" in ran.err


def test_a_name_like_no_other_ends_in_a_sentence() -> None:
    ran = invoke("max-pods", "qqqqqqqqqqqq")
    assert ran.code == 2
    assert "did you mean" not in ran.err
    assert "2026-08 `" not in ran.err
    assert "`eksplan catalog refresh`" in ran.err


@pytest.mark.parametrize("arguments", [[], ["--all", "m5.large"]], ids=["nothing", "both"])
def test_types_or_all(arguments: list[str]) -> None:
    ran = invoke("max-pods", *arguments)
    assert ran.code == 2
    assert "give instance types, or --all" in ran.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["m4.large", "--mode", "prefix"], "m4.large runs on Xen: no prefix delegation (N27)"),
        (["m4.large", "--mode", "custom-prefix"], "11 pods"),
        (["t3.large", "--mode", "sg-pods"], "t3.large has no trunk interface"),
        (["m4.large", "--mode", "ipv6"], "not a Nitro type"),
        (["m5.large", "--mode", "custom", "--os", "windows"], "Windows nodes have no custom networking"),
        (["m5.large", "--mode", "ipv6", "--cni-version", "1.8.0"], "use 1.10.1 or newer"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_N27_a_mode_asked_for_by_name_that_cannot_be_is_refused(arguments: list[str], why: str) -> None:
    ran = invoke("max-pods", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err
    assert "(N27)" in ran.err or "Windows" in ran.err


def test_among_all_types_the_fallback_is_shown() -> None:
    ran = invoke("max-pods", "--all", "--mode", "prefix", "-o", "json")
    pods = {one["instanceType"]: one["modes"]["prefix"] for one in json.loads(ran.out)}
    assert pods["m4.large"]["pods"] == 20
    assert "falls back" in pods["m4.large"]["explanation"]
    assert pods["m5.large"]["pods"] == 110


def test_settings_of_the_cni() -> None:
    def pods(*more: str) -> int:
        (one,) = json.loads(invoke("max-pods", "m5.large", *more, "-o", "json").out)
        return int(next(iter(one["modes"].values()))["pods"])

    assert pods("--max-eni", "2") == 20
    assert pods("--host-network-pods", "3") == 32
    assert pods("--mode", "prefix", "--uncapped") == 434
    assert pods("--mode", "prefix", "--cni-version", "v1.8.0-eksbuild.1") == 29
    assert invoke("max-pods", "m5.large", "--cni-version", "one").code == 2


def test_N18_one_type_says_what_each_system_would_say() -> None:
    ran = invoke("max-pods", "m5.4xlarge")
    said = ran.out.partition("Who says what of m5.4xlarge (mode secondary-ip):")[2]
    numbers = {line.strip().rsplit("  ", 1)[0]: line for line in said.splitlines() if line.startswith("  ")}
    assert any(line.split()[:4] == ["managed", "node", "group", "110"] for line in numbers.values())
    assert any(line.split()[:3] == ["nodeadm", "(AL2023)", "234"] for line in numbers.values())
    assert "Branch interfaces: 54" in said
    assert max(map(len, ran.out.splitlines())) <= 100
    assert "Who says what" not in invoke("max-pods", "m5.large", "m5.xlarge").out
    assert invoke("max-pods", "m5.large", "m5.xlarge", "--systems").out.count("Who says what") == 2


def test_N38_memory_reserves_stand_side_by_side() -> None:
    (one,) = json.loads(invoke("max-pods", "m5.large", "-o", "json").out)
    assert one["memoryReserves"]["maxPods"] == 110
    assert {each["memoryMib"] for each in one["memoryReserves"]["systems"]} == {574, 1465, 0}
    assert one["allocatable"]["memoryMib"] == 6903
    (told,) = json.loads(invoke("max-pods", "m5.large", "--told", "58", "-o", "json").out)
    assert {each["memoryMib"] for each in told["memoryReserves"]["systems"]} == {574, 11 * 58 + 255, 0}


def test_csv_has_a_line_for_each_type_and_mode(catalog: Catalog) -> None:
    lines = list(csv.DictReader(io.StringIO(invoke("max-pods", "--all", "-o", "csv").out)))
    assert len(lines) == len(catalog.instance_types) * 6
    mine = {line["mode"]: line for line in lines if line["instanceType"] == "m5.large"}
    assert (mine["prefix"]["pods"], mine["prefix"]["uncapped"], mine["prefix"]["limiter"]) == (
        "110",
        "434",
        "recommended cap",
    )
    assert mine["sg-pods"]["branchInterfaces"] == "9"
    impossible = next(line for line in lines if line["instanceType"] == "t3.large" and line["mode"] == "sg-pods")
    assert impossible["pods"] == ""
    assert "trunk" in impossible["impossible"]


def test_bars_on_the_terminal_and_as_svg() -> None:
    bars = invoke("max-pods", "m5.large", "m5.4xlarge", "-o", "chart").out
    assert "29 addresses" in bars
    assert "110 recommended cap" in bars
    drawn = invoke("max-pods", "m5.large", "m5.4xlarge", "-o", "svg").out
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own
    assert "recommended cap" in drawn


def test_N18_an_expression_is_judged_on_every_type() -> None:
    bounded = "max_pods < 110 ? max_pods : 110"
    fine = invoke("max-pods", "m5.large", "t3.medium", "--expression", bounded)
    assert fine.code == 0
    assert "m5.large      29       29           574" in fine.out
    wild = invoke("max-pods", "m5.large", "--expression", "default_enis * (ips_per_eni - 1) * 16 + 2", "-o", "json")
    assert wild.code == 4
    (one,) = json.loads(wild.out)
    assert one["value"] == 434
    assert {each["trouble"] for each in one["findings"]} == {
        "more than the addresses",
        "above the recommended cap",
        "reserves most of the memory",
    }
    ignored = invoke("max-pods", "--all", "--expression", "min(max_pods, 110)")
    assert ignored.code == 4
    assert "unknown to nodeadm" in ignored.out
    broken = invoke("max-pods", "m5.large", "--expression", "max_pods +")
    assert (broken.code, broken.out) == (2, "")
    assert "nodeadm would ignore it" in broken.err
    unknown = invoke("max-pods", "m5.large", "--expression", "enis + 1")
    assert "nodeadm knows default_enis, ips_per_eni, max_pods" in unknown.err
    assert invoke("max-pods", "m5.large", "--expression", bounded, "-o", "svg").code == 2
    assert invoke("max-pods", "m5.large", "--expression", bounded, "-o", "csv").out.startswith("instanceType,value")
